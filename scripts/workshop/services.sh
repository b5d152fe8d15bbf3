#!/bin/sh
# On Debian as root: installs missing programs that the tests need. Elsewhere the programs on PATH are
# used, and tests without their program are reported as NOT RUN. Starts and stops no server.
set -eu
PATH=$PATH:/usr/sbin:/sbin
export DEBIAN_FRONTEND=noninteractive

missing=
need() {
    for command in "$@"; do
        if ! command -v "$command" >/dev/null; then
            missing="$missing $package"
            return
        fi
    done
}

package=mariadb-server need mariadbd mariadb-install-db
package=redis-server need redis-server
package=chromium need chromium
package=curl need curl
package=caddy need caddy
package=nginx need nginx
package=jq need jq
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! grep -qs '^ID=debian$' /etc/os-release; then
    echo "not installed:$missing (only done on Debian as root)"
    exit 0
fi

disable() {
    [ ! -d /run/systemd/system ] || systemctl disable --quiet "$1" >/dev/null 2>&1 || true
}

# Debian starts a server when it is installed, unless this file forbids it.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
fi

log=$(mktemp)
echo "installing$missing"
# $missing is a list of words.
if { apt-get update -qq && apt-get install -qq -y --no-install-recommends $missing; } \
    >"$log" 2>&1 </dev/null; then
    # The servers must not start with the machine either.
    for package in $missing; do
        case $package in
            mariadb-server) disable mariadb ;;
            redis-server) disable redis-server ;;
            caddy | nginx) disable "$package" ;;
        esac
    done
else
    tail -n 5 "$log"
    echo "could not install$missing: their tests will be NOT RUN"
fi
rm -f "$log"
