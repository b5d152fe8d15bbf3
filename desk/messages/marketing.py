"""Whether a customer wants marketing messages, which broadcasts are.

They say so with `/stop` and `/resume`, with one word on channels without commands, or in WhatsApp's
own settings.
"""

from collections.abc import Sequence

from db.queries.clients.contacts import (
    set_marketing_stopped,
    set_marketing_stopped_everywhere,
)
from db.queries.conversations.threads import Thread
from desk.causes import Cause
from desk.channels import ServedChannel
from desk.content import IncomingMessage
from desk.conversations.notices import notify_open_topic
from desk.conversations.threads import find_thread_by_address
from desk.events import ClientChanged
from desk.messages.effects import is_shown
from desk.unit_of_work import UnitOfWork

# The whole message, in small or capital letters: commands, and what people are used to write.
_STOP_WORDS = {"/stop", "stop", "berhenti", "unsubscribe"}
_RESUME_WORDS = {"/resume", "resume", "lanjut", "subscribe"}


def read_choice(said: IncomingMessage) -> bool | None:
    """Return whether a message asks for broadcasts, or (False) asks to stop them; None: neither."""
    if not said.content.is_text:
        return None
    word = (said.content.text or "").strip(" .!").lower()
    return True if word in _RESUME_WORDS else False if word in _STOP_WORDS else None


async def choose(uow: UnitOfWork, thread: Thread, *, is_wanted: bool) -> None:
    """Keep what a customer wants, for all their addresses; confirm it, and tell staff if new."""
    is_new = (thread.marketing_stopped_at is None) is not is_wanted
    thread.marketing_stopped_at = None if is_wanted else uow.now
    await set_marketing_stopped_everywhere(uow.tx, thread.client_id, thread.marketing_stopped_at)
    uow.events.add(ClientChanged(thread.client_id))
    uow.notify_customer(thread, "customer.resumed" if is_wanted else "customer.stopped")
    if is_new:
        key = "topic.broadcasts_resumed" if is_wanted else "topic.broadcasts_stopped"
        notify_open_topic(uow, thread, uow.text_for_staff(key))


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
