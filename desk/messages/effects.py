"""Do what the table of causes (desk/causes.py) says; nothing else opens a session for a message.

`prepare_session` comes before a message is saved, because a message belongs to a session, and
`record_effects` after it. scripts/workshop/housekeeping.py refuses code that goes round them.
"""

from db.queries.conversations.reply_window import ReplyWindowUpdate
from db.queries.conversations.threads import Thread
from desk.actors import Actor, AgentActor
from desk.causes import NOTHING, Cause, Effects, Opening, get_effects
from desk.channels import ServedChannel
from desk.content import IncomingMessage
from desk.conversations.away_notices import send_away_notice
from desk.conversations.introductions import tell_who_answers
from desk.conversations.queue_notices import send_queue_notice
from desk.conversations.sessions import ensure_session, ensure_session_held_by
from desk.messages import window, window_timer
from desk.unit_of_work import UnitOfWork


def find_effects(uow: UnitOfWork, thread: Thread, cause: Cause) -> Effects:
    """Return what a cause does to this conversation."""
    return get_effects(cause, uow.channel_of(thread).kind, is_blocked=thread.is_blocked)


def is_shown(uow: UnitOfWork, thread: Thread, cause: Cause) -> bool:
    """Check whether a cause is shown in the topic."""
    return find_effects(uow, thread, cause).is_shown


def is_ignored(uow: UnitOfWork, thread: Thread, cause: Cause) -> bool:
    """Check whether a cause does nothing to this conversation."""
    return find_effects(uow, thread, cause) == NOTHING


async def prepare_session(
    uow: UnitOfWork,
    thread: Thread,
    cause: Cause,
    *,
    author: Actor | None = None,
    is_over_limit: bool = False,
) -> None:
    """Open the session that a cause needs, and send the automatic texts that follow from it.

    `author` is who wrote. Nobody is greeted who wrote too much (`is_over_limit`).
    """
    effects = find_effects(uow, thread, cause)
    if effects.greets and not is_over_limit:
        uow.notify_customer(thread, "customer.welcome", name=thread.name)
    former = thread.session_id, thread.holder_id
    if effects.opens is Opening.NEXT_AGENT:
        # Whoever writes for the desk begins something new.
        is_waiting = await ensure_session(uow, thread, may_reopen=author is None)
        if is_waiting and effects.sends_queue_notice:
            await send_queue_notice(uow, thread)
        elif effects.extends_window and not is_over_limit:  # the customer wrote, just now
            await send_away_notice(uow, thread)
    elif effects.opens is Opening.AUTHOR and isinstance(author, AgentActor):
        await ensure_session_held_by(uow, thread, author, from_ai=effects.takes_from_ai)
    if effects.tells_who_answers and (thread.session_id, thread.holder_id) != former:
        tell_who_answers(uow, thread)


async def record_effects(
    uow: UnitOfWork, thread: Thread, cause: Cause, said: IncomingMessage | None = None
) -> None:
    """Count a message as unread or as an answer, and extend the reply window.

    `said` is the customer's message.
    """
    effects = find_effects(uow, thread, cause)
    if effects.counts_unread:
        uow.add_unread(thread)
    if effects.counts_as_answer and thread.session_id is not None:
        uow.mark_read_by_staff(thread, thread.session_id)
    elif effects.counts_as_answer:  # said between two sessions: nothing is unread there
        uow.note_message(thread)
    if effects.extends_window and said is not None:
        await _extend_window(uow, uow.channel_of(thread), thread, said)


async def _extend_window(
    uow: UnitOfWork, channel: ServedChannel, thread: Thread, said: IncomingMessage
) -> None:
    """Update the reply window and the last-read marker from a customer's message."""
    traits = channel.traits
    was_open = window.is_open(thread, channel, uow.now)
    if traits.reply_window is not None:
        until = (said.at or uow.now) + traits.reply_window
        if thread.reply_until is None or until > thread.reply_until:
            thread.reply_until = until
            uow.window_updates.setdefault(
                thread.conversation_id, ReplyWindowUpdate()
            ).reply_until = until
    if traits.marks_read:
        thread.last_inbound_id = said.provider_id
        uow.window_updates.setdefault(
            thread.conversation_id, ReplyWindowUpdate()
        ).last_inbound_id = said.provider_id
    if not was_open:
        await window_timer.handle_window_opened(uow, thread)
