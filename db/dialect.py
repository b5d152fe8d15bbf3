"""Build the few statements that SQLite and MySQL write differently."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Executable,
    Float,
    FromClause,
    Integer,
    Result,
    Select,
    Table,
    cast,
    func,
    literal_column,
)
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

# Where the microseconds stand in a stored time of SQLite: 2026-03-02 09:00:00.000000.
_FRACTION = 21
# How tightly SQLAlchemy binds a division.
_OF_DIVISION = 8

Changes = Callable[[Any], dict[str, Any]]
Row = TypeVar("Row", bound=tuple[Any, ...])


def is_sqlite(tx: AsyncSession) -> bool:
    """Check whether this transaction is on SQLite."""
    return tx.get_bind().dialect.name == "sqlite"


def get_table(model: type[Any]) -> Table:
    """Return the Core table of a model. Frequent queries use Core, not the ORM."""
    found: FromClause = model.__table__
    assert isinstance(found, Table)  # noqa: S101 for the type checker: every model of ours has one
    return found


def count_changed(result: Result[Any]) -> int:
    """Return how many rows an update or a delete matched."""
    assert isinstance(result, CursorResult)  # noqa: S101 for the type checker
    return result.rowcount


def insert_or_ignore(tx: AsyncSession, table: Table, keys: tuple[str, ...]) -> Executable:
    """Return an insert that skips rows whose unique `keys` exist already.

    Execute it with a list of rows: both drivers send them as one statement.
    """
    return _insert_or_ignore(is_sqlite(tx), table, keys)


def upsert(tx: AsyncSession, table: Table, keys: tuple[str, ...], changes: Changes) -> Executable:
    """Return an insert that applies `changes(new)` where the key exists already."""
    return _upsert(is_sqlite(tx), table, keys, changes)


def epoch_seconds(tx: AsyncSession, column: ColumnElement[datetime]) -> ColumnElement[int]:
    """Build the whole seconds since 1970 of a UTC time."""
    if is_sqlite(tx):
        return cast(func.strftime("%s", column), Integer)
    return func.timestampdiff(literal_column("SECOND"), literal_column("'1970-01-01'"), column)


def seconds_since(
    begin: ColumnElement[datetime], microseconds: ColumnElement[int], *, for_sqlite: bool
) -> ColumnElement[float]:
    """Build the seconds from a UTC time until so many microseconds since 1970."""
    passed = microseconds - _epoch_microseconds(begin, for_sqlite=for_sqlite)
    # In floating-point numbers: MySQL divides whole ones to four decimals.
    divide = passed.op("/", precedence=_OF_DIVISION, return_type=Float[float]())
    return divide(literal_column("1e6"))


def _epoch_microseconds(time: ColumnElement[datetime], *, for_sqlite: bool) -> ColumnElement[int]:
    if not for_sqlite:
        begin: ColumnElement[str] = literal_column("'1970-01-01'")
        return func.timestampdiff(literal_column("MICROSECOND"), begin, time)
    # SQLite's own functions know no more than milliseconds.
    fraction = cast(func.substr(time, _FRACTION), Integer)
    return cast(func.strftime("%s", time), Integer) * 1_000_000 + fraction


def force_join_order(statement: Select[Row]) -> Select[Row]:
    """Make MySQL and MariaDB join the tables in the order in which they are named.

    Use it for a statement that starts from few rows, where the server cannot know that they are
    few.
    """
    for dialect in ("mysql", "mariadb"):
        statement = statement.prefix_with("STRAIGHT_JOIN", dialect=dialect)
    return statement


@cache
def _insert_or_ignore(for_sqlite: bool, table: Table, keys: tuple[str, ...]) -> Executable:
    if for_sqlite:
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=keys)
    # INSERT IGNORE would also hide truncation and bad values; this ignores only duplicates.
    return mysql.insert(table).on_duplicate_key_update({keys[0]: table.c[keys[0]]})


@cache
def _upsert(for_sqlite: bool, table: Table, keys: tuple[str, ...], changes: Changes) -> Executable:
    if for_sqlite:
        lite = sqlite.insert(table)
        return lite.on_conflict_do_update(index_elements=keys, set_=changes(lite.excluded))
    my = mysql.insert(table)
    return my.on_duplicate_key_update(changes(my.inserted))
