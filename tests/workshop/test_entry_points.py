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
