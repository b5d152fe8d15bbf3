"""Find Telegram channels."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.tables import Channel, ChannelKind

channels = get_table(Channel)


async def find_first_channel(tx: AsyncSession) -> Channel | None:
    """Find the oldest Telegram channel of customers, preferring active ones."""
    found = await tx.execute(
        select(Channel)
        .where(
            channels.c.kind == ChannelKind.TELEGRAM,
            channels.c.deleted_at.is_(None),
            channels.c.is_staff_bot.is_(False),
        )
        .order_by(channels.c.is_active.desc(), channels.c.created_at, channels.c.id)
        .limit(1)
    )
    return found.scalar_one_or_none()


async def find_bot_username(tx: AsyncSession) -> str | None:
    """Return the username of the bot that staff writes to, if it is known."""
    staff_bot = select(Channel).where(
        channels.c.is_staff_bot.is_(True), channels.c.is_active.is_(True)
    )
    channel = (await tx.scalars(staff_bot)).first() or await find_first_channel(tx)
    username = channel.settings.get("username") if channel else None
    return str(username) if username else None


# More bots than any desk has.
_MAX_BOTS = 100
_CREDENTIALS = (
    select(channels.c.credentials)
    .where(
        channels.c.kind == ChannelKind.TELEGRAM,
        channels.c.is_active.is_(True),
        channels.c.deleted_at.is_(None),
        channels.c.credentials.is_not(None),
    )
    .order_by(channels.c.is_staff_bot.desc(), channels.c.id)
    .limit(_MAX_BOTS)
)


async def list_bot_credentials(tx: AsyncSession) -> list[str]:
    """List the encrypted credentials of the bots in service, that of the staff first."""
    return list(await tx.scalars(_CREDENTIALS))
