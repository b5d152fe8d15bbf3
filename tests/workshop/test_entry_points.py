"""The commands that a person, CI or a hosting platform starts first."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 -- the project's own scripts
        command,
        cwd=ROOT,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_alone_lists_what_there_is() -> None:
    listed = {line.split()[1] for line in run("make", "--no-print-directory").stdout.splitlines()}
    promised = {"demo", "test", "test-long", "install", "check", "bench", "chaos", "lock"}
    assert promised <= listed


def stand_in_python(folder: Path, version: str) -> str:
    python = folder / "python"
    python.write_text(f'#!/bin/sh\n[ "$1" = --version ] || exit 1\necho "Python {version}"\n')
    python.chmod(0o755)
    return str(python)


@pytest.mark.parametrize(("version", "says"), [("", "was not found"), ("3.9.2", "3.11 or newer")])
def test_a_python_that_will_not_do_is_named_in_one_line(
    version: str, says: str, tmp_path: Path
) -> None:
    python = stand_in_python(tmp_path, version) if version else "no-such-python"
    result = run("sh", "scripts/workshop/venv.sh", PYTHON=python)
    assert result.returncode == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert says in line
    assert python in line


@pytest.mark.parametrize(
    ("release", "says"),
    [
        (
            "ID=ubuntu\nID_LIKE=debian\nVERSION_ID=22.04",
            "apt-get install python3.11 python3.11-venv",
        ),
        ("ID=ubuntu\nID_LIKE=debian\nVERSION_ID=20.04", "use Ubuntu 24.04 or newer"),
        ("ID=linuxmint\nID_LIKE='ubuntu debian'\nVERSION_ID=20", "use Ubuntu 24.04 or newer"),
        ("ID=ubuntu\nID_LIKE=debian\nVERSION_ID=24.04", "python3-venv, then: make install PYTHON="),
        ("ID=debian\nVERSION_ID=11", "use Debian 12 or newer"),
        ("ID=debian\nVERSION_ID=12", "apt-get install python3 python3-venv, then: make install"),
        ("ID=raspbian\nID_LIKE=debian\nVERSION_ID=11", "use Debian 12 or newer"),
        ("ID=rocky\nID_LIKE='rhel centos fedora'\nVERSION_ID=9.4", "dnf install python3.11"),
        ("ID=amzn\nID_LIKE='centos rhel fedora'\nVERSION_ID=2", "use Amazon Linux 2023"),
        ("ID=amzn\nID_LIKE=fedora\nVERSION_ID=2023", "dnf install python3.11"),
        ("ID=opensuse-leap\nID_LIKE='suse opensuse'\nVERSION_ID=15.6", "zypper install python311"),
        ("ID=alpine\nVERSION_ID=3.16.2", "use Alpine 3.18"),
        ("ID=arch", "pacman -Syu python"),
        ("", "make install PYTHON=python3.11"),
    ],
)
def test_an_old_distribution_is_told_what_to_install(
    release: str, says: str, tmp_path: Path
) -> None:
    name = "PRETTY_NAME='Some Linux 1'\n" if release else ""
    (tmp_path / "os-release").write_text(f"{name}{release}\n")
    result = run("sh", "scripts/workshop/newer_python.sh", str(tmp_path / "os-release"))
    (line,) = result.stdout.splitlines()
    assert says in line
    assert (result.returncode, result.stderr) == (0, "")
    assert "Some Linux 1" in line or not release


def test_every_pin_is_hashed_and_bare_of_addresses() -> None:
    for file in ROOT.glob("requirements*.txt"):
        text = file.read_text()
        pins = [line for line in text.splitlines() if "==" in line]
        assert pins, file.name
        assert all(line.endswith("\\") for line in pins), file.name
        assert "://" not in text


def test_the_procfile_starts_what_the_design_names() -> None:
    processes = dict(line.split(": ") for line in (ROOT / "Procfile").read_text().splitlines())
    assert processes == {
        "web": "./osmodesk web",
        "worker": "./osmodesk worker",
        "release": "./osmodesk db deploy",
    }
