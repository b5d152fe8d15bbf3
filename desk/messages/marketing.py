"""Whether a customer wants marketing messages."""

from collections.abc import Sequence

from db.queries.clients.contacts import set_marketing_stopped
from desk.causes import Cause
from desk.channels import ServedChannel
from desk.conversations.notices import notify_open_topic
from desk.conversations.threads import find_thread_by_address
from desk.messages.effects import is_shown
from desk.unit_of_work import UnitOfWork


async def set_marketing_wanted(
    uow: UnitOfWork, channel: ServedChannel, names: Sequence[str | None], *, is_wanted: bool
) -> bool:
    """Keep on the contact whether marketing messages are wanted, and tell staff if that is new.

    `names` are the customer's ids at the provider. Returns False if nobody is known by them.
    """
    thread = await find_thread_by_address(uow, channel, *names)
    if thread is None:
        return False
    if (thread.marketing_stopped_at is None) is is_wanted:
        return True
    thread.marketing_stopped_at = None if is_wanted else uow.now
    await set_marketing_stopped(uow.tx, thread.contact_id, thread.marketing_stopped_at)
    key = "whatsapp.marketing_resumed" if is_wanted else "whatsapp.marketing_stopped"
    if is_shown(uow, thread, Cause.MARKETING_PREFERENCE):
        notify_open_topic(uow, thread, uow.text_for_staff(key))
    return True
