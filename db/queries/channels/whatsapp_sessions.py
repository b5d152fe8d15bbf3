"""Read the links of numbers to phones."""

from collections.abc import Collection
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


async def list_link_statuses(
    tx: AsyncSession, channel_ids: Collection[ChannelId]
) -> dict[ChannelId, LinkStatus]:
    """Return the status of each of these channels that has a link."""
    columns = sessions.c.channel_id, sessions.c.status
    rows = await tx.execute(select(*columns).where(sessions.c.channel_id.in_(channel_ids)))
    return {row.channel_id: row.status for row in rows}


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
