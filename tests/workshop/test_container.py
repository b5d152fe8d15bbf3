"""Dockerfile and compose.yaml, as far as they can be checked without Docker."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from db.url import parse_database_url
from scripts.command_line import app
from scripts.configuration.settings import Settings
from scripts.workshop.housekeeping import list_tracked_files

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
SETTINGS = {name.upper() for name in Settings.model_fields}
# The variables that the operator enters in .env for the containers.
ENTERED = {"MARIADB_PASSWORD", "WAHA_API_KEY"}


def read_dockerfile() -> list[tuple[str, str]]:
    """Return each instruction with its arguments."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def list_copies() -> list[tuple[str, str]]:
    found = []
    for word, rest in read_dockerfile():
        if word == "COPY":
            *sources, target = rest.split()
            found += [(source, target) for source in sources]
    return found


def assert_is_command(words: list[str]) -> None:
    assert words[0] == "osmodesk"
    group: Any = typer.main.get_command(app)
    for word in words[1:]:
        group = group.commands[word]


def test_the_image_has_the_whole_program(tmp_path: Path) -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    tracked = list_tracked_files(ROOT)
    (tmp_path / "app").mkdir()
    for source, target in list_copies():
        assert source not in ignored
        folder = tmp_path / "app" / target
        if (ROOT / source).is_dir():
            for name in (each for each in tracked if each.startswith(f"{source}/")):
                (tmp_path / "app" / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, tmp_path / "app" / name)
        else:
            assert source in tracked
            shutil.copy(ROOT / source, folder)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    rooms = project["tool"]["uv"]["build-backend"]["module-name"]
    assert set(rooms) <= {source for source, _ in list_copies()}
    (tmp_path / "data").mkdir()
    migrated = subprocess.run(
        [sys.executable, "-m", "scripts.cli", "db", "deploy"],
        cwd=tmp_path / "data",
        env=os.environ | {"PYTHONPATH": str(tmp_path / "app")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (migrated.returncode, migrated.stderr) == (0, "")
    assert (tmp_path / "data" / "osmodesk.db").exists()


def test_the_image_starts_a_command_as_an_ordinary_user() -> None:
    instructions = read_dockerfile()
    words = [word for word, _ in instructions]
    assert ("USER", "osmodesk") in instructions
    assert words.index("USER") < words.index("CMD")
    by_word = dict(instructions)
    assert_is_command(yaml.safe_load(by_word["CMD"]))
    assert {each.partition("=")[0] for each in by_word["ENV"].split()} <= SETTINGS
    assert re.fullmatch(r"python:3\.1[123]-slim-bookworm", by_word["FROM"])


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_whole(name: str) -> None:
    service = SERVICES[name]
    for other, how in service.get("depends_on", {}).items():
        if how["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]
        else:
            assert how["condition"] == "service_completed_successfully"
            assert SERVICES[other].get("restart") is None
    for volume in service.get("volumes", []):
        assert volume.partition(":")[0] in COMPOSE["volumes"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    for variable in re.findall(r"\$\{(\w+)", yaml.dump(service)):
        assert variable in ENTERED
    if "build" in service:
        assert set(service["environment"]) <= SETTINGS
        assert_is_command(service["command"])
        address = re.sub(r"\$\{[^}]*\}", "secret", service["environment"]["DATABASE_URL"])
        assert parse_database_url(address).url.host in SERVICES


def test_the_page_shows_the_same_waha() -> None:
    text = (ROOT / "docs/server.md").read_text()
    found = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert found is not None
    shown = yaml.safe_load(found[1])["services"]["waha"]
    assert shown["image"] == SERVICES["waha"]["image"]
    assert set(shown["environment"]) == set(SERVICES["waha"]["environment"]) - {"WAHA_BASE_URL"}
    assert shown["volumes"][0].partition(":")[2] == SERVICES["waha"]["volumes"][0].partition(":")[2]
