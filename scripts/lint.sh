#!/usr/bin/env bash
# Style, types of the core, and the walls between the rooms. All are run; the exit code is 1 if
# any of them objects.
set -uo pipefail
cd "$(dirname "$0")/.."

# mypy's Django plugin reads the settings, which want a data folder.
export HUIYIN_DATA=${HUIYIN_DATA:-$PWD/build/test-data}
bad=0
check() { # check NAME COMMAND…
    local name=$1
    shift
    printf '\n== %s\n' "$name"
    "$@" || bad=1
}
check "ruff check" .venv/bin/ruff check .
check "ruff format" .venv/bin/ruff format --check .
check "mypy: domain and cases" .venv/bin/python -m mypy
check "import-linter: the walls" .venv/bin/lint-imports
exit $bad
