"""Work of a channel that this process does not serve waits for the channel; none is lost."""

from collections.abc import Collection
from datetime import datetime, timedelta

from db.database import Transaction
from db.ids import ChannelId
from db.queries.channels import channels
from db.queues import inbox, lanes, outbox
from db.tables import Queue

# A channel that is switched on is served by every process within about this time
# (scripts/connections/channel_reloader.py).
RETRY_SOON = timedelta(seconds=1)
# A channel that is switched on wakes its own lanes; this is only the safety net.
_RETRY_LATER = timedelta(hours=1)
_OUTGOING = (Queue.CUSTOMER, Queue.STAFF, Queue.BACKGROUND, Queue.BROADCAST)


async def find_retry_times(
    tx: Transaction, channel_ids: Collection[ChannelId], now: datetime
) -> dict[ChannelId, datetime]:
    """Return when to look again for work of these channels, which this process does not serve."""
    on = await channels.find_active(tx, channel_ids)
    return {each: now + (RETRY_SOON if each in on else _RETRY_LATER) for each in channel_ids}


async def wake_lanes(tx: Transaction, channel_id: ChannelId, now: datetime) -> None:
    """Make everything due that waited for this channel, which was just switched on."""
    received = await inbox.list_waiting_lanes(tx, channel_id)
    await lanes.bring_forward(tx, [Queue.INBOX], received, now)
    to_send = await outbox.list_waiting_lanes(tx, channel_id)
    await lanes.bring_forward(tx, _OUTGOING, to_send, now)
