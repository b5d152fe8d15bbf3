"""The mark of a database's contents: see `InstallationMark`."""

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import new_id
from db.tables import InstallationMark
from db.tables.base import now_utc

marks = get_table(InstallationMark)
_FIND = select(marks.c.id).where(marks.c.id == bindparam("mark"))
_FIRST = select(marks.c.id).order_by(marks.c.id).limit(1)


async def ensure_mark(tx: AsyncSession) -> str:
    """Return a mark of these contents, and make one where there is none.

    Two processes that start on new tables at the same moment may make one each.
    """
    mark: str | None = await tx.scalar(_FIRST)
    if mark is None:
        mark = new_id()
        await tx.execute(insert(marks).values(id=mark, created_at=now_utc()))
    return mark


async def has_mark(tx: AsyncSession, mark: str) -> bool:
    """Check whether the contents are still those with this mark."""
    return await tx.scalar(_FIND, {"mark": mark}) is not None


async def forget_marks(tx: AsyncSession) -> None:
    """Delete every mark, because the contents were replaced."""
    await tx.execute(delete(marks))
