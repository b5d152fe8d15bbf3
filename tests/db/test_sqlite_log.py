"""What a transaction on SQLite says is on the disk, and others go on while it is written."""

import asyncio
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from db.database import Database, Transaction
from db.url import parse_database_url
from tests.flows.eventually import eventually

_ADD, _COUNT = text("INSERT INTO notes VALUES (:words)"), text("SELECT COUNT(*) FROM notes")
_FSYNC = "fdatasync" if hasattr(os, "fdatasync") else "fsync"
_FAILS = """
import asyncio, errno, os, sys
from sqlalchemy import text
from db.database import Database
from db.url import parse_database_url

def fail(file):
    raise OSError(errno.EIO, os.strerror(errno.EIO))

async def main():
    database = Database(parse_database_url(sys.argv[1]))
    async with database.transaction() as tx:
        await tx.execute(text("INSERT INTO notes VALUES ('before')"))
    print("acknowledged", flush=True)
    setattr(os, sys.argv[2], fail)
    try:
        async with database.transaction() as tx:
            await tx.execute(text("INSERT INTO notes VALUES ('after')"))
    finally:
        print("came back", flush=True)

asyncio.run(main())
"""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    found = Database(parse_database_url(f"sqlite:///{tmp_path}/desk.db"))
    async with found.transaction() as tx:
        await tx.execute(text("CREATE TABLE notes (words TEXT UNIQUE)"))
    async with found.transaction() as tx:
        await tx.execute(text("INSERT INTO notes VALUES ('first')"))
    yield found
    await found.close()


async def add(database: Database, words: str) -> str:
    async with database.transaction() as tx:
        await tx.execute(_ADD, {"words": words})
    return words


async def count(database: Database) -> int:
    async with database.transaction() as tx:
        return int(await tx.scalar(_COUNT) or 0)


async def answer(found: object) -> object:
    return found


class SlowDisk:
    """A disk that writes when the test lets it."""

    def __init__(self, real: Callable[[int], None]) -> None:
        self.real, self.writes, self.goes_on = real, 0, threading.Event()

    def __call__(self, file: int) -> None:
        self.writes += 1
        assert self.goes_on.wait(30)
        self.real(file)


async def test_everyone_waits_for_the_disk_and_nobody_for_the_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SlowDisk(getattr(os, _FSYNC))
    monkeypatch.setattr(os, _FSYNC, disk)
    inside: list[str] = []

    async def fail(tx: Transaction) -> None:
        inside.append(str(await tx.scalar(_COUNT)))
        raise ZeroDivisionError

    tasks: list[asyncio.Future[Any]] = [
        *(asyncio.ensure_future(add(database, word)) for word in ("one", "two", "three")),
        asyncio.ensure_future(count(database)),
        asyncio.ensure_future(database.run(fail)),
    ]
    # The last transaction sees what all others wrote.
    await eventually(lambda: answer(inside), "the last transaction")
    await asyncio.sleep(0.1)
    assert inside == ["4"]
    # Neither what was written nor what was only read is said before it is on the disk.
    assert not [task for task in tasks if task.done()]
    disk.goes_on.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert found[:4] == ["one", "two", "three", 4]
    assert isinstance(found[4], ZeroDivisionError)
    # One write for the first, and at most one for all that came meanwhile.
    assert disk.writes <= 2


async def test_one_that_gives_up_waiting_takes_the_disk_from_nobody(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SlowDisk(getattr(os, _FSYNC))
    monkeypatch.setattr(os, _FSYNC, disk)
    impatient = asyncio.ensure_future(add(database, "one"))
    await eventually(lambda: answer(disk.writes), "a write to the disk")
    patient = asyncio.ensure_future(add(database, "two"))
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    disk.goes_on.set()
    assert await patient == "two"
    assert await count(database) == 3


@pytest.mark.parametrize("seed", range(3))
async def test_what_was_said_survives_a_power_cut(
    seed: int, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, real = random.Random(seed), getattr(os, _FSYNC)  # noqa: S311 no secret
    file, disk = tmp_path / "desk.db", tmp_path / "disk"
    disk.mkdir()

    def write(descriptor: int) -> None:
        """Keep the log as it is when the disk has it. All is in the log: few rows are written."""
        kept = Path(f"{file}-wal").read_bytes()
        real(descriptor)
        (tmp_path / "new").write_bytes(kept)  # not on the disk: that is copied at any moment
        (tmp_path / "new").replace(disk / "desk.db-wal")

    monkeypatch.setattr(os, _FSYNC, write)
    shutil.copy(file, disk / "desk.db")

    def read_after_power_cut() -> set[str]:
        after = tmp_path / "after"
        shutil.rmtree(after, ignore_errors=True)
        shutil.copytree(disk, after)
        with closing(sqlite3.connect(after / "desk.db")) as other:
            return {words for (words,) in other.execute("SELECT words FROM notes")}

    async def be_refused(tx: Transaction, words: str) -> None:
        await tx.execute(_ADD, {"words": f"never {words}"})
        await tx.execute(_ADD, {"words": "first"})

    refused = 0

    async def live(person: int) -> None:
        nonlocal refused
        for number in range(8):
            words = f"{person} {number}"
            await asyncio.sleep(chance.random() * 0.01)
            if chance.random() < 0.3:
                with pytest.raises(IntegrityError):
                    await database.run(lambda tx: be_refused(tx, words))  # noqa: B023 awaited
                refused += 1
            else:
                await add(database, words)
                assert words in read_after_power_cut()

    await asyncio.gather(*(live(person) for person in range(6)))
    found = read_after_power_cut()
    assert len(found) == 6 * 8 - refused + 1
    assert refused
    assert not [words for words in found if words.startswith("never")]


async def test_a_closed_database_can_be_used_again(database: Database) -> None:
    for words in ("before", "after", "at last"):
        await add(database, words)
        await database.close()
    assert await count(database) == 4


async def test_the_log_does_not_grow_for_ever(database: Database, tmp_path: Path) -> None:
    for number in range(60):
        async with database.transaction() as tx:
            rows = [{"words": f"{number} {row} {'x' * 300}"} for row in range(100)]
            await tx.execute(_ADD, rows)
    # 6,000 rows with their index are 5 MB, and several times that when each COMMIT is added.
    assert (tmp_path / "desk.db-wal").stat().st_size < 4_000_000
    assert await count(database) == 6_001


async def test_only_the_logs_pages_are_written_beside_the_loop(database: Database) -> None:
    threads: dict[str, int] = {}

    def note(statement: str) -> None:
        threads[statement] = threading.get_ident()

    async with database.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await driver.set_trace_callback(note)
    async with database.transaction() as tx:
        await tx.execute(_ADD, [{"words": str(number)} for number in range(600)])
    await database.truncate_log()
    assert threads["COMMIT"] == threading.get_ident()
    checkpoints = {"PRAGMA wal_checkpoint(PASSIVE)", "PRAGMA wal_checkpoint(TRUNCATE)"}
    assert checkpoints <= threads.keys()
    assert threading.get_ident() not in {threads[each] for each in checkpoints}


async def test_a_disk_that_fails_ends_the_process(database: Database, tmp_path: Path) -> None:
    arguments = (sys.executable, "-c", _FAILS, f"sqlite:///{tmp_path}/desk.db", _FSYNC)
    ended = await asyncio.to_thread(
        subprocess.run, arguments, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == os.EX_IOERR
    assert ended.stdout == "acknowledged\n"
    assert ended.stderr.startswith("SQLite's log could not be written to the disk: ")
    assert await count(database) >= 2
