"""What staff is told of what staff did: in the conversation's topic, and whoever it concerns."""

from db.ids import AgentId, MessageId, new_id
from db.queries.accounts import agents
from db.queries.accounts.accounts import BoundAgent
from db.queries.conversations.threads import Thread
from db.queues import outbox
from db.tables import OutboxKind
from desk.content import Content
from desk.formatting.splitting import split_content
from desk.lanes import notice_key
from desk.unit_of_work import UnitOfWork


async def is_already_sent(uow: UnitOfWork, dedup_key: str) -> bool:
    """Tell whether something that is said once was said, in this transaction or before."""
    in_hand = any(errand.dedup_key == dedup_key for errand in uow.outbox_items)
    return in_hand or await outbox.is_key_used(uow.tx, dedup_key)


def notify_topic(
    uow: UnitOfWork, thread: Thread, key: str, *, more: str | None = None, **values: object
) -> None:
    """Say something in the conversation's topic; `more`: in somebody's own words, below it."""
    _enqueue_notice(uow, thread, _join_lines(uow.text_for_staff(key, **values), more), None)


def notify_beside(
    uow: UnitOfWork,
    thread: Thread,
    message_id: MessageId,
    key: str,
    *,
    more: str | None = None,
    **values: object,
) -> None:
    """Say something in the conversation's topic as a reply to a message's copy there."""
    _enqueue_notice(uow, thread, _join_lines(uow.text_for_staff(key, **values), more), message_id)


def _enqueue_notice(uow: UnitOfWork, thread: Thread, text: str, reply_to: MessageId | None) -> None:
    for part in split_content(Content(text=text)):
        payload = {"content": part.to_json(), "reply_to": reply_to}
        uow.enqueue_for_staff(thread, OutboxKind.STAFF_NOTICE, payload)
        reply_to = None


async def notify_agent(
    uow: UnitOfWork,
    thread: Thread,
    agent_id: AgentId | None,
    key: str,
    *,
    by: BoundAgent,
    more: str | None = None,
    **values: object,
) -> None:
    """Tell an agent in private what `by` did; nobody is told what they did themselves.

    An agent who has no Telegram account finds out in the API.
    """
    if agent_id is None or agent_id == by.agent_id:
        return
    agent = await agents.find_agent(uow.tx, agent_id)
    if agent is not None and agent.telegram_id is not None:
        text = uow.text_for_staff(key, by=by.name, customer=thread.name, **values)
        staff_channel = uow.channel_of(thread).staff_channel_id
        # By this it is found when the customer is to be forgotten: it names them.
        dedup_key = notice_key(thread.conversation_id, new_id())
        uow.enqueue_for_chat(
            staff_channel, agent.telegram_id, _join_lines(text, more), dedup_key=dedup_key
        )


def _join_lines(text: str, more: str | None) -> str:
    return f"{text}\n{more}" if more else text
