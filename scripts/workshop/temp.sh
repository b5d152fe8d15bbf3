#!/bin/sh
# Print the folder for the tests' temporary files: in memory where there is enough of it. Tests make
# hundreds of databases, whose every commit waits for the disk, and keep none of them.
memory=/dev/shm
free_kib() { df -Pk "$1" | awk 'NR == 2 { print $4 }'; }
available_kib() { awk '/^MemAvailable:/ { print $2 }' /proc/meminfo; }

if [ -w "$memory" ] && [ -r /proc/meminfo ] &&
    [ "$(free_kib "$memory")" -ge 4000000 ] && [ "$(available_kib)" -ge 10000000 ]; then
    echo "$memory"
else
    echo "${TMPDIR:-/tmp}"
fi
