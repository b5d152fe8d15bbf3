"""Renders /usr/local/bin/osmodesk: the command as the services' user, in the services' folder."""

from pathlib import Path

from scripts.systemd.plan import ServicePlan
from scripts.systemd.units import HEADER

COMMAND_FILE = Path("usr/local/bin/osmodesk")


def render_command(plan: ServicePlan) -> str:
    """Return the shell script.

    As root it changes to the services' user first: a file that root made in the folder, such as
    SQLite's journal, could not be written by the services.
    """
    return f"""#!/bin/sh
{HEADER}
user={plan.user}
directory={plan.directory}
program={plan.program}

if [ "${{1-}}" = install-service ]; then
    exec "$program" "$@"
fi
if [ "$(id -u)" != 0 ] && [ "$(id -un)" != "$user" ]; then
    echo "osmodesk: only root and $user may do this: sudo osmodesk $*" >&2
    exit 1
fi
cd "$directory" || exit 1
export HOME="$directory"
if [ "$(id -u)" = 0 ]; then
    exec runuser -u "$user" -- "$program" "$@"
fi
exec "$program" "$@"
"""
