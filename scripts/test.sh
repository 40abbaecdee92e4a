#!/usr/bin/env bash
# Every check and every test: style and types, all tests on SQLite, those of the apps again on
# PostgreSQL, what is written judged by other people's verifiers, the pages in a browser. A part
# that fails does not hide the ones after it; the end
# lists what failed, and each test that stayed out with the reason.
#   HUIYIN_TEST_POSTGRES=postgresql://user:password@host:port/name   the server to test on;
#       without it, one on 127.0.0.1:5432 is used if it answers (a database test_… is made there)
#   CHROMIUM_PATH=/path/to/chromium                                  the browser to test with
set -uo pipefail
cd "$(dirname "$0")/.."

reports=build/test-reports
rm -rf "$reports"
mkdir -p "$reports"
export HYPOTHESIS_STORAGE_DIRECTORY=build/hypothesis
failed=()
left_out=()

step() { # step NAME COMMAND…
    local name=$1
    shift
    printf '\n==== %s\n' "$name"
    "$@" || failed+=("$name")
}
run_pytest() { # run_pytest REPORT ARGUMENTS…   (pytest's 5: nothing selected, no failure)
    local report=$1 code=0
    shift
    .venv/bin/python -m pytest --junitxml="$reports/$report.xml" "$@" || code=$?
    [ $code -eq 5 ] && left_out+=("$report: no test is marked for it") && return 0
    return $code
}

step "style, types, walls" scripts/lint.sh
unset HUIYIN_DATABASE
step "tests on SQLite" run_pytest sqlite -n 2 -m "not browser and not postgres" \
    --ignore=tests/foreign tests

if server=$(.venv/bin/python scripts/find_postgres.py); then
    export HUIYIN_TEST_POSTGRES=$server
    HUIYIN_DATABASE=$server step "tests of the apps on PostgreSQL" \
        run_pytest postgres -n 2 -m "not browser" tests/apps
else
    left_out+=("tests/apps on PostgreSQL: $server")
fi

if reason=$(scripts/install_foreign.sh 2>&1); then
    step "other people's verifiers" run_pytest foreign tests/foreign
else
    left_out+=("tests/foreign: $reason")
fi

if chromium=$(scripts/find_chromium.sh); then
    # Each of the two has a server and a Chromium of its own; a file stays with one of them.
    CHROMIUM_PATH=$chromium step "pages in a browser" \
        run_pytest browser -n 2 --dist loadfile -m browser tests
else
    left_out+=("tests marked browser: no chromium or google-chrome is installed")
fi

printf '\n==== summary\n'
for line in "${left_out[@]}"; do echo "left out: $line"; done
for name in "${failed[@]}"; do echo "FAILED: $name"; done
.venv/bin/python scripts/summarise_tests.py "$reports"/*.xml || failed+=("summary")
[ ${#failed[@]} -eq 0 ]
