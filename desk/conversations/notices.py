"""Notices to staff about what staff did: in the conversation's topic, and to an agent."""

from db.ids import AgentId, MessageId, new_id
from db.queries.accounts import agents
from db.queries.conversations.threads import Thread
from db.queues import outbox
from db.queues.payloads import Buttons, EditPayload, StaffNoticePayload
from desk.actors import Actor
from desk.content import Content
from desk.formatting.splitting import split_content
from desk.lanes import notice_key
from desk.unit_of_work import UnitOfWork


async def is_already_sent(uow: UnitOfWork, dedup_key: str) -> bool:
    """Check whether a notice with this key was enqueued, in this transaction or before."""
    is_collected = any(item.dedup_key == dedup_key for item in uow.outbox_items)
    return is_collected or await outbox.is_key_used(uow.tx, dedup_key)


def notify_topic(
    uow: UnitOfWork, thread: Thread, key: str, *, more: str | None = None, **values: object
) -> None:
    """Send a notice to the conversation's topic; `more` is a person's own words, added below it."""
    _enqueue_notice(uow, thread, _join_lines(uow.text_for_staff(key, **values), more), None)


def notify_open_topic(
    uow: UnitOfWork,
    thread: Thread,
    text: str,
    *,
    buttons: Buttons | None = None,
    dedup_key: str | None = None,
) -> None:
    """Send a notice to the topics that are open or about to be; do not open one for it."""
    places = thread.visible_places
    uow.enqueue_staff_notice(thread, text, buttons=buttons, dedup_key=dedup_key, places=places)


def notify_beside(
    uow: UnitOfWork,
    thread: Thread,
    message_id: MessageId,
    key: str,
    *,
    more: str | None = None,
    **values: object,
) -> None:
    """Send a notice to the conversation's topic, as a reply to the copy of a message there."""
    _enqueue_notice(uow, thread, _join_lines(uow.text_for_staff(key, **values), more), message_id)


def _enqueue_notice(uow: UnitOfWork, thread: Thread, text: str, reply_to: MessageId | None) -> None:
    for part in split_content(Content(text=text)):
        uow.enqueue_staff_notice(thread, part, reply_to=reply_to)
        reply_to = None


def reply_to_staff(
    uow: UnitOfWork,
    thread: Thread,
    at: tuple[str, str],
    text: str,
    *,
    buttons: Buttons | None = None,
    dedup_key: str | None = None,
) -> None:
    """Send a notice as a reply to what staff wrote in a topic, `at` a chat and provider's id.

    If the conversation is not shown in that chat any more, the notice goes where it is shown now.
    """
    place = thread.find_place_in(at[0])
    notice = StaffNoticePayload(Content(text=text), None, buttons or [], at[1] if place else None)
    places = [place] if place else thread.places[:1]
    uow.enqueue_for_staff(thread, notice, dedup_key=dedup_key, places=places)


def edit_notice(
    uow: UnitOfWork,
    thread: Thread,
    at: tuple[str, str],
    text: str,
    *,
    buttons: Buttons | None = None,
    dedup_key: str | None = None,
) -> None:
    """Replace the text of a notice in a topic, `at` a chat and provider's id.

    If the conversation is not shown in that chat any more, a new notice goes where it is shown now:
    the same id may be another message there.
    """
    place = thread.find_place_in(at[0])
    if place is None:
        reply_to_staff(uow, thread, at, text, buttons=buttons, dedup_key=dedup_key)
        return
    edit = EditPayload(Content(text=text), at=at[1], buttons=buttons or [])
    uow.enqueue_for_staff(thread, edit, dedup_key=dedup_key, places=[place])


async def notify_agent(
    uow: UnitOfWork,
    thread: Thread,
    agent_id: AgentId | None,
    key: str,
    *,
    by: Actor,
    more: str | None = None,
    **values: object,
) -> None:
    """Notify an agent in private what `by` did; agents get no notice of their own actions.

    An agent without a Telegram account sees the change in the API, and one with a desk of their own
    in the topic there.
    """
    has_desks = uow.channels.find_desk_bot(thread.channel_id) is not None
    if agent_id is None or agent_id == by.agent_id or has_desks:
        return
    agent = await agents.find_agent(uow.tx, agent_id)
    if agent is not None and agent.telegram_id is not None:
        text = uow.text_for_staff(key, by=by.name, customer=thread.name, **values)
        staff_channel = uow.channel_of(thread).staff_channel_id
        # The notice names the customer: erasing the customer finds it by this key.
        dedup_key = notice_key(thread.conversation_id, new_id())
        uow.enqueue_for_chat(
            staff_channel, agent.telegram_id, _join_lines(text, more), dedup_key=dedup_key
        )


def _join_lines(text: str, more: str | None) -> str:
    return f"{text}\n{more}" if more else text
