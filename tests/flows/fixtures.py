"""Fixtures of the flow tests; a conftest takes them in by name."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pymysql
import pytest
import pytest_asyncio
import structlog

from tests.api.stage import ApiStage
from tests.flows.console import called
from tests.flows.stage import Stage, staged
from tests.services.mariadb import PASSWORD, USER, MariaDB


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def shared_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """DATABASE_URL of a migrated database that a module's tests share: once on each engine."""
    if request.param == "sqlite":
        folder = request.getfixturevalue("tmp_path_factory").mktemp("flows")
        template: Path = request.getfixturevalue("migrated_sqlite")
        shutil.copy(template, folder / "osmodesk.db")
        yield f"sqlite+aiosqlite:///{folder / 'osmodesk.db'}"
        return
    server: MariaDB = request.getfixturevalue("mariadb")
    statements: list[str] = request.getfixturevalue("migrated_mariadb")
    server.start()
    with server.fresh_database() as url:
        _fill(server.port, url.rpartition("/")[2], statements)
        yield url


def _fill(port: int, database: str, statements: list[str]) -> None:
    connection = pymysql.connect(
        host="127.0.0.1",
        port=port,
        user=USER,
        password=PASSWORD,
        database=database,
        autocommit=True,
    )
    with connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture(scope="session", autouse=True)
def plain_log() -> None:
    """Tracebacks without the values of all variables: a failing handler fails five times."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(shared_url: str) -> AsyncIterator[Stage]:
    """A stage with a running desk that a module's tests share; each brings its own customers."""
    async with staged(shared_url) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(stage: Stage) -> AsyncIterator[ApiStage]:
    """The API of the stage, as its clients call it."""
    async with called(stage) as client:
        yield client
