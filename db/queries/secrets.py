"""Read and replace secrets that are encrypted with SECRET_KEY, whatever table has them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Column, Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed
from db.tables import SecretKind, metadata
from db.tables.base import ENCRYPTED


@dataclass(frozen=True, slots=True)
class EncryptedColumn:
    """A column whose values are encrypted with SECRET_KEY."""

    kind: SecretKind
    table: Table
    key: Column[str]
    column: Column[str]

    def __str__(self) -> str:
        return f"{self.table.name}.{self.column.name}"


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """One encrypted value, and the key of its row."""

    key: str
    encrypted: str


def list_encrypted_columns() -> Iterator[EncryptedColumn]:
    """List the encrypted columns of all tables."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            kind = column.info.get(ENCRYPTED)
            if kind is not None:
                (key,) = table.primary_key
                yield EncryptedColumn(kind, table, key, column)


async def count_secrets(tx: AsyncSession, column: EncryptedColumn) -> int:
    """Return how many rows have a value in this column."""
    found = select(func.count()).where(column.column.is_not(None))
    return (await tx.execute(found)).scalar_one()


async def list_secrets(
    tx: AsyncSession, column: EncryptedColumn, after: str, limit: int
) -> list[StoredSecret]:
    """Read the values of rows whose key is greater than `after`, by their keys."""
    found = (
        select(column.key, column.column)
        .where(column.column.is_not(None), column.key > after)
        .order_by(column.key)
        .limit(limit)
    )
    return [StoredSecret(key, value) for key, value in await tx.execute(found)]


async def replace_secret(
    tx: AsyncSession, column: EncryptedColumn, stored: StoredSecret, encrypted: str
) -> bool:
    """Replace a value; return False if somebody changed it since it was read."""
    statement = (
        update(column.table)
        .where(column.key == stored.key, column.column == stored.encrypted)
        .values({column.column: encrypted})
    )
    return count_changed(await tx.execute(statement)) == 1
