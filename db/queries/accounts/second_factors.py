"""Store second factors and recovery codes."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table, insert_or_ignore
from db.ids import UserId, new_id
from db.tables import RecoveryCode, SecondFactor

factors = get_table(SecondFactor)
codes = get_table(RecoveryCode)


async def find_factor(tx: AsyncSession, user_id: UserId) -> SecondFactor | None:
    """Read a user's second factor."""
    statement = select(SecondFactor).where(factors.c.user_id == user_id)
    fresh = statement.execution_options(populate_existing=True)
    return (await tx.execute(fresh)).scalar_one_or_none()


async def update_factor(tx: AsyncSession, user_id: UserId, **changes: Any) -> None:
    """Set columns of a user's second factor; add the row if it is missing."""
    await tx.execute(
        insert_or_ignore(tx, factors, ("user_id",)), [{"user_id": user_id, "is_required": False}]
    )
    await tx.execute(update(factors).where(factors.c.user_id == user_id).values(**changes))


async def mark_step_used(tx: AsyncSession, user_id: UserId, step: int) -> bool:
    """Mark the codes up to this step as used; return False if this step was used already."""
    unused = or_(factors.c.last_step.is_(None), factors.c.last_step < step)
    result = await tx.execute(
        update(factors).where(factors.c.user_id == user_id, unused).values(last_step=step)
    )
    return count_changed(result) == 1


async def replace_codes(tx: AsyncSession, user_id: UserId, hashes: Collection[str]) -> None:
    """Replace a user's recovery codes by these."""
    await tx.execute(delete(codes).where(codes.c.user_id == user_id))
    rows = [{"id": new_id(), "user_id": user_id, "code_hash": each} for each in hashes]
    if rows:
        await tx.execute(insert(codes), rows)


async def use_code(tx: AsyncSession, user_id: UserId, code_hash: str, now: datetime) -> bool:
    """Use a recovery code; return False if the user has no unused code like it."""
    result = await tx.execute(
        update(codes)
        .where(
            codes.c.user_id == user_id, codes.c.code_hash == code_hash, codes.c.used_at.is_(None)
        )
        .values(used_at=now)
    )
    return count_changed(result) == 1


async def count_codes(tx: AsyncSession, user_id: UserId) -> int:
    """Count a user's unused recovery codes."""
    left = codes.c.user_id == user_id, codes.c.used_at.is_(None)
    return await tx.scalar(select(func.count()).select_from(codes).where(*left)) or 0
