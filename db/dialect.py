"""The few statements that SQLite and MySQL spell differently."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Executable, FromClause, Table
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

Changes = Callable[[Any], dict[str, Any]]


def on_sqlite(tx: AsyncSession) -> bool:
    """Tell whether this transaction is on SQLite."""
    return tx.get_bind().dialect.name == "sqlite"


def table_of(model: type[Any]) -> Table:
    """Give the Core table behind a model: the hot path speaks Core, not ORM."""
    found: FromClause = model.__table__
    assert isinstance(found, Table)  # noqa: S101 for the type checker: every model of ours has one
    return found


def insert_new(tx: AsyncSession, table: Table, keys: Sequence[str]) -> Executable:
    """Build an insert of rows whose unique `keys` are not there yet; the others stay as they are.

    To be executed with a list of rows: both drivers send them as one statement.
    """
    if on_sqlite(tx):
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=keys)
    # INSERT IGNORE would also swallow truncation and bad values; this swallows duplicates alone.
    return mysql.insert(table).on_duplicate_key_update({keys[0]: table.c[keys[0]]})


def upsert(tx: AsyncSession, table: Table, keys: Sequence[str], changes: Changes) -> Executable:
    """Build an insert that, where the key is there, makes `changes(new)` instead."""
    if on_sqlite(tx):
        lite = sqlite.insert(table)
        return lite.on_conflict_do_update(index_elements=keys, set_=changes(lite.excluded))
    my = mysql.insert(table)
    return my.on_duplicate_key_update(changes(my.inserted))
