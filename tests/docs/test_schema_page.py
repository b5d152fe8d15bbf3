"""docs/schema.md says where everything of both references is, and what it says is so."""

import re
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
import typer.main

from api.routes import ROUTES
from db.database import Database
from db.tables import metadata
from scripts.command_line import app
from tests.docs.references import CHAT_PLATFORM, COMMANDS, FUNCTIONS, HELP_DESK, SAMPLES
from tests.docs.schema_page import PAGE, list_columns, read_page, read_rows, read_section

ROOT = PAGE.parent.parent
TABLES = {name: {column.name for column in table.c} for name, table in metadata.tables.items()}
VIEWS = {
    cells[0]: cells[1].split(", ")
    for cells in read_rows("Views and functions of W")
    if len(cells) == 3
}


def test_every_table_and_column_is_listed() -> None:
    listed = re.findall(
        r"^- \*\*(\w+)\*\*: (.+)$", read_section("Every table and column"), re.MULTILINE
    )
    page = {name: set(columns.split(", ")) for name, columns in listed}
    for name, columns in TABLES.items():
        assert page.get(name) == columns, f"correct the line of {name} in docs/schema.md"
    assert set(page) == set(TABLES)


async def test_the_views_have_these_columns(database: Database) -> None:
    assert set(VIEWS) == {
        "conversation_summary",
        "agent_performance",
        "channel_statistics",
        "ai_conversation_analysis",
    }
    async with database.transaction() as tx:
        for view, columns in VIEWS.items():
            found = await tx.execute(sa.text(f"SELECT * FROM {view} LIMIT 0"))  # noqa: S608 our own
            assert (view, list(found.keys())) == (view, columns)


@pytest.mark.parametrize("section", ["Tables of T", "Tables of W"])
def test_what_stands_beside_a_column_exists(section: str) -> None:
    checked = 0
    for theirs, ours, *_ in read_rows(section):
        for table, column in list_columns(ours):
            known = TABLES.get(table) or set(VIEWS[table])
            wanted = [name for _, name in list_columns(theirs)] if column == "…" else [column]
            assert set(wanted) <= known, (theirs, ours)
            checked += len(wanted)
    assert checked > 15


@pytest.mark.parametrize(
    ("section", "reference"), [("Tables of T", HELP_DESK), ("Tables of W", CHAT_PLATFORM)]
)
def test_no_column_of_the_references_is_forgotten(section: str, reference: dict[str, str]) -> None:
    named = {pair for theirs, *_ in read_rows(section) for pair in list_columns(theirs)}
    for table, columns in reference.items():
        assert {(table, each) for each in columns.split()} - named == set()


def test_nothing_else_of_the_references_is_forgotten() -> None:
    page = read_page()
    commands = [cells[0] for cells in read_rows("Commands")]
    for command in COMMANDS:
        assert any(command in each for each in commands), command
    for name in (*FUNCTIONS, *SAMPLES):
        assert name in page, name


def test_the_commands_exist() -> None:
    root = typer.main.get_command(app)
    found = re.findall(r"`osmodesk ([a-z -]+)", read_page())
    assert len(found) > 10
    for line in found:
        command: click.Command = root
        for word in line.split():
            if word.startswith("-") or not isinstance(command, click.Group):
                break
            assert word in command.commands, line
            command = command.commands[word]


def test_the_files_and_functions_exist() -> None:
    found = re.findall(r"`((?:db|desk|api|scripts|tests)/[\w/]+\.py)(?:: (\w+))?`", read_page())
    assert found
    for path, name in found:
        text = (ROOT / Path(path)).read_text(encoding="utf-8")
        assert not name or re.search(rf"^(?:async )?def {name}\b", text, re.MULTILINE), (path, name)


def test_the_routes_exist() -> None:
    known = {(route.method, re.sub(r"\{\w+\}", "{}", route.path)) for route in ROUTES}
    for method, path in re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/[^ `?]*)", read_page()):
        if path != "/auth/register":  # left out
            assert (method, re.sub(r"\{\w+\}", "{}", path)) in known, f"{method} {path}"


def test_the_indices_exist() -> None:
    known = {index.name for table in metadata.tables.values() for index in table.indexes}
    named = set(re.findall(r"`(ix_\w+)`", read_section("Indices")))
    assert named
    assert named <= known
