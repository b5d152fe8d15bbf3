"""Whether a customer can be reached: they block the bot, and come back."""

from db.queries.clients.contacts import set_unreachable
from db.queries.conversations.threads import Thread
from desk.causes import Cause
from desk.channels import ServedChannel
from desk.conversations.notices import notify_open_topic
from desk.conversations.threads import find_thread_by_contact
from desk.messages.effects import is_shown
from desk.unit_of_work import UnitOfWork


async def mark_unreachable(
    uow: UnitOfWork, channel: ServedChannel, external_id: str, reason: str
) -> None:
    """Mark a customer as unreachable, and tell the agents once."""
    thread = await find_thread_by_contact(uow, channel.id, external_id)
    if thread is None or thread.unreachable:
        return
    await _set_unreachable(uow, thread, reason)
    if is_shown(uow, thread, Cause.BLOCK):
        notify_open_topic(uow, thread, uow.text_for_staff("topic.customer_blocked"))


async def mark_reachable(uow: UnitOfWork, channel: ServedChannel, external_id: str) -> None:
    """Mark a customer as reachable again."""
    thread = await find_thread_by_contact(uow, channel.id, external_id)
    if thread is not None:
        await note_reachable(uow, thread)


async def note_reachable(uow: UnitOfWork, thread: Thread) -> None:
    """Note that the customer of a thread can be reached, if they could not."""
    if thread.unreachable is not None:
        await _set_unreachable(uow, thread, None)
        if is_shown(uow, thread, Cause.UNBLOCK):
            notify_open_topic(uow, thread, uow.text_for_staff("topic.customer_back"))


async def _set_unreachable(uow: UnitOfWork, thread: Thread, reason: str | None) -> None:
    await set_unreachable(uow.tx, thread.contact_id, reason)
    thread.unreachable = reason
    uow.refresh_card(thread)
