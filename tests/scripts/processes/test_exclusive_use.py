"""Commands that replace a database are refused while a desk works on it, and a desk notices."""

import asyncio
import shutil
import sys
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import aiohttp
import pytest

from db import migrations
from db.database import Database
from db.exclusive_use import keep_desks_away
from db.sqlite_guard import DatabaseInUseError
from scripts.processes.run import run_until
from scripts.upkeep.backup import mark_restored, restore
from tests.flows.eventually import eventually
from tests.flows.stage import Stage, prepare_stage
from tests.patience import SOON
from tests.scripts.processes.process_group import ROOT, run_process_group

READY = '"event": "ready"'


@pytest.fixture(
    params=[
        ("sqlite", "run"),
        pytest.param(("mariadb", "worker"), marks=pytest.mark.long),
        pytest.param(("mariadb", "run"), marks=pytest.mark.long),
        pytest.param(("mariadb", "web"), marks=pytest.mark.long),
    ]
)
def serving(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Return a DATABASE_URL and how a desk serves there: on SQLite one process alone."""
    engine, command = request.param
    return request.getfixturevalue(f"migrated_{engine}_url"), command


@pytest.fixture
async def stage(migrated_url: str) -> AsyncIterator[Stage]:
    async with prepare_stage(migrated_url) as made:
        yield made


async def call(url: str, folder: Path, *arguments: str) -> tuple[int, str]:
    """Run `osmodesk` as an operator does; return its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scripts.cli", *arguments),
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "DATABASE_URL": url},
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    return process.returncode or 0, printed.decode()


async def read_readiness(address: str) -> Mapping[str, str]:
    async with aiohttp.ClientSession() as http, http.get(f"{address}/readyz") as reply:
        body: dict[str, str] = await reply.json()
        return {**body, "http": str(reply.status)}


async def test_a_served_database_is_neither_reset_nor_restored(
    serving: tuple[str, str], tmp_path: Path
) -> None:
    url, command = serving
    backup = tmp_path / "desk.backup"
    async with prepare_stage(url) as stage, run_process_group(stage, url, tmp_path) as place:
        code, printed = await call(url, tmp_path, "db", "backup", str(backup))
        assert code == 0, printed
        desk = await place.start(command)
        await desk.wait_for_log(READY)
        for arguments in (("reset", "--yes"), ("restore", str(backup), "--yes")):
            code, printed = await call(url, tmp_path, "db", *arguments)
            assert code == 1, printed
            [line] = printed.splitlines()
            assert "stop it first" in line
            assert "run this command again" in line
        assert await stage.rows("SELECT id FROM channels"), "everything is still there"
        # A killed desk is in nobody's way for long.
        await desk.kill()
        killed = time.monotonic()
        async with keep_desks_away(stage.database):
            assert time.monotonic() - killed < SOON
        code, printed = await call(url, tmp_path, "db", "reset", "--yes")
        assert code == 0, printed
        assert await stage.rows("SELECT id FROM channels") == []


async def test_a_stopped_desk_is_in_nobodys_way(stage: Stage) -> None:
    async with stage.desk():
        pass
    async with keep_desks_away(stage.database):
        pass


@pytest.mark.parametrize(("is_web", "is_worker"), [(True, True), (True, False), (False, True)])
async def test_no_desk_starts_while_a_command_holds_the_database(
    stage: Stage, is_web: bool, is_worker: bool
) -> None:
    async with keep_desks_away(stage.database):
        with pytest.raises(DatabaseInUseError):
            await run_until(asyncio.Event(), stage.settings, is_web=is_web, is_worker=is_worker)
    async with stage.desk():
        pass


async def test_two_commands_do_not_replace_a_database_at_once(stage: Stage) -> None:
    other = Database(stage.settings.database_url)
    async with keep_desks_away(stage.database):
        with pytest.raises(DatabaseInUseError):
            async with keep_desks_away(other):
                pass
    await other.close()


async def _reset(database: Database, _folder: Path) -> None:
    await migrations.downgrade(database, "base")
    await migrations.upgrade(database)


async def _drop(database: Database, _folder: Path) -> None:
    await migrations.downgrade(database, "base")


async def _restore(database: Database, folder: Path) -> None:
    restore(database.address, folder / "desk.backup")
    await mark_restored(database)


@pytest.mark.parametrize("replace", [_reset, pytest.param(_drop, marks=pytest.mark.long), _restore])
async def test_readiness_tells_that_the_database_was_replaced(
    stage: Stage, tmp_path: Path, replace: "type[_reset]"
) -> None:
    """Whatever did it: the commands refuse, but other programs do not ask."""
    url = stage.settings.database_url
    async with stage.desk() as address:
        assert (await read_readiness(address))["http"] == "200"
        if replace is _restore:
            plain = url.url.render_as_string(hide_password=False)
            backup = str(tmp_path / "desk.backup")
            code, printed = await call(plain, tmp_path, "db", "backup", backup)
            assert code == 0, printed
        other = Database(url)
        await replace(other, tmp_path)
        await other.close()

        async def is_told() -> bool:
            found = await read_readiness(address)
            told = found["database"] in {"DatabaseReplacedError", "TablesMissingError"}
            return found["http"] == "503" and told

        await eventually(is_told, "/readyz tells")
        if replace is _drop:  # the stage's own end needs tables
            await migrations.upgrade(other)
            await other.close()


@pytest.mark.parametrize("is_back", [False, True])
async def test_readiness_tells_that_the_sqlite_file_was_moved(
    migrated_sqlite_url: str, tmp_path: Path, is_back: bool
) -> None:
    file = Path(migrated_sqlite_url.removeprefix("sqlite+aiosqlite:///"))
    async with prepare_stage(migrated_sqlite_url) as stage, stage.desk() as address:
        away = tmp_path / "elsewhere.db"
        shutil.move(file, away)
        if is_back:
            shutil.copy(away, file)
        found = await read_readiness(address)
        assert (found["http"], found["database"]) == ("503", "DatabaseReplacedError")
        shutil.move(away, file)
        assert (await read_readiness(address))["database"] == "ok"


async def test_a_served_sqlite_file_of_an_older_version_is_not_migrated(
    migrated_sqlite_url: str, tmp_path: Path
) -> None:
    async with prepare_stage(migrated_sqlite_url) as stage, stage.desk():
        await stage.change("UPDATE alembic_version SET version_num = '0001'")
        for arguments in (("db", "migrate"), ("db", "deploy"), ("seed",)):
            code, printed = await call(migrated_sqlite_url, tmp_path, *arguments)
            assert code == 1, printed
            assert "is of another version: stop it first" in printed
        assert await stage.rows("SELECT version_num FROM alembic_version") == [
            {"version_num": "0001"}
        ]
