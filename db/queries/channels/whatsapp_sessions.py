"""Read the links of numbers to phones."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, insert_or_ignore
from db.ids import ChannelId
from db.tables import LinkStatus, WhatsAppSession

sessions = get_table(WhatsAppSession)
# The first report must count as newer, whenever the provider was asked for it.
_NOTHING_KNOWN_YET = datetime(2000, 1, 1, tzinfo=UTC)


async def find_link(tx: AsyncSession, channel_id: ChannelId) -> WhatsAppSession | None:
    """Read a channel's link; None: nothing is known of it yet."""
    wanted = select(WhatsAppSession).where(sessions.c.channel_id == channel_id)
    return (await tx.scalars(wanted.execution_options(populate_existing=True))).first()


async def lock_link(tx: AsyncSession, channel_id: ChannelId) -> WhatsAppSession:
    """Read and lock a channel's link until the commit; add it if it is missing."""
    wanted = (
        select(WhatsAppSession)
        .where(sessions.c.channel_id == channel_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = (await tx.scalars(wanted)).first()
    if found is None:
        new = {
            "channel_id": channel_id,
            "status": LinkStatus.STOPPED,
            "qr_messages": [],
            "changed_at": _NOTHING_KNOWN_YET,
        }
        await tx.execute(insert_or_ignore(tx, sessions, ("channel_id",)), [new])
        found = (await tx.scalars(wanted)).one()
    return found
