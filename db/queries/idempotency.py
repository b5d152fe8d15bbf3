"""Store first replies under the idempotency keys of their requests."""

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
    """The fingerprint of a key's request, and the first reply."""

    fingerprint: str
    reply: str


async def take_key(
    tx: AsyncSession, user_id: UserId, key: str, fingerprint: str, *, now: datetime, since: datetime
) -> StoredReply | None:
    """Take a key for this transaction, or return its stored reply if it was used after `since`.

    A second request with the key waits here until the first one has committed, or has failed and
    freed the key.
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
    """Store the reply to the request that has this key."""
    mine = (keys.c.user_id == user_id) & (keys.c.key == key)
    await tx.execute(update(keys).where(mine).values(reply=reply))
