"""Delete a channel. What was said on it stays, and can be read, searched, exported and erased."""

from db.queries.channels import deletion as queries
from db.tables import Channel
from desk.actors import Actor
from desk.audit import add_entry
from desk.conversations.sessions import end
from desk.conversations.threads import find_thread
from desk.events import ChannelChanged
from desk.setup.errors import NotPossibleError
from desk.unit_of_work import UnitOfWork

_REASON = "the channel was deleted"


async def check_deletable(uow: UnitOfWork, channel: Channel, *, force: bool) -> None:
    """Raise NotPossibleError if a channel cannot be deleted, or only by `force`."""
    if served := await queries.list_channels_served_by(uow.tx, channel.id):
        raise NotPossibleError(
            f"its bot serves the staff groups of {', '.join(served)}: give them another"
            " staff_channel_id first"
        )
    left = await queries.count_unfinished(uow.tx, channel.id)
    if left and not force:
        raise NotPossibleError(
            f"it has {left.open_sessions} open sessions, {left.unsent_messages} unsent messages and"
            f" {left.unhandled_updates} unhandled updates: finish them first. With force=true the"
            " sessions end, the messages are marked as failed and the updates are parked"
        )


async def delete_channel(uow: UnitOfWork, channel: Channel, *, by: Actor) -> None:
    """Delete a channel that is switched off: end its sessions, and erase its credentials.

    Customers are not told, because nothing can be sent any more. No message is lost: what was not
    sent is marked as failed, and what was not handled is parked.
    """
    ids = await queries.list_open_conversations(uow.tx, channel.id)
    for conversation_id in ids:
        thread = await find_thread(uow, conversation_id)
        if thread is not None:
            await end(uow, thread, by, is_told=False, is_silent=True)
    # What ends a session may enqueue something for the customer.
    await uow.flush()
    failed = await queries.fail_unsent_messages(uow.tx, channel.id, _REASON, uow.now)
    parked = await queries.park_unhandled_updates(uow.tx, channel.id, _REASON, uow.now)
    details = {
        "name": channel.name,
        "external_id": channel.external_id,
        "ended_sessions": len(ids),
        "failed_messages": failed,
        "parked_updates": parked,
    }
    gone = f"deleted:{channel.id}"
    await queries.mark_deleted(uow.tx, channel.id, gone, _REASON, uow.now)
    add_entry(uow, by, "channel.deleted", f"channel:{channel.id}", details)
    uow.events.add(ChannelChanged(channel.id))
