"""Other users of the machine cannot read an SQLite database, nor its log and its backup."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from db.database import Database
from db.sqlite_files import is_readable_by_others, make_private
from db.url import parse_database_url


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(file: Path) -> dict[str, int]:
    return {
        each.name.removeprefix(file.name): stat.S_IMODE(each.stat().st_mode)
        for each in file.parent.glob(f"{file.name}*")
    }


def open_to_all(file: Path) -> None:
    for each in file.parent.glob(f"{file.name}*"):
        each.chmod(0o644)


async def write_to(file: Path) -> dict[str, int]:
    """Write to the database and return the permissions of its files while it is open."""
    database = Database(parse_database_url(f"sqlite+aiosqlite:///{file}"))
    async with database.transaction() as tx:
        await tx.execute(text("CREATE TABLE IF NOT EXISTS words (word TEXT)"))
        await tx.execute(text("INSERT INTO words VALUES ('hello')"))
    found = modes(file)
    await database.close()
    return found


async def test_a_new_database_and_the_files_beside_it(tmp_path: Path) -> None:
    found = await write_to(tmp_path / "desk.db")
    assert {"", "-wal", "-shm"} <= set(found)
    assert set(found.values()) == {0o600}
    assert not is_readable_by_others(tmp_path / "desk.db")


async def test_a_database_that_others_could_read(tmp_path: Path) -> None:
    file = tmp_path / "desk.db"
    await write_to(file)
    open_to_all(file)
    assert is_readable_by_others(file)
    assert set((await write_to(file)).values()) == {0o600}


@pytest.mark.parametrize("name", ["", ":memory:", "file:words?mode=memory", "no/such/folder/a.db"])
def test_what_is_no_file_is_left_alone(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make_private(name)
    assert not list(tmp_path.iterdir())
