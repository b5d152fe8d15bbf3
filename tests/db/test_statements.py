"""Check what MySQL 8 refuses and MariaDB and SQLite accept; there is no MySQL here to run."""

import logging
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import CreateIndex, CreateTable

from db.database import Database
from db.slow_statements import shorten
from db.tables import metadata
from db.url import parse_database_url

ROOMS = ("api", "bot", "bridge", "db", "desk", "scripts")
ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_every_table_compiles_for_mysql(name: str) -> None:
    table = metadata.tables[name]
    statements = [str(CreateTable(table).compile(dialect=mysql.dialect()))]
    statements += [
        str(CreateIndex(each).compile(dialect=mysql.dialect())) for each in table.indexes
    ]
    assert "CHARSET=utf8mb4" in statements[0]
    assert all("RETURNING" not in statement for statement in statements)


def test_no_statement_asks_for_returning() -> None:
    asking = [
        str(file.relative_to(ROOT))
        for room in ROOMS
        for file in (ROOT / room).rglob("*.py")
        if re.search(r"\.returning\(|\bRETURNING\s+\w+\.?\w*\s*[,\"']", file.read_text())
    ]
    assert asking == []


async def test_log_sql_writes_statements_to_the_log(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    for log_sql in (False, True):
        database = Database(parse_database_url(sqlite_url), log_sql=log_sql)
        async with database.transaction() as tx:
            await tx.execute(sa.text("SELECT 40 + 2"))
        await database.close()
        logged = [each for each in caplog.records if each.name.startswith("sqlalchemy.engine")]
        assert any("SELECT 40 + 2" in each.getMessage() for each in logged) is log_sql
        assert all(each.levelno == logging.INFO for each in logged)


@pytest.mark.parametrize(("threshold", "is_logged"), [(0.0, True), (3600.0, False), (None, False)])
async def test_slow_statements_are_logged_without_values(
    sqlite_url: str,
    caplog: pytest.LogCaptureFixture,
    *,
    threshold: float | None,
    is_logged: bool,
) -> None:
    database = Database(parse_database_url(sqlite_url), log_slow_sql=threshold)
    async with database.transaction() as tx:
        await tx.execute(sa.text("SELECT :word\n AS shown"), {"word": "hunter2"})
        with pytest.raises(sa.exc.OperationalError):
            await tx.execute(sa.text("SELECT nothing FROM nowhere"))
        await tx.execute(sa.text("SELECT 1"))
    await database.close()
    logged = [each.getMessage() for each in caplog.records if each.name == "db.slow_statements"]
    assert any(" s: SELECT ? AS shown" in each for each in logged) is is_logged
    assert not any("hunter2" in each for each in logged)


def test_a_long_statement_is_cut() -> None:
    assert shorten("SELECT\n  1") == "SELECT 1"
    assert len(shorten("x" * 9_000)) == 2_001
