"""Ask the customer to rate a session that has ended, once, if the channel wants it."""

from collections.abc import Sequence

from db.ids import SessionId
from db.queries import ratings
from db.queries.conversations.threads import Thread
from db.queues.payloads import Buttons
from desk.actors import SYSTEM
from desk.causes import Cause
from desk.events import Event, SessionEnded
from desk.messages import window
from desk.messages.replies import reply
from desk.unit_of_work import UnitOfWork

CHOICE_PREFIX = "rate"
HIGHEST = 5


class RatingRequests:
    """Asks about each session that ends; after the figures, which say whether it was answered."""

    name = "rating_requests"

    async def project(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, SessionEnded) and not event.is_silent:
                thread = uow.threads.get(("conversation", event.conversation_id))
                if thread is not None and _may_be_asked(uow, thread):
                    await _ask(uow, thread, event.session_id)


def _may_be_asked(uow: UnitOfWork, thread: Thread) -> bool:
    """Check that the channel asks, and that the customer can answer."""
    if thread.channel_id not in uow.channels or thread.session_id is not None:
        return False
    channel = uow.channel_of(thread)
    can_get = not thread.is_blocked and thread.unreachable is None
    return channel.asks_for_rating and can_get and window.is_open(thread, channel, uow.now)


async def _ask(uow: UnitOfWork, thread: Thread, session_id: SessionId) -> None:
    if not await ratings.is_answered(uow.tx, session_id):
        return
    if await ratings.is_asked(uow.tx, session_id):
        return
    has_buttons = uow.channel_of(thread).traits.has_buttons
    key = "customer.rating" if has_buttons else "customer.rating_digits"
    message_id = await reply(
        uow,
        thread,
        SYSTEM,
        uow.content_for_customer(thread, key),
        cause=Cause.AUTOMATIC_TEXT,
        buttons=build_buttons(session_id) if has_buttons else None,
    )
    await ratings.add_request(uow.tx, session_id, thread.conversation_id, message_id, uow.now)


def build_buttons(session_id: SessionId) -> Buttons:
    """Build the five buttons below the question."""
    numbers = range(1, HIGHEST + 1)
    return [[{"text": str(n), "data": f"{CHOICE_PREFIX}:{session_id}:{n}"} for n in numbers]]
