"""Work of a channel that this process does not serve waits for the channel; none of it is lost."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import ChannelId
from db.queries.channels import channels
from db.queues import inbox, lanes, outbox
from db.tables import Queue

# Every process soon serves a channel that is switched on
# (scripts/connections/channel_reloader.py).
RETRY_SOON = timedelta(seconds=1)
# One that is switched off wakes its lanes when it is switched on. This is the safety net.
_RETRY_LATER = timedelta(hours=1)


async def find_retry_times(
    tx: AsyncSession, channel_ids: Collection[ChannelId], now: datetime
) -> dict[ChannelId, datetime]:
    """Tell when to look again at work of these channels, none of which this process serves."""
    on = await channels.find_active(tx, channel_ids)
    return {each: now + (RETRY_SOON if each in on else _RETRY_LATER) for each in channel_ids}


async def wake_lanes(tx: AsyncSession, channel_id: ChannelId, now: datetime) -> None:
    """Make everything due that waited for this channel, which is switched on by now."""
    received = await inbox.list_waiting_lanes(tx, channel_id)
    await lanes.bring_forward(tx, [Queue.INBOX], received, now)
    to_send = await outbox.list_waiting_lanes(tx, channel_id)
    await lanes.bring_forward(tx, [Queue.CUSTOMER, Queue.STAFF, Queue.BACKGROUND], to_send, now)
