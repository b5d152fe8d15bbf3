"""Tests of the command: errors are one line without traceback; exit code 2 for settings, else 1."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.private_servers.process import free_port
from tests.scripts.conftest import Command
from tests.services.mariadb import PASSWORD, USER, MariaDB

ROOT = str(Path(__file__).parents[2])
Environment = Callable[..., None]
GROUPS = {
    (): "run web worker demo doctor seed bench chaos install-service accounts channels db",
    ("accounts",): "add passwd link list capacity",
    ("channels",): "add list test qr",
    ("db",): "setup push generate migrate deploy seed reset check studio backup restore cleanup",
}
COMMANDS = [(*group, name) for group, names in GROUPS.items() for name in names.split()]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_says_what_it_does(osmodesk: Command, command: tuple[str, ...]) -> None:
    shown = osmodesk(*command, "--help")
    assert (shown.code, shown.err) == (0, "")
    assert "Usage: osmodesk " + " ".join(command) in shown.out


@pytest.mark.parametrize("command", ["run", "web", "worker"])
def test_nothing_starts_without_the_two_secrets(osmodesk: Command, command: str) -> None:
    refused = osmodesk(command)
    assert refused.code == 2
    assert [line.split()[:2] for line in refused.err.splitlines()] == [
        ["osmodesk:", "JWT_SECRET"],
        ["osmodesk:", "SECRET_KEY"],
    ]
    assert "secrets.token_urlsafe" in refused.err


def test_a_corrupted_env_file_stops_with_one_line(osmodesk: Command) -> None:
    Path(".env").write_bytes(b"\xde\xad\xbe\xef")
    refused = osmodesk("accounts", "list")
    assert refused.code == 2
    assert len(refused.err.splitlines()) == 1


def test_an_unknown_command_is_told(osmodesk: Command) -> None:
    refused = osmodesk("fly")
    assert refused.code == 2
    assert "No such command" in refused.err


def test_a_database_that_is_away_is_told(osmodesk: Command, environment: Environment) -> None:
    environment(DATABASE_URL=f"mysql://u:hunter2@127.0.0.1:{free_port()}/d")
    refused = osmodesk("db", "migrate")
    assert refused.code == 1
    assert re.fullmatch(r"osmodesk: no database answers at .*\n", refused.err)


@pytest.mark.parametrize(
    ("user", "database", "told"),
    [
        (f"{USER}:hunter2", "x", "rejects the user or the password"),
        (f"nobody:{PASSWORD}", "x", "rejects the user or the password"),
        (f"{USER}:{PASSWORD}", "missing", "no such database"),
    ],
)
def test_a_database_that_refuses_is_told(
    osmodesk: Command,
    environment: Environment,
    *,
    mariadb: MariaDB,
    user: str,
    database: str,
    told: str,
) -> None:
    mariadb.start()
    environment(DATABASE_URL=f"mysql://{user}@127.0.0.1:{mariadb.port}/{database}")
    refused = osmodesk("accounts", "list")
    assert refused.code == 1
    assert told in refused.err
    assert len(refused.err.splitlines()) == 1
    assert "hunter2" not in refused.err


def test_missing_tables_are_told(
    osmodesk: Command, environment: Environment, database_url: str
) -> None:
    environment(DATABASE_URL=database_url)
    refused = osmodesk("accounts", "list")
    assert refused.code == 1
    assert refused.err == "osmodesk: tables are missing; run: osmodesk db migrate\n"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("sqlite:////no/such/folder/x.db", "check that its folder exists"),
        ("sqlite:///junk.db", "is not an SQLite database"),
    ],
)
def test_a_file_that_is_no_database_is_told(
    osmodesk: Command, environment: Environment, address: str, told: str
) -> None:
    Path("junk.db").write_text("junk " * 1000)
    environment(DATABASE_URL=address)
    refused = osmodesk("accounts", "list")
    assert refused.code == 1
    assert told in refused.err
    assert len(refused.err.splitlines()) == 1


def test_log_sql_shows_the_statements(environment: Environment, migrated_sqlite_url: str) -> None:
    environment(DATABASE_URL=migrated_sqlite_url, LOG_SQL="true")
    # In a separate process, because logging remembers which standard output it was set up with.
    command = [sys.executable, "-m", "scripts.cli", "accounts", "list"]
    listed = subprocess.run(  # noqa: S603 our own command
        command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": ROOT}
    )
    assert "FROM users" in listed.stdout + listed.stderr


def test_the_installed_command_starts() -> None:
    command = [str(Path(sys.executable).with_name("osmodesk")), "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 our own command
    assert "accounts" in shown.stdout
