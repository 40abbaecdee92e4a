#!/usr/bin/env bash
# Makes .venv from a lock file (every file checked by its hash), puts src/ on its path, compiles
# the messages.   scripts/install.sh run    what a running office needs
#                 scripts/install.sh test   and the tests' needs, and a browser where one can be had
# A folder that is already installed is left alone: the second call takes a fraction of a second.
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:-run}
case $what in
    run) lock=requirements.lock ;;
    test) lock=requirements-test.lock ;;
    *) echo "install.sh: use 'run' or 'test', not '$what'." >&2; exit 2 ;;
esac
stamps=.venv/installed

find_python() {
    local name
    for name in python3 python3.11 python3.12 python3.13 python3.14; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            command -v "$name"
            return
        fi
    done
    echo "Huiyin needs Python 3.11 or newer, and found none. On Debian: apt-get install python3" >&2
    exit 1
}

# Debian keeps venv apart from Python. Each way is tried in turn and says what it does.
make_venv() {
    local python=$1
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv .venv
    elif "$python" -c 'import virtualenv' 2>/dev/null; then
        "$python" -m virtualenv --quiet .venv
    elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Python's venv module is missing; installing it: apt-get install python3-venv"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
        "$python" -m venv .venv
    elif "$python" -m pip --version >/dev/null 2>&1; then
        echo "Python's venv module is missing; using virtualenv from .venv-tools instead"
        "$python" -m pip install --quiet --target .venv-tools virtualenv
        PYTHONPATH=.venv-tools "$python" -m virtualenv --quiet .venv
    else
        echo "Python's venv module is missing, and there is neither pip nor the right to install it." >&2
        echo "Install it and run this again. On Debian: sudo apt-get install python3-venv" >&2
        exit 1
    fi
}

# A start costs milliseconds this way, and needs no build tool, unlike an editable install.
link_sources() {
    local packages
    packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    echo "$PWD/src" > "$packages/huiyin-sources.pth"
    cat > .venv/bin/huiyin <<LAUNCHER
#!/bin/sh
exec "$PWD/.venv/bin/python" -c 'import sys; from huiyin.cli import main; sys.exit(main())' "\$@"
LAUNCHER
    chmod +x .venv/bin/huiyin
}

# The stamp names the lock, the interpreter and the folder: any change installs anew.
stamp_of() { echo "$1 $(sha256sum < "$1" | cut -c1-64) $PWD"; }
installed() { [ -x .venv/bin/huiyin ] && .venv/bin/python -c '' 2>/dev/null && grep -qxF "$(stamp_of "$1")" "$stamps" 2>/dev/null; }

install_lock() {
    local python
    if [ -f "$stamps" ] && ! grep -qF " $PWD" "$stamps"; then
        echo "This folder was moved or copied; making .venv anew"
        rm -rf .venv
    elif [ -d .venv ] && ! .venv/bin/python -c '' 2>/dev/null; then
        echo "The Python that .venv was made with is gone; making .venv anew"
        rm -rf .venv
    fi
    if [ ! -x .venv/bin/python ]; then
        python=$(find_python)
        echo "Making .venv with $("$python" --version)"
        rm -rf .venv
        make_venv "$python"
    fi
    rm -f "$stamps"
    echo "Installing from $lock, each file checked by its hash"
    # Python compiles a module when it is first read; compiling all of them here costs seconds.
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-compile \
        --require-hashes --no-deps --only-binary :all: -r "$lock"
    link_sources
    # The tests' lock holds the same pins as the first and more (scripts/lock.sh sees to it).
    stamp_of requirements.lock > "$stamps"
    if [ "$what" = test ]; then stamp_of requirements-test.lock >> "$stamps"; fi
}

if ! installed "$lock"; then
    install_lock
fi
for source in src/huiyin/locale/*/LC_MESSAGES/*.po; do
    if [ -e "$source" ] && [ ! "${source%.po}.mo" -nt "$source" ]; then
        .venv/bin/python scripts/compile_messages.py
        break
    fi
done
if [ "$what" = test ]; then
    scripts/install_browser.sh
fi
