"""Store one-time links that set a password."""

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import UserId, new_id
from db.tables import PasswordReset

resets = get_table(PasswordReset)


async def replace_reset(
    tx: AsyncSession, user_id: UserId, token_hash: str, expires_at: datetime
) -> None:
    """Replace a user's password reset by this one."""
    await delete_reset(tx, user_id)
    row = {"user_id": user_id, "token_hash": token_hash, "expires_at": expires_at}
    await tx.execute(insert(resets).values(id=new_id(), **row))


async def delete_reset(tx: AsyncSession, user_id: UserId) -> None:
    """Delete a user's password reset, if there is one."""
    await tx.execute(delete(resets).where(resets.c.user_id == user_id))


async def lock_user_by_reset(tx: AsyncSession, token_hash: str, now: datetime) -> UserId | None:
    """Find the user of a valid password reset, and lock the reset until the commit."""
    good = resets.c.token_hash == token_hash, resets.c.expires_at > now
    statement = select(resets.c.user_id).where(*good).with_for_update()
    found: UserId | None = (await tx.execute(statement)).scalar_one_or_none()
    return found
