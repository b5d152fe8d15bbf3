"""Read and change canned replies."""

from typing import Any

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import CannedReplyId, ChannelId
from db.queries.lists.keyset import PageStart, paginate
from db.tables import CannedReply

replies = get_table(CannedReply)
# The replies of one channel and of all channels: far more than anyone looks through.
_MOST = 2_000


async def list_replies(
    tx: AsyncSession,
    *,
    start: PageStart | None,
    limit: int,
    channel_id: ChannelId | None = None,
    language: str | None = None,
    shortcut: str | None = None,
    words: str | None = None,
) -> list[CannedReply]:
    """Read a page of replies and one more, newest first.

    `channel_id`: only replies that this channel's customers may be sent; `words`: in shortcut,
    title or text.
    """
    statement: Select[Any] = select(CannedReply)
    if channel_id is not None:
        statement = statement.where(_is_for_channel(channel_id))
    if language is not None:
        statement = statement.where(replies.c.language == language)
    if shortcut is not None:
        statement = statement.where(replies.c.shortcut == shortcut)
    if words:
        columns = (replies.c.shortcut, replies.c.title, replies.c.text)
        found = [each.icontains(words, autoescape=True) for each in columns]
        statement = statement.where(or_(*found))
    paged = paginate(statement, replies.c.created_at, replies.c.id, start=start, limit=limit)
    return list((await tx.scalars(paged)).all())


async def list_for_channel(
    tx: AsyncSession, channel_id: ChannelId, shortcut: str | None = None
) -> list[CannedReply]:
    """Read the replies that a channel's customers may be sent; `shortcut`: only those under it."""
    wanted = select(CannedReply).where(_is_for_channel(channel_id))
    if shortcut is not None:
        wanted = wanted.where(replies.c.shortcut == shortcut)
    return list((await tx.scalars(wanted.order_by(replies.c.shortcut).limit(_MOST))).all())


def _is_for_channel(channel_id: ChannelId) -> Any:
    return or_(replies.c.channel_id.is_(None), replies.c.channel_id == channel_id)


async def find_reply(
    tx: AsyncSession, reply_id: CannedReplyId, *, lock: bool = False
) -> CannedReply | None:
    """Read a reply; with `lock`, hold its row until the commit."""
    wanted = select(CannedReply).where(replies.c.id == reply_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return (await tx.scalars(wanted)).first()


async def find_by_unique_key(tx: AsyncSession, unique_key: str) -> CannedReplyId | None:
    """Find the reply that has this unique key."""
    found: CannedReplyId | None = await tx.scalar(
        select(replies.c.id).where(replies.c.unique_key == unique_key)
    )
    return found


async def delete_reply(tx: AsyncSession, reply_id: CannedReplyId) -> None:
    """Delete a reply; messages that were sent with it stay."""
    await tx.execute(delete(replies).where(replies.c.id == reply_id))
