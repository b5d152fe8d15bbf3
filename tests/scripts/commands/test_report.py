"""`osmodesk report`: a table, files, and options that make no sense."""

import asyncio
import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from db.database import Database
from db.queries.reports.groups import Group
from db.url import parse_database_url
from desk.reports.periods import Period
from desk.reports.reports import REPORTS, Question
from desk.texts.catalogue import read_texts
from scripts.commands.report import LABELS, to_words
from tests.desk.reports.raw_rows import Raw, write_raw_rows
from tests.scripts.conftest import Command

ROOT = Path(__file__).parents[3]
UTC = ZoneInfo("UTC")
DAYS = ("--first-day", "2026-03-24", "--last-day", "2026-04-06")


async def write(url: str) -> Raw:
    database = Database(parse_database_url(url))
    try:
        return await write_raw_rows(database, 12)
    finally:
        await database.close()


@pytest.fixture
def raw(environment: Callable[..., None], migrated_url: str) -> Raw:
    environment(DATABASE_URL=migrated_url, TIMEZONE="Europe/Berlin")
    return asyncio.run(write(migrated_url))


def test_figures_are_shown_and_written_to_files(
    osmodesk: Command, raw: Raw, tmp_path: Path
) -> None:
    shown = osmodesk("report", "workload", *DAYS, "--by", "agent")
    assert (shown.code, shown.err) == (0, "")
    assert "workload, 2026-03-24 to 2026-04-06" in shown.out
    assert all(name in shown.out for name in ("Mia", "Tom", "unanswered"))
    found = json.loads(osmodesk("report", "workload", *DAYS, "--format", "json").out)
    assert found["rows"][0]["sessions"] == len(raw.sessions)
    assert osmodesk("report", "workload", "--period", "last_week").code == 0
    second = raw.channels[1]
    for option, given, expected in (
        ("--agent", "mia", [each for each in raw.sessions if each.agent is raw.agents[0]]),
        ("--channel", second.id, [each for each in raw.sessions if each.channel is second]),
        ("--tag", "LATE", [each for each in raw.sessions if "late" in each.tags]),
    ):
        narrowed = osmodesk("report", "workload", *DAYS, option, given, "--format", "csv")
        [row] = csv.DictReader(narrowed.out.splitlines())
        assert int(row["sessions"]) == len(expected) > 0, option
    for how, start in (("png", b"\x89PNG"), ("csv", b"weekday,hour,")):
        file = tmp_path / f"volume.{how}"
        wrote = osmodesk("report", "volume", *DAYS, "--format", how, "--out", str(file))
        assert wrote.out == f"{file}: {file.stat().st_size} bytes\n", wrote.err
        assert file.read_bytes().startswith(start)


async def list_words(url: str) -> set[str]:
    """List the names of all reports and columns, and the words of ours in their cells."""
    database = Database(parse_database_url(url))
    period = Period(*map(date.fromisoformat, DAYS[1::2]), UTC)
    try:
        async with database.transaction() as tx:
            tables = [
                await make(tx, Question(period, by)) for make in REPORTS.values() for by in Group
            ]
    finally:
        await database.close()
    names = {name for table in tables for name in (table.name, *table.columns)}
    cells = {
        str(value)
        for table in tables
        for row in table.rows
        for column, value in zip(table.columns, row, strict=True)
        if column in LABELS
    }
    return {to_words(each) for each in names | cells}


def test_every_word_of_the_tables_is_translated(raw: Raw, migrated_url: str) -> None:
    words = {
        "handed over: {1}" if each.startswith("handed over: ") else each
        for each in asyncio.run(list_words(migrated_url))
    }
    texts = read_texts(ROOT / "scripts/commands/report_id.toml")
    assert words - texts.keys() == set(), "translate these in scripts/commands/report_id.toml"
    assert (
        texts.keys() - words
        == {
            "handed over: no reason",
            "handed over: {1}",
            "{1}, {2} to {3}",
        }
        - words
    ), "no report has these any more"


def test_the_table_is_in_the_operators_language(
    osmodesk: Command, environment: Callable[..., None], raw: Raw
) -> None:
    environment(DEFAULT_LANGUAGE="id")
    shown = osmodesk("report", "ai", *DAYS).out
    assert "AI, 2026-03-24 sampai 2026-04-06" in shown
    assert "dijawab AI dan agen" in shown
    assert "tanpa pemegang" in osmodesk("report", "workload", *DAYS, "--by", "agent").out
    assert "Senin" in osmodesk("report", "volume", *DAYS).out
    refused = " ".join(osmodesk("report", "ai", "--agent", "Nobody").err.split())
    assert "--agent Nobody: tidak ada yang bernama itu" in refused


def test_options_that_make_no_sense(
    osmodesk: Command, environment: Callable[..., None], raw: Raw
) -> None:
    environment(COLUMNS="200")
    for arguments, reason in (
        (("volume", "--format", "png"), "a picture needs a file"),
        (("ai", "--first-day", "2026-02-02", "--last-day", "2026-02-01"), "after the last one"),
        (("ai", "--first-day", "1990-01-01"), "at most 3660 days"),
        (("ai", "--first-day", "2026-02-30"), "2026-02-30"),
        (("ai", "--agent", "Nobody"), "there is none of this name"),
        (("ai", "--period", "today", "--last-day", "2026-02-01"), "not both"),
        (("nothing",), "nothing"),
    ):
        refused = osmodesk("report", *arguments)
        assert (refused.code, refused.out) == (2, ""), arguments
        assert reason in " ".join(refused.err.split())
    unwritable = osmodesk("report", "ai", "--format", "csv", "--out", "none/at/all.csv")
    assert unwritable.code != 0
    assert "none/at/all.csv" in unwritable.err
