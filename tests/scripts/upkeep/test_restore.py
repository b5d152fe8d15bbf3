"""`osmodesk db restore`: with uploads, and whatever goes wrong, no half of a database is served."""

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db.database import Database
from db.tables import Client, Event
from db.url import parse_database_url
from tests.patience import PATIENCE
from tests.scripts.conftest import SECRETS, Command
from tests.scripts.upkeep.separate_command import run_command, start_command
from tests.services.mariadb import MariaDB

# Larger than a step of a restore, and than the limit below.
LARGE = 20_000_000
# In blocks of 512 bytes: 4 MB.
SMALL = 8_000
# What the server does while a restore is interrupted, and whether it does so.
WAITING = "SELECT SLEEP(120)"
BUSY = "SELECT 1 FROM information_schema.processlist WHERE info = 'SELECT SLEEP(120)'"


def add(url: str, *names: str, size: int = 0) -> None:
    async def work() -> None:
        database = Database(parse_database_url(url))
        async with database.transaction() as tx:
            tx.add_all([Client(name=name) for name in names])
            tx.add_all([Event(records="x" * 20_000) for _ in range(size // 20_000)])
        await database.close()

    asyncio.run(work())


def read(url: str) -> tuple[list[str], int]:
    """Return the clients' names and how many events there are."""

    async def work() -> tuple[list[str], int]:
        database = Database(parse_database_url(url))
        async with database.transaction() as tx:
            names = list(await tx.scalars(select(Client.name).order_by(Client.name)))
            events = int(await tx.scalar(select(func.count()).select_from(Event)) or 0)
        await database.close()
        return names, events

    return asyncio.run(work())


@pytest.fixture
def osmo(
    osmodesk: Command, environment: Callable[..., None], migrated_url: str, tmp_path: Path
) -> Command:
    environment(DATABASE_URL=migrated_url, MEDIA_DIR=str(tmp_path / "media"), **SECRETS)
    return osmodesk


def test_uploads_go_with_a_backup_and_come_back(
    osmo: Command, migrated_url: str, tmp_path: Path
) -> None:
    folder, uploads = tmp_path / "backups", tmp_path / "media" / "uploads"
    folder.mkdir()
    for name in ("one", "two"):
        (uploads / name).mkdir(parents=True)
        (uploads / name / "file").write_text(name)
    add(migrated_url, "Ani")
    made = osmo("db", "backup", str(folder), "--media")
    assert "2 uploads copied" in made.out
    assert "copied uploads: 2 of 2" in made.err
    [file] = folder.glob("*.backup")

    add(migrated_url, "Budi")
    (uploads / "one" / "file").unlink()
    (uploads / "later").mkdir()
    (uploads / "later" / "file").write_text("it was sent after the backup")
    (folder / "uploads" / "two" / "litter.part").write_text("half of a file")
    done = osmo("db", "restore", str(file), "--media", "--yes")
    assert done.code == 0, done.err
    assert "1 uploads copied" in done.out
    assert f"restored {file.name}: " in done.err
    assert read(migrated_url)[0] == ["Ani"]
    assert sorted(each.read_text() for each in uploads.rglob("file")) == [
        "it was sent after the backup",
        "one",
        "two",
    ]
    assert not list(uploads.rglob("*.part"))

    # Uploads that cannot be written: the database is as it was.
    add(migrated_url, "Cid")
    (uploads / "one" / "file").unlink()
    (uploads / "one").rmdir()
    (uploads / "one").write_text("a file in its place")
    refused = osmo("db", "restore", str(file), "--media", "--yes")
    assert refused.code == 1
    assert "cannot be copied: " in refused.err
    assert read(migrated_url)[0] == ["Ani", "Cid"]


def test_sqlite_is_replaced_as_a_whole_or_not_at_all(
    osmodesk: Command,
    environment: Callable[..., None],
    migrated_sqlite_url: str,
    tmp_path: Path,
) -> None:
    url, file = migrated_sqlite_url, tmp_path / "large.backup"
    environment(DATABASE_URL=url, **SECRETS)
    add(url, "Ani", size=LARGE)
    large = read(url)
    assert osmodesk("db", "backup", str(file)).code == 0
    assert osmodesk("db", "reset", "--yes").code == 0
    add(url, "Budi")
    small = read(url)

    restore = ("db", "restore", str(file), "--yes")
    code, said = run_command(*restore, largest_file=SMALL, DATABASE_URL=url)
    assert code == 1
    assert "cannot be overwritten, and is as it was: " in said
    assert "see that the disk is not full" in said
    assert read(url) == small

    for ended_by in (signal.SIGINT, signal.SIGKILL):
        with start_command(*restore, DATABASE_URL=url) as running:
            assert running.stderr is not None
            assert running.stderr.readline().startswith("restored large.backup: ")
            running.send_signal(ended_by)
            said = running.stderr.read()
            running.wait(PATIENCE)
        # It may have been done just before.
        assert running.returncode == 0 or ended_by is signal.SIGKILL or "half done" in said
        assert read(url) in (small, large)
        assert osmodesk("db", "check").code == 0
    assert osmodesk(*restore).code == 0
    assert read(url) == large


def test_no_desk_starts_on_half_of_a_dump(
    osmodesk: Command,
    environment: Callable[..., None],
    migrated_mariadb_url: str,
    mariadb: MariaDB,
    *,
    tmp_path: Path,
) -> None:
    url, file, broken = migrated_mariadb_url, tmp_path / "desk.sql", tmp_path / "broken.sql"
    environment(DATABASE_URL=url, **SECRETS)
    add(url, "Ani")
    assert osmodesk("db", "backup", str(file)).code == 0
    begin, found, rest = file.read_text().partition("DROP TABLE IF EXISTS `clients`")
    assert found
    broken.write_text("".join((begin, "SELECT it FROM the_middle;\n", found, rest)))
    refused = osmodesk("db", "restore", str(broken), "--yes")
    assert refused.code == 1
    assert "The database is incomplete now, and no desk starts on it" in refused.err
    assert "a copy or restore into it was not finished" in osmodesk("db", "check").out
    code, said = run_command("worker", DATABASE_URL=url)
    assert code == 1
    assert "a restore into this database was not finished" in said

    # Interrupted while the server is busy with the middle of the dump.
    broken.write_text("".join((begin, f"{WAITING};\n", found, rest)))
    with start_command("db", "restore", str(broken), "--yes", DATABASE_URL=url) as running:
        while not mariadb.execute(BUSY):
            assert running.poll() is None
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=PATIENCE)[1]
    assert running.returncode == 1
    assert "interrupted. The database is incomplete now, and no desk starts on it" in said
    done = osmodesk("db", "restore", str(file), "--yes")
    assert done.code == 0, done.err
    assert osmodesk("db", "check").code == 0
    assert read(url)[0] == ["Ani"]


def test_a_backup_of_another_kind_of_database_is_refused_by_its_name(
    osmodesk: Command,
    environment: Callable[..., None],
    migrated_sqlite_url: str,
    *,
    migrated_mariadb_url: str,
    tmp_path: Path,
) -> None:
    urls = {"SQLite": migrated_sqlite_url, "MariaDB or MySQL": migrated_mariadb_url}
    for kind, url in urls.items():
        environment(DATABASE_URL=url, **SECRETS)
        add(url, "Ani")
        assert osmodesk("db", "backup", str(tmp_path / kind)).code == 0
    for kind, url in zip(reversed(urls), urls.values(), strict=True):
        environment(DATABASE_URL=url, **SECRETS)
        refused = osmodesk("db", "restore", str(tmp_path / kind), "--yes")
        assert refused.code == 1
        assert f"is a backup of a{'n' if kind == 'SQLite' else ''} {kind} database" in refused.err
        assert read(url)[0] == ["Ani"]
