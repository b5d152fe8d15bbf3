"""First replies by the keys that clients gave their requests."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, insert_or_ignore
from db.ids import UserId, new_id
from db.tables import IdempotencyKey

keys = get_table(IdempotencyKey)


@dataclass(frozen=True, slots=True)
class StoredReply:
    """What a key was used for, and what was answered."""

    fingerprint: str
    reply: str


async def take_key(
    tx: AsyncSession, user_id: UserId, key: str, fingerprint: str, *, now: datetime, since: datetime
) -> StoredReply | None:
    """Take a key for this transaction; or tell what it was used for after `since`.

    Who comes second waits here until the first has committed, or has failed and left the key.
    """
    attempt = new_id()
    row = {
        "user_id": user_id,
        "key": key,
        "attempt": attempt,
        "fingerprint": fingerprint,
        "reply": None,
        "created_at": now,
    }
    await tx.execute(insert_or_ignore(tx, keys, ("user_id", "key")), [row])
    mine = (keys.c.user_id == user_id) & (keys.c.key == key)
    found = (await tx.execute(select(keys).where(mine).with_for_update())).one()
    if found.attempt == attempt:
        return None
    if found.created_at >= since:
        return StoredReply(found.fingerprint, found.reply)
    await tx.execute(update(keys).where(mine).values(row))
    return None


async def save_reply(tx: AsyncSession, user_id: UserId, key: str, reply: str) -> None:
    """Keep what is answered to the request that has this key."""
    mine = (keys.c.user_id == user_id) & (keys.c.key == key)
    await tx.execute(update(keys).where(mine).values(reply=reply))
