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
check "housekeeping" .venv/bin/python -m scripts.workshop.housekeeping
exit $failed
