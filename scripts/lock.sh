#!/usr/bin/env bash
# Makes requirements.lock (what a running office needs) and requirements-test.lock (that and the
# tests' needs) from pyproject.toml: every version pinned, every file by its hash, for Python 3.11
# and newer on any platform. Both are read by pip alone; uv is needed only here.
#   scripts/lock.sh            keep what is pinned, add and remove as pyproject.toml says
#   scripts/lock.sh --upgrade  move everything to the newest version that pyproject.toml allows
set -euo pipefail
cd "$(dirname "$0")/.."

uv=$(command -v uv || true)
if [ -z "$uv" ]; then
    python3 -m venv build/lock-venv
    build/lock-venv/bin/python -m pip install --quiet 'uv>=0.9'
    uv=build/lock-venv/bin/uv
fi

lock() { # lock TARGET [uv options]
    local target=$1
    shift
    "$uv" pip compile pyproject.toml --quiet --universal --python-version 3.11 \
        --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        --output-file "$target" "$@"
    if grep -nE '://|^--|^-i ' "$target"; then
        echo "$target names an index or a host; see the lines above." >&2
        exit 1
    fi
    echo "$target: $(grep -c '==' "$target") packages"
}

lock requirements.lock "$@"
lock requirements-test.lock --extra test --constraints requirements.lock "$@"
