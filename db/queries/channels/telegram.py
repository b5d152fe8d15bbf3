"""Find the Telegram channel that the operator's commands use."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.tables import Channel, ChannelKind

channels = get_table(Channel)


async def find_first_channel(tx: AsyncSession) -> Channel | None:
    """Find the oldest Telegram channel, preferring active ones."""
    found = await tx.execute(
        select(Channel)
        .where(channels.c.kind == ChannelKind.TELEGRAM, channels.c.deleted_at.is_(None))
        .order_by(channels.c.is_active.desc(), channels.c.created_at, channels.c.id)
        .limit(1)
    )
    return found.scalar_one_or_none()


async def find_bot_username(tx: AsyncSession) -> str | None:
    """Return the bot's username, if it is known."""
    channel = await find_first_channel(tx)
    username = channel.settings.get("username") if channel else None
    return str(username) if username else None
