#!/bin/sh
# Installs the pins of the given requirements file, then the project itself, into .venv.
set -eu
. scripts/workshop/index.sh

echo "installing $1"
uv pip install --python .venv/bin/python --require-hashes -r "$1"
uv pip install --python .venv/bin/python --no-deps --no-build-isolation -e .
