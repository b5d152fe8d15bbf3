"""`osmodesk db copy`: everything arrives, and whatever goes wrong breaks nothing."""

import asyncio
import hashlib
import json
import signal
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from db.copying import rows
from db.database import Database
from db.ids import ClientId, new_id
from db.tables import Client, Event, Role, User, metadata
from db.url import parse_database_url
from scripts.upkeep.copying.verification import verify
from tests.db.reference_scene import add_reference_scene
from tests.patience import PATIENCE
from tests.scripts.conftest import SECRETS, Command
from tests.scripts.upkeep.separate_command import run_command, start_command
from tests.services.mariadb import MariaDB

MANY = 1_100
DIFFICULT = "Ani 😀 '; DROP TABLE `clients`; -- \\ \x00\n\t\u200d trailing  "
Work = Callable[[Database], Awaitable[Any]]


def run_on(url: str, work: Work) -> Any:
    async def run() -> Any:
        database = Database(parse_database_url(url))
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


async def fill(database: Database) -> None:
    """Write a desk's day, more rows than a batch has, and values on which engines differ."""
    await add_reference_scene(database)
    async with database.transaction() as tx:
        first, second = (ClientId(new_id()) for _ in range(2))
        # The first row refers to one that comes later.
        tx.add(Client(id=second, name=DIFFICULT, phone="+1"))
        await tx.flush()
        tx.add(Client(id=first, name="Ani", merged_into_id=second))
        tx.add_all([Event(records=json.dumps({"n": n})) for n in range(MANY)])


async def add_client(database: Database) -> None:
    async with database.transaction() as tx:
        tx.add(Client(name="Late"))


async def list_filled(database: Database) -> dict[str, int]:
    async with database.transaction() as tx:
        counts = {each.name: await rows.count_rows(tx, each) for each in rows.list_tables()}
    return {name: count for name, count in counts.items() if count}


def hash_file(url: str) -> str:
    return hashlib.sha256(Path(url.removeprefix("sqlite+aiosqlite:///")).read_bytes()).hexdigest()


@pytest.fixture
def old(migrated_sqlite_url: str, environment: Callable[..., None]) -> str:
    """Return the DATABASE_URL of a filled SQLite file, which is set."""
    environment(DATABASE_URL=migrated_sqlite_url, **SECRETS)
    run_on(migrated_sqlite_url, fill)
    return migrated_sqlite_url


@pytest.fixture
def new(migrated_mariadb_url: str) -> str:
    return migrated_mariadb_url


def test_everything_arrives_with_its_rules(
    osmodesk: Command, environment: Callable[..., None], old: str, new: str
) -> None:
    before = hash_file(old)
    done = osmodesk("db", "copy", "--to", new)
    assert done.code == 0, done.err
    assert f"\nDATABASE_URL={new}\n" in done.out
    assert f"events: {MANY} rows, checksum " in done.out
    assert f"copied events: {MANY} of {MANY}" in done.err
    assert hash_file(old) == before
    filled = run_on(old, list_filled)
    assert run_on(new, list_filled) == filled
    assert f"{len(metadata.tables)} tables and {sum(filled.values())} rows are equal" in done.out

    async def read_names(database: Database) -> list[str]:
        async with database.transaction() as tx:
            return list(await tx.scalars(text("SELECT name FROM clients ORDER BY id")))

    assert DIFFICULT in run_on(new, read_names)
    environment(DATABASE_URL=new)
    assert osmodesk("db", "check").code == 0

    async def add_second_session(database: Database) -> None:
        async with database.transaction() as tx:
            await tx.execute(
                text(
                    "INSERT INTO sessions (id, conversation_id, client_id, number, status,"
                    " created_at, changed_at, reopen_count, priority)"
                    " SELECT :id, conversation_id, client_id, number + 1, status, created_at,"
                    " changed_at, 0, priority FROM sessions WHERE status = 'ACTIVE' LIMIT 1"
                ),
                {"id": new_id()},
            )

    # The rule that a generated column enforces holds, and new ids follow the copied ones.
    with pytest.raises(IntegrityError, match="active_conversation_id"):
        run_on(new, add_second_session)

    async def add_event(database: Database) -> int:
        async with database.transaction() as tx:
            event = Event(records="{}")
            tx.add(event)
            await tx.flush()
            return int(event.id or 0)

    assert run_on(new, add_event) > MANY
    environment(DATABASE_URL=old)
    again = osmodesk("db", "copy", "--to", new)
    assert again.code == 1
    assert "is not empty: " in again.err


def test_an_empty_database_gets_its_tables(osmodesk: Command, old: str, mariadb_url: str) -> None:
    done = osmodesk("db", "copy", stdin=f"{mariadb_url}\n")
    assert done.code == 0, done.err
    assert run_on(mariadb_url, list_filled) == run_on(old, list_filled)


def _older(url: str) -> None:
    async def work(database: Database) -> None:
        async with database.transaction() as tx:
            await tx.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    run_on(url, work)


@pytest.mark.usefixtures("old")
def test_what_cannot_be_a_new_database_is_said(
    osmodesk: Command, mariadb: MariaDB, old: str, new: str
) -> None:
    host = f"127.0.0.1:{mariadb.port}"
    for to, words in (
        ("  ", "no address of the new database was given; it looks like mysql://"),
        ("postgres://u:p@h/d", "the address of the new database has the unsupported scheme"),
        ("mysql://u:p@h", "the address of the new database has no host or no database name"),
        (old, "the new database must be MySQL / MariaDB"),
    ):
        refused = osmodesk("db", "copy", "--to", to)
        assert refused.code == 1, to
        assert words in refused.err
    for to, words in (
        (new.replace("loopback-only", "guess"), "rejects the user or the password"),
        (new.rpartition("/")[0] + "/none", "there is no such database"),
        (
            new.replace(host, "127.0.0.1:1"),
            "no database answers at the host and port of the address of the new database",
        ),
    ):
        # In a process of its own: aiomysql leaves a refused connection to the garbage collector.
        code, said = run_command("db", "copy", DATABASE_URL=old, NEW_DATABASE_URL=to)
        assert code == 1
        assert words in said
        assert "Nothing was changed" in said
        assert "DATABASE_URL" not in said
        assert "loopback-only" not in said
    run_on(new, add_client)
    refused = osmodesk("db", "copy", "--to", new)
    assert refused.code == 1
    assert "is not empty: clients has rows, and nothing was changed" in refused.err
    assert run_on(new, list_filled) == {"clients": 1}
    assert run_on(old, list_filled)["events"] == MANY


def test_other_versions_are_refused(osmodesk: Command, old: str, new: str) -> None:
    _older(new)
    refused = osmodesk("db", "copy", "--to", new)
    assert refused.code == 1
    assert "are not those of this version" in refused.err
    _older(old)
    refused = osmodesk("db", "copy", "--to", new)
    assert refused.code == 1
    assert "the SQLite file is of another version than this program: run osmodesk db migrate" in (
        refused.err
    )
    assert run_on(new, list_filled) == {}


def test_only_an_sqlite_file_that_exists_is_copied(
    osmodesk: Command, environment: Callable[..., None], new: str, tmp_path: Path
) -> None:
    environment(DATABASE_URL=new, **SECRETS)
    refused = osmodesk("db", "copy", "--to", new)
    assert "db copy reads an SQLite file, but DATABASE_URL is mysql" in refused.err
    environment(DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path}/none.db")
    refused = osmodesk("db", "copy", "--to", new)
    assert "none.db: nothing to copy" in refused.err
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(
    "ended_by", [signal.SIGINT, pytest.param(signal.SIGKILL, marks=pytest.mark.long)]
)
def test_an_interrupted_copy_goes_on(
    osmodesk: Command,
    environment: Callable[..., None],
    old: str,
    new: str,
    *,
    ended_by: signal.Signals,
) -> None:
    addresses = {"DATABASE_URL": old, "NEW_DATABASE_URL": new}
    with _hold_back_users(old, new), start_command("db", "copy", **addresses) as running:
        assert running.stderr is not None
        said = _read_until(running, f"copied events: {MANY} of {MANY}")
        running.send_signal(ended_by)
        said += running.stderr.read()
        running.wait(PATIENCE)
    if ended_by is signal.SIGINT:
        assert running.returncode == 130
        assert "what was copied is kept: run the same command again" in said
        assert "Traceback" not in said
    there = run_on(new, list_filled)
    assert there["events"] == MANY
    assert "users" not in there

    # No desk starts on a half of the rows.
    environment(DATABASE_URL=new)
    found = osmodesk("db", "check")
    assert "a copy or restore into it was not finished: rows are missing" in found.out
    code, refusal = run_command("worker", DATABASE_URL=new)
    assert code == 1
    assert "so some rows are missing: run the same osmodesk db copy again" in refusal

    environment(DATABASE_URL=old)
    if ended_by is signal.SIGKILL:
        run_on(old, add_client)
        refused = osmodesk("db", "copy", "--to", new)
        assert (
            "has changed since this copy started. Run the command again with --restart"
            in refused.err
        )
        done = osmodesk("db", "copy", "--to", new, "--restart")
    else:
        done = osmodesk("db", "copy", "--to", new)
        assert "copied events" not in done.err, "it goes on where it was"
    assert done.code == 0, done.err
    assert run_on(new, list_filled) == run_on(old, list_filled)
    environment(DATABASE_URL=new)
    assert osmodesk("db", "check").code == 0


def _read_until(running: "subprocess.Popen[str]", words: str) -> str:
    assert running.stderr is not None
    said = ""
    for line in running.stderr:
        said += line
        if words in line:
            return said
    raise AssertionError(f"{words!r} was never said: {said}")


@contextmanager
def _hold_back_users(old: str, new: str) -> Iterator[None]:
    """Hold a row of users in the new database that is never committed: a copy waits for it."""
    users = metadata.tables["users"]

    async def read(database: Database) -> rows.Row:
        async with database.transaction() as tx:
            return (await rows.read_rows(tx, users, None, 1))[0]

    first = run_on(old, read)

    with asyncio.Runner() as runner:
        database = Database(parse_database_url(new))
        tx = AsyncSession(database.engine)

        async def hold() -> None:
            await tx.execute(text("SET SESSION idle_transaction_timeout = 0"))
            await rows.write_rows(tx, users, [first])

        async def release() -> None:
            await tx.close()
            await database.close()

        runner.run(hold())
        try:
            yield
        finally:
            runner.run(release())


def test_a_refused_row_is_named(osmodesk: Command, old: str, new: str) -> None:
    async def add_twins(database: Database) -> None:
        """Add two accounts that only SQLite tells apart."""
        async with database.transaction() as tx:
            for email in ("ani@x.org", "ANI@x.org"):
                tx.add(User(name="Ani", email=email, password_hash="-", role=Role.CS))

    run_on(old, add_twins)
    refused = osmodesk("db", "copy", "--to", new)
    assert refused.code == 1
    assert "the new database refuses the row " in refused.err
    assert " of users: " in refused.err
    assert "run the command again with --restart" in refused.err

    async def rename(database: Database) -> None:
        async with database.transaction() as tx:
            await tx.execute(text("UPDATE users SET email = 'b@x.org' WHERE email = 'ANI@x.org'"))

    run_on(old, rename)
    assert osmodesk("db", "copy", "--to", new, "--restart").code == 0


def test_what_differs_is_found(old: str, new: str, osmodesk: Command) -> None:
    assert osmodesk("db", "copy", "--to", new).code == 0
    one, other = (Database(parse_database_url(url)) for url in (old, new))

    async def compare() -> None:
        try:
            assert len(await verify(one, other)) == len(metadata.tables)
            async with other.transaction() as tx:
                await tx.execute(text("UPDATE clients SET name = 'Anni' WHERE name = 'Ani'"))
            with pytest.raises(Exception, match="clients differs: "):
                await verify(one, other)
        finally:
            await one.close()
            await other.close()

    asyncio.run(compare())
