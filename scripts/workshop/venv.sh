#!/bin/sh
# Creates .venv and installs the installer and the build backend, pinned and hashed.
set -eu
python=${PYTHON:-python3}

fail() {
    echo "osmodesk: $*" >&2
    exit 1
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

can_make_venv() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null
}

command -v "$python" >/dev/null ||
    fail "'$python' was not found, and Python 3.11 or newer is needed; $(sh scripts/workshop/newer_python.sh)"
new_enough "$python" ||
    fail "Python 3.11 or newer is needed, '$python' is $("$python" --version 2>&1); $(sh scripts/workshop/newer_python.sh)"
if ! can_make_venv && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing python3-venv"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
        --no-install-recommends python3-venv; } >/dev/null 2>&1 </dev/null || true
fi
can_make_venv ||
    fail "'$python' cannot make virtual environments: install its venv module (Debian, Ubuntu: apt-get install python3-venv)"

# A .venv of a moved or upgraded Python is created again.
new_enough .venv/bin/python || "$python" -m venv --clear .venv
.venv/bin/python -m pip install -qq --disable-pip-version-check \
    --require-hashes -r requirements-tools.txt ||
    fail "the installer could not be installed: is the package index reachable?"
