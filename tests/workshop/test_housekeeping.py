import subprocess
from pathlib import Path

import pytest

from scripts.workshop.housekeeping import faults_in, faults_of

# In pieces, so that these lines do not break the rules themselves.
SITE = "https://packages.example"
ROOT = "/"


@pytest.mark.parametrize(
    "line",
    [
        f"source = {SITE}/a/b/thing-1.0-py3-none-any.whl",
        f"curl -O {SITE}/thing.tar.gz",
        f"url = '{SITE}/simple'",
        f"--index-url {SITE}",
        f"--extra-index-url={SITE}",
        f"--find-links={ROOT}wheels",
    ],
)
def test_a_download_address_is_a_fault(line: str) -> None:
    assert faults_in("README.md", f"fine\n{line}\n") == ["README.md:2: a download address"]


@pytest.mark.parametrize("folder", ["work", "root", "tmp", "home/ann", "Users/ann"])
def test_a_machines_own_path_is_a_fault(folder: str) -> None:
    assert faults_in("docs/a.md", f"see '{ROOT}{folder}/notes'") == [
        "docs/a.md:1: a machine's own path"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "see https://docs.example/simple-guide and https://site.example/work/page",
        "GET /api/tmp/x, {base}/home/ann/x, ./tmp/x, <b>/tmp/x",
        "uv pip compile --no-emit-index-url --no-emit-find-links --output-file x",
        "/usr/sbin/mariadbd, /opt/osmodesk/data, /home, /tmp",
    ],
)
def test_ordinary_text_is_no_fault(line: str) -> None:
    assert faults_in("docs/a.md", line) == []


def test_only_code_is_held_to_the_line_limit() -> None:
    assert faults_in("db/long.py", "\n" * 401) == ["db/long.py: 401 lines, more than 400"]
    assert faults_in("db/right.py", "\n" * 400) == []
    assert faults_in("docs/long.md", "\n" * 401) == []


def test_pins_hold_no_address() -> None:
    assert faults_in("requirements-dev.txt", "thing @ git+https://x.example/thing") == [
        "requirements-dev.txt: an address among the pins"
    ]


def test_the_repository_is_read_with_what_is_about_to_be_committed(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)  # noqa: S603, S607 -- git as found on PATH
    (tmp_path / ".gitignore").write_text("ignored.md\n")
    (tmp_path / "ignored.md").write_text(f"{ROOT}root/x")
    (tmp_path / "alembic").mkdir()
    (tmp_path / "alembic" / "__init__.py").write_text("")
    assert faults_of(tmp_path) == ["alembic/__init__.py: would shadow the library of that name"]
