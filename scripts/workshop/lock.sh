#!/bin/sh
# Pins and hashes the three requirements files; arguments (--upgrade) go to the resolver.
set -eu
. scripts/workshop/index.sh

pin() {
    file=$1
    shift
    echo "pinning $file"
    uv pip compile --python-version 3.11 --universal --generate-hashes --no-annotate --no-header \
        --no-emit-index-url --no-emit-find-links --output-file "$file" "$@" >/dev/null
}

pin requirements-tools.txt --group pyproject.toml:tools "$@"
pin requirements.txt pyproject.toml "$@"
pin requirements-dev.txt pyproject.toml --group pyproject.toml:dev "$@"
