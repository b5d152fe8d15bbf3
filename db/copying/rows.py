"""Read and write the rows of any table in the order of its key, some at a time."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, and_, func, insert, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import is_sqlite
from db.tables import metadata

Row = dict[str, Any]
# The values of a row's key.
RowKey = tuple[Any, ...]


def list_tables() -> list[Table]:
    """List every table, each after the tables that it refers to."""
    return list(metadata.sorted_tables)


async def read_rows(
    tx: AsyncSession, table: Table, after: RowKey | None, limit: int
) -> Sequence[Row]:
    """Read the rows that follow a key; None begins at the first row."""
    columns = [column for column in table.columns if column.computed is None]
    keys = list(table.primary_key.columns)
    statement: Select[Any] = select(*columns).order_by(*keys).limit(limit)
    if after is not None:
        statement = statement.where(_follow(keys, after))
    return [dict(row) for row in (await tx.execute(statement)).mappings()]


def get_key(table: Table, row: Row) -> RowKey:
    """Return the values of a row's key."""
    return tuple(row[column.key] for column in table.primary_key.columns)


def encode_key(key: RowKey) -> str:
    """Write a key as a text that `decode_key` reads."""
    return json.dumps(key)


def decode_key(written: str) -> RowKey:
    """Read a key that `encode_key` wrote."""
    return tuple(json.loads(written))


async def write_rows(tx: AsyncSession, table: Table, rows: Sequence[Row]) -> None:
    """Add rows as they are, also before the rows that they refer to.

    Whoever calls this checks the references afterwards.
    """
    await _check_references(tx, on=False)
    await tx.execute(insert(table), list(rows))
    await _check_references(tx, on=True)


async def _check_references(tx: AsyncSession, *, on: bool) -> None:
    # A client may be merged into one that is added later. SQLite has no such switch inside a
    # transaction: nobody copies into it.
    if not is_sqlite(tx):
        await tx.execute(text(f"SET SESSION foreign_key_checks = {int(on)}"))


async def count_rows(tx: AsyncSession, table: Table) -> int:
    """Count the rows of a table."""
    return int(await tx.scalar(select(func.count()).select_from(table)) or 0)


async def find_filled_table(tx: AsyncSession) -> str | None:
    """Return the name of a table that has rows; None where every table is empty."""
    for table in list_tables():
        if await tx.scalar(select(1).select_from(table).limit(1)) is not None:
            return table.name
    return None


async def delete_all_rows(tx: AsyncSession) -> None:
    """Empty every table."""
    await _check_references(tx, on=False)
    for table in list_tables():
        await tx.execute(table.delete())
    await _check_references(tx, on=True)


def _follow(keys: Sequence[Column[Any]], after: RowKey) -> ColumnElement[bool]:
    """Build the condition for keys behind `after`.

    Not as `(a, b) > (x, y)`: MariaDB would read the whole table for it.
    """
    choices = []
    for number, (column, value) in enumerate(zip(keys, after, strict=True)):
        same = [one == other for one, other in zip(keys[:number], after[:number], strict=True)]
        choices.append(and_(*same, column > value))
    return or_(*choices)
