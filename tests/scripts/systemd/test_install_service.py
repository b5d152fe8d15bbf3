"""`osmodesk install-service`: systemd's own checker reads the units, a shell runs the command."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from scripts.systemd.installation import check_machine
from scripts.systemd.plan import PlanError, ServicePlan
from tests.scripts.conftest import SECRETS, Command
from tests.services.programs import require_program

UNITS = Path("etc/systemd/system")
COMMAND = Path("usr/local/bin/osmodesk")
SPLIT = ["osmodesk-web.service", "osmodesk-worker@.service"]
ALWAYS = ["osmodesk-backup.service", "osmodesk-backup.timer", "osmodesk.service"]


def install(osmodesk: Command, root: Path, *options: str) -> list[str]:
    """Install below a folder, and return the names of the units there."""
    done = osmodesk("install-service", "--root", str(root), *options)
    assert (done.code, done.err) == (0, "")
    assert "systemctl restart osmodesk" in done.out
    return sorted(file.name for file in (root / UNITS).iterdir())


def verify(root: Path) -> None:
    """Let systemd check the units, and how much of the machine they may touch."""
    program = require_program("systemd-analyze")
    files = [str(file) for file in (root / UNITS).iterdir()]
    told = subprocess.run(  # noqa: S603 -- found on PATH
        [program, "verify", "--man=no", *files], capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stdout + told.stderr) == (0, "")
    for file in files:
        # The group of processes runs /bin/true.
        if file.endswith(".service") and "User=" in Path(file).read_text():
            command = [program, "security", "--no-pager", "--offline=true", "--threshold=20", file]
            subprocess.run(command, capture_output=True, check=True)  # noqa: S603 -- the same


@pytest.mark.parametrize("workers", [[], ["--workers", "2"]], ids=["run", "web and workers"])
def test_systemd_accepts_the_units(osmodesk: Command, tmp_path: Path, workers: list[str]) -> None:
    root = tmp_path / "machine"
    assert install(osmodesk, root, *workers) == sorted([*ALWAYS, *(SPLIT if workers else [])])
    text = (root / UNITS / SPLIT[0 if workers else -1]).read_text() if workers else ""
    text += (root / UNITS / "osmodesk.service").read_text()
    for line in (
        "User=osmodesk",
        "WorkingDirectory=/var/lib/osmodesk",
        "EnvironmentFile=-/etc/default/osmodesk",
        "Restart=always",
        "StandardOutput=journal",
    ):
        assert line in text
    if workers:
        assert "osmodesk-worker@2.service" in text
        assert "osmodesk-worker@3.service" not in text
    verify(root)


def test_print_shows_everything_and_writes_nothing(osmodesk: Command, tmp_path: Path) -> None:
    printed = osmodesk("install-service", "--print", "--root", str(tmp_path / "machine"))
    assert printed.code == 0
    assert "osmodesk-backup.timer" in printed.out
    assert "db backup /var/backups/osmodesk --keep 14 --media" in printed.out
    assert not (tmp_path / "machine").exists()


def test_one_process_replaces_several_and_changes_by_hand_stay(
    osmodesk: Command, tmp_path: Path
) -> None:
    drop_in = tmp_path / UNITS / "osmodesk.service.d" / "override.conf"
    drop_in.parent.mkdir(parents=True)
    drop_in.write_text("[Service]\nNice=5\n")
    assert set(SPLIT) < set(install(osmodesk, tmp_path, "--workers", "1", "--user", "desk"))
    # An update runs the command without options.
    assert set(SPLIT) < set(install(osmodesk, tmp_path))
    assert "User=desk" in (tmp_path / UNITS / SPLIT[0]).read_text()
    names = set(install(osmodesk, tmp_path, "--workers", "0"))
    assert names == {*ALWAYS, "osmodesk.service.d"}
    assert "User=desk" in (tmp_path / UNITS / "osmodesk.service").read_text()
    assert drop_in.exists()
    assert stat.S_IMODE((tmp_path / COMMAND).stat().st_mode) == 0o755


@pytest.mark.parametrize("name", [COMMAND, UNITS / "osmodesk.service", UNITS / SPLIT[0]])
def test_a_file_of_somebody_else_stops_it_before_anything_is_written(
    osmodesk: Command, tmp_path: Path, name: Path
) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text("#!/bin/sh\n")
    refused = osmodesk("install-service", "--root", str(tmp_path))
    assert refused.code == 1
    assert f"{name} is not from osmodesk install-service" in refused.err
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [tmp_path / name]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--user", "root"], "not the name of an ordinary user"),
        (["--user", "a b"], "not the name of an ordinary user"),
        (["--user", "x\nExecStartPre=/bin/sh"], "not the name of an ordinary user"),
        (["--directory", "/var/lib/%n"], "must be an absolute path"),
        (["--directory", "desk"], "must be an absolute path"),
        (["--backups", "/var/back ups"], "must be an absolute path"),
        (["--backups", "/var/lib/../../etc"], "must be an absolute path"),
        (["--user", "nobody-has-this-name"], "useradd --system"),
    ],
)
def test_what_systemd_would_misread_is_refused(
    osmodesk: Command, options: list[str], says: str
) -> None:
    refused = osmodesk("install-service", *options)
    assert refused.code == 1
    (line,) = refused.err.splitlines()
    assert says in line


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_a_program_that_the_services_cannot_read_is_named(tmp_path: Path) -> None:
    program = tmp_path / "private" / "osmodesk"
    program.parent.mkdir(mode=0o700)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    folders = [tmp_path / name for name in ("desk", "backups")]
    for folder in folders:
        folder.mkdir()
        shutil.chown(folder, "nobody")
    plan = ServicePlan(program, program, "nobody", *folders)
    with pytest.raises(PlanError, match="where every user may read it"):
        check_machine(plan)


@pytest.mark.parametrize(
    ("lines", "workers", "says"),
    [
        ({}, "1", "need MySQL or MariaDB"),
        ({"DATABASE_URL": "mysql://u:p@127.0.0.1/d"}, "2", "set REDIS_URL"),
        ({"PORT": "high"}, "1", "PORT"),
    ],
)
def test_settings_that_do_not_allow_several_processes_are_told(
    osmodesk: Command, tmp_path: Path, *, lines: dict[str, str], workers: str, says: str
) -> None:
    text = "".join(f"{name}={value}\n" for name, value in (SECRETS | lines).items())
    (tmp_path / ".env").write_text(text)
    place = ["--directory", str(tmp_path), "--root", str(tmp_path / "machine")]
    refused = osmodesk("install-service", "--workers", workers, *place)
    assert refused.code in {1, 2}
    assert says in refused.err
    assert not (tmp_path / "machine").exists()


def test_the_command_runs_in_the_folder_of_the_services(osmodesk: Command, tmp_path: Path) -> None:
    """Run the script as its own user, with a stand-in for the program that only root may become."""
    (tmp_path / "data").mkdir()
    install(osmodesk, tmp_path, "--directory", str(tmp_path / "data"))
    command = tmp_path / COMMAND
    name = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S607 -- of this machine
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "id").write_text(f'#!/bin/sh\n[ "$1" = -u ] && echo 7 || echo {name}\n')
    (programs / "id").chmod(0o755)
    text = command.read_text().replace("user=osmodesk", f"user={name}")
    command.write_text(text)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        environment = os.environ | {"PATH": path}
        return subprocess.run(  # noqa: S603 -- the script that was just written
            [str(command), *arguments], env=environment, capture_output=True, text=True, check=False
        )

    shown = run("accounts", "list")
    assert "No accounts yet" in shown.stdout + shown.stderr or "migrate" in shown.stderr
    assert "Usage: osmodesk install-service" in run("install-service", "--help").stdout
    command.write_text(text.replace(f"user={name}", "user=osmodesk"))
    refused = run("accounts", "list")
    assert refused.returncode == 1
    assert refused.stderr == (
        "osmodesk: only root and osmodesk may do this: sudo osmodesk accounts list\n"
    )
