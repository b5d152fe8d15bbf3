"""Renders the systemd units of a plan."""

from pathlib import Path

from scripts.systemd.plan import KEPT_BACKUPS, ServicePlan

# A file that begins with this line is ours: it may be replaced, or removed when no plan has it.
HEADER = "# Written by `osmodesk install-service`, which replaces this file when it runs again."
UNIT_FOLDER = Path("etc/systemd/system")
MAIN_UNIT = "osmodesk.service"
# The line of the main unit with the options of the last call, which the next call takes over.
OPTIONS = "# Options: "
# Every name that any plan uses.
UNIT_NAMES = (
    MAIN_UNIT,
    "osmodesk-web.service",
    "osmodesk-worker@.service",
    "osmodesk-backup.service",
    "osmodesk-backup.timer",
)
_HOMES = ("/home", "/root", "/run/user")

# Ends a process that hangs; each process itself ends within 3 seconds of SIGTERM.
_PROCESS = """\
Type=exec
Restart=always
RestartSec=3
# Exit code 2: a setting is wrong. Starting again would not help.
RestartPreventExitStatus=2
TimeoutStopSec=30
KillMode=mixed
# Each API connection and each event stream is an open file.
LimitNOFILE=65536
"""

_SANDBOX = """\
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RemoveIPC=yes
LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
"""


def render_units(plan: ServicePlan) -> dict[str, str]:
    """Return the text of each unit of the plan, by its file name."""
    units = {MAIN_UNIT: _render_run(plan)}
    if plan.workers is not None:
        units = {
            MAIN_UNIT: _render_group(plan, plan.workers),
            "osmodesk-web.service": _render_part(plan, "web", "the API and the webhooks"),
            "osmodesk-worker@.service": _render_part(plan, "worker", "worker %i"),
        }
    units["osmodesk-backup.service"] = _render_backup(plan)
    units["osmodesk-backup.timer"] = _BACKUP_TIMER
    return units


def _render_run(plan: ServicePlan) -> str:
    return (
        f"{HEADER}\n{OPTIONS}{plan.options}\n[Unit]\nDescription=OsmoDesk\n{_order()}\n"
        f"[Service]\nExecStart={plan.program} run\n{_PROCESS}{_identity(plan)}{_SANDBOX}"
        f"{_writable(plan, plan.directory)}"
        "\n[Install]\nWantedBy=multi-user.target\n"
    )


def _render_group(plan: ServicePlan, workers: int) -> str:
    parts = ["osmodesk-web.service"]
    parts += [f"osmodesk-worker@{number}.service" for number in range(1, workers + 1)]
    return (
        f"{HEADER}\n{OPTIONS}{plan.options}\n"
        "# Starts, stops and restarts the processes together.\n"
        f"[Unit]\nDescription=OsmoDesk\nWants={' '.join(parts)}\n"
        "\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n"
        "\n[Install]\nWantedBy=multi-user.target\n"
    )


def _render_part(plan: ServicePlan, command: str, what: str) -> str:
    return (
        f"{HEADER}\n[Unit]\nDescription=OsmoDesk: {what}\nPartOf=osmodesk.service\n{_order()}\n"
        f"[Service]\nExecStart={plan.program} {command}\n{_PROCESS}{_identity(plan)}{_SANDBOX}"
        f"{_writable(plan, plan.directory)}"
    )


def _render_backup(plan: ServicePlan) -> str:
    return (
        f"{HEADER}\n[Unit]\nDescription=OsmoDesk: backup\n{_order()}\n"
        "[Service]\nType=oneshot\n"
        f"ExecStart={plan.program} db backup {plan.backups} --keep {KEPT_BACKUPS} --media\n"
        f"Nice=10\nIOSchedulingClass=idle\n{_identity(plan)}{_SANDBOX}"
        f"{_writable(plan, plan.directory, plan.backups)}"
    )


_BACKUP_TIMER = f"""{HEADER}
[Unit]
Description=OsmoDesk: a backup each night

[Timer]
OnCalendar=*-*-* 02:30:00
RandomizedDelaySec=10min
# Makes up for a night in which the machine was off.
Persistent=yes

[Install]
WantedBy=timers.target
"""


def _order() -> str:
    # Only an order: servers that are not on this machine are ignored.
    return (
        "Wants=network-online.target\n"
        "After=network-online.target mariadb.service mysql.service redis-server.service\n"
    )


def _identity(plan: ServicePlan) -> str:
    return (
        f"User={plan.user}\n"
        "# The settings are in .env of this folder; osmodesk reads that file itself.\n"
        f"WorkingDirectory={plan.directory}\n"
        f"Environment=HOME={plan.directory}\n"
        "# Other variables, such as HTTPS_PROXY; this file need not exist.\n"
        "EnvironmentFile=-/etc/default/osmodesk\n"
        "StandardOutput=journal\nStandardError=journal\n"
    )


def _writable(plan: ServicePlan, *folders: Path) -> str:
    used = (plan.program, plan.python, *folders)
    hidden = not any(str(path).startswith(f"{home}/") for path in used for home in _HOMES)
    return (
        f"ProtectHome={'yes' if hidden else 'read-only'}\n"
        f"ReadWritePaths={' '.join(map(str, folders))}\n"
    )
