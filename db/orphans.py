"""Rows that refer to rows that do not exist: a damaged file, or rows that were edited by hand."""

from collections.abc import AsyncIterator

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import metadata


async def find_orphans(connection: AsyncConnection) -> AsyncIterator[str]:
    """Yield each reference that leads nowhere, as "table.column (number of rows)"."""
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            child, parent = key.parent, key.column.table.alias("referred")
            referred = parent.c[key.column.name]
            statement = (
                select(func.count())
                .select_from(table.outerjoin(parent, child == referred))
                .where(child.is_not(None), referred.is_(None))
            )
            if count := (await connection.execute(statement)).scalar_one():
                yield f"{table.name}.{child.name} ({count})"
