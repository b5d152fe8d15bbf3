"""`osmodesk report`: a table, files, and options that make no sense."""

import asyncio
import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from db.database import Database
from db.url import parse_database_url
from tests.desk.reports.raw_rows import Raw, write_raw_rows
from tests.scripts.conftest import Command

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
