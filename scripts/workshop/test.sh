#!/bin/sh
# Run the tests side by side: `sh scripts/workshop/test.sh PYTEST ARGUMENTS…`.
#
# Two workers for each processor, because tests wait more than they compute, if the memory is enough:
# a worker with its servers and browsers takes up to two gigabytes.
# Temporary files are in memory where there is enough of it: tests make hundreds of databases, whose
# every commit waits for the disk, and keep none of them.
# Bytecode is kept: tests start hundreds of processes, and each would compile everything again.
set -eu

memory=/dev/shm
free_kib() { df -Pk "$1" | awk 'NR == 2 { print $4 }'; }
available_kib() { awk '/^MemAvailable:/ { print $2 }' /proc/meminfo 2>/dev/null || echo 4000000; }

if [ -w "$memory" ] && [ "$(free_kib "$memory")" -ge 4000000 ] &&
    [ "$(available_kib)" -ge 10000000 ]; then
    export TMPDIR="$memory"
fi
most=$(($(available_kib) / 2000000))
workers=$(($(getconf _NPROCESSORS_ONLN) * 2))
[ "$workers" -le "$most" ] || workers=$most
[ "$workers" -ge 2 ] || workers=2
[ "$workers" -le 8 ] || workers=8

pytest=$1
shift
PYTHONDONTWRITEBYTECODE='' exec "$pytest" -n "$workers" --dist loadfile --no-loadscope-reorder "$@"
