"""Writes the files of a plan below a root folder, and tells systemd about them."""

import compileall
import os
import pwd
import subprocess
import sys
from pathlib import Path

from scripts.configuration.settings import Settings, load_settings
from scripts.private_servers.programs import find_program
from scripts.systemd.command_file import COMMAND_FILE, render_command
from scripts.systemd.plan import PlanError, ServicePlan, read_options
from scripts.systemd.units import (
    HEADER,
    MAIN_UNIT,
    OPTIONS,
    UNIT_FOLDER,
    UNIT_NAMES,
    render_units,
)

_CODE = Path(__file__).parents[2]
_LANGUAGE_ROOMS = ("api", "bot", "bridge", "db", "desk", "scripts")


def find_own_program() -> Path:
    """Return the path of the `osmodesk` command that runs now."""
    installed = Path(sys.prefix) / "bin" / "osmodesk"
    return installed if installed.exists() else _CODE / "osmodesk"


def read_last_options(root: Path) -> dict[str, str]:
    """Return the options of the last installation below this folder; empty if there is none."""
    try:
        text = (root / UNIT_FOLDER / MAIN_UNIT).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    lines = (line for line in text.splitlines() if line.startswith(OPTIONS))
    return read_options(next(lines, ""))


def list_files(plan: ServicePlan) -> dict[Path, str]:
    """Return the text of each file, by its path below the root folder."""
    units = render_units(plan)
    return {
        **{UNIT_FOLDER / name: text for name, text in units.items()},
        COMMAND_FILE: render_command(plan),
    }


def check_machine(plan: ServicePlan) -> None:
    """Raise PlanError unless the user and the folders of the plan exist and fit together."""
    try:
        user = pwd.getpwnam(plan.user)
    except KeyError:
        raise PlanError(
            f"there is no user {plan.user}; create one: "
            f"useradd --system --user-group --home-dir {plan.directory} "
            f"--shell /usr/sbin/nologin {plan.user}"
        ) from None
    for folder in (plan.directory, plan.backups):
        if not folder.is_dir() or folder.stat().st_uid != user.pw_uid:
            raise PlanError(
                f"{folder} is not a folder of {plan.user}; create it: "
                f"install -d -o {plan.user} -g {plan.user} -m 750 {folder}"
            )
    _check_program(plan)


def _check_program(plan: ServicePlan) -> None:
    try:
        subprocess.run(  # noqa: S603 our own program
            [plan.program, "--help"],
            user=plan.user,
            cwd=plan.directory,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError) as error:
        if isinstance(error, PermissionError) and os.geteuid() != 0:
            raise PlanError("run this command as root: sudo osmodesk install-service") from None
        raise PlanError(
            f"the user {plan.user} cannot run {plan.program}: put the program where every user may "
            "read it, such as /opt/osmodesk, and use the system's Python"
        ) from None


def check_settings(plan: ServicePlan) -> None:
    """Raise SettingsError or PlanError where the .env of the folder does not allow the plan."""
    env_file = plan.directory / ".env"
    if env_file.is_file():
        _check_workers(plan, load_settings(env_file=env_file))


def _check_workers(plan: ServicePlan, settings: Settings) -> None:
    if plan.workers is None:
        return
    if settings.database_url.is_sqlite:
        raise PlanError(
            "several processes need MySQL or MariaDB: set DATABASE_URL, or leave out --workers"
        )
    if plan.workers > 1 and settings.redis_url is None:
        raise PlanError("more than one worker needs Redis: set REDIS_URL, or use --workers 1")


def install(plan: ServicePlan, root: Path) -> list[Path]:
    """Write the files, remove our files that the plan does not have, and return what changed.

    Raises PlanError before anything is written if a file there is not ours.
    """
    files = list_files(plan)
    stale = [UNIT_FOLDER / name for name in UNIT_NAMES if UNIT_FOLDER / name not in files]
    stale = [path for path in stale if (root / path).exists()]
    for path in (*files, *stale):
        if not _is_ours(root / path):
            raise PlanError(f"{root / path} is not from osmodesk install-service: move it away")
    try:
        for path, text in files.items():
            _write(root / path, text, mode=0o755 if path == COMMAND_FILE else 0o644)
        for path in stale:
            (root / path).unlink()
    except PermissionError as error:
        raise PlanError(f"{error.filename} cannot be written: run this command as root") from None
    return [*files, *stale]


def reload_systemd() -> bool:
    """Stop the units whose files are gone, and let systemd read the others; False without it."""
    if not Path("/run/systemd/system").is_dir():
        return False
    systemctl = find_program("systemctl")
    there = [name for name in UNIT_NAMES if (Path("/") / UNIT_FOLDER / name).exists()]
    gone = [name.replace("@.", "@*.") for name in UNIT_NAMES if name not in there]
    for command in (["stop", *gone], ["daemon-reload"]):
        # A unit that was never loaded cannot be stopped, which is fine.
        subprocess.run([systemctl, *command], check=False, stderr=subprocess.DEVNULL)  # noqa: S603 names that we made
    return True


def compile_code() -> None:
    """Compile the program: the services may not write beside it, so each start would compile it."""
    for folder in (*(_CODE / room for room in _LANGUAGE_ROOMS), Path(sys.prefix) / "lib"):
        compileall.compile_dir(folder, quiet=2, workers=0)


def _is_ours(file: Path) -> bool:
    try:
        return not file.is_symlink() and HEADER in file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return True
    except (OSError, UnicodeDecodeError):
        return False


def _write(file: Path, text: str, *, mode: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.chmod(mode)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
