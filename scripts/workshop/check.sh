#!/bin/sh
# Runs every check; prints one line for each, and the output of failed ones.
set -u
failed=0

check() {
    name=$1
    shift
    if output=$("$@" 2>&1 </dev/null); then
        echo "ok      $name"
    else
        failed=1
        echo "FAILED  $name"
        printf '%s\n' "$output"
    fi
}

check "format" .venv/bin/ruff format --check .
check "lint" .venv/bin/ruff check .
check "types" .venv/bin/mypy
check "import contracts" .venv/bin/lint-imports
# The console's: deno keeps its cache beside the rest that was installed.
export DENO_DIR=.venv/.deno DENO_NO_UPDATE_CHECK=1
check "console format" .venv/bin/oxfmt -c console/.oxfmtrc.json --check console tests/console
check "console lint" .venv/bin/oxlint -c console/.oxlintrc.json console tests/console
check "console types" .venv/bin/deno check --quiet --config console/deno.json console/js/main.js console/js/*/page.js tests/console/units
check "console units" .venv/bin/deno test --quiet --no-check --config console/deno.json tests/console/units
check "housekeeping" .venv/bin/python -m scripts.workshop.housekeeping
exit $failed
