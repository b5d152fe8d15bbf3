"""Store what a blocked customer writes: it is in the history, and shown nowhere else."""

from dataclasses import replace

from db.queries.conversations.threads import Thread
from db.tables import DeliveryState, Direction, Side
from desk.actors import customer
from desk.causes import Cause, Effects, get_effects
from desk.content import IncomingMessage
from desk.conversations.notices import notify_open_topic
from desk.unit_of_work import UnitOfWork


def is_kept(uow: UnitOfWork, thread: Thread, cause: Cause) -> bool:
    """Check whether this is a message that is stored although staff blocked its customer."""
    if not thread.is_blocked:
        return False
    effects: Effects = get_effects(cause, uow.channel_of(thread).kind)
    return effects.counts_unread


def keep_message(uow: UnitOfWork, thread: Thread, said: IncomingMessage) -> None:
    """Store a message outside any session, so that nothing follows from it; staff is told once.

    They are told again in the next session, but not for each message.
    """
    message_id = uow.add_message(
        thread,
        replace(said.content, album=None),
        author=customer(thread.name),
        direction=Direction.INBOUND,
        state=DeliveryState.RECEIVED,
        said_at=uow.now,
    )
    if said.provider_id:
        uow.add_link(message_id, thread.channel_id, Side.CUSTOMER, said)
    text = uow.text_for_staff("topic.blocked_wrote")
    key = f"blocked:{thread.conversation_id}:{thread.session_count}"
    notify_open_topic(uow, thread, text, dedup_key=key)
