#!/bin/sh
# Prints how to get Python 3.11 or newer on this distribution. $1: another os-release file, for tests.
set -eu
release=${1:-/etc/os-release}

ID=other VERSION_ID=0 ID_LIKE='' PRETTY_NAME='this system'
# shellcheck disable=SC1090 the file that every distribution has
[ ! -r "$release" ] || . "$release"
major=${VERSION_ID%%.*}

# Says what to install, and with which Python to go on.
advise() {
    echo "on $PRETTY_NAME: $1, then: make install PYTHON=$2"
}

upgrade() {
    echo "$PRETTY_NAME has no Python 3.11: use $1 or newer"
}

# Where the system's own Python is new enough, and another one was found.
system_python="apt-get install python3 python3-venv"

case " $ID $ID_LIKE " in
*" ubuntu "*)
    case $VERSION_ID in
    22.04) advise "apt-get install python3.11 python3.11-venv" python3.11 ;;
    2[4-9].* | [3-9]?.*) advise "$system_python" /usr/bin/python3 ;;
    *) upgrade "Ubuntu 24.04" ;;
    esac
    ;;
*" debian "*)
    case $major in
    1[2-9] | [2-9]?) advise "$system_python" /usr/bin/python3 ;;
    *) upgrade "Debian 12" ;;
    esac
    ;;
*" amzn "*)
    case $major in
    2023) advise "dnf install python3.11" python3.11 ;;
    *) upgrade "Amazon Linux 2023" ;;
    esac
    ;;
*" fedora "* | *" rhel "* | *" centos "*) advise "dnf install python3.11" python3.11 ;;
*" suse "* | *" opensuse "*) advise "zypper install python311" python3.11 ;;
*" alpine "*) upgrade "Alpine 3.18" ;;
*" arch "*) advise "pacman -Syu python" python3 ;;
*)
    if [ "$(uname)" = Darwin ]; then
        PRETTY_NAME=macOS
        advise "brew install python@3.12" python3.12
    else
        echo "install it with your package manager, then name it: make install PYTHON=python3.11"
    fi
    ;;
esac
