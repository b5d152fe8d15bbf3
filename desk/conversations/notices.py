"""What staff is told of what staff did: in the conversation's topic, and whoever it concerns."""

from db.ids import AgentId, MessageId, new_id
from db.queries.accounts import agents
from db.queries.accounts.accounts import BoundAgent
from db.queries.conversations.threads import Thread
from db.queues import outbox
from db.tables import OutboxKind
from desk.content import Content
from desk.formatting.splitting import parts_of
from desk.lanes import told_about
from desk.unit_of_work import Desk


async def is_told(desk: Desk, once: str) -> bool:
    """Tell whether something that is said once was said, in this transaction or before."""
    in_hand = any(errand.dedup_key == once for errand in desk.errands)
    return in_hand or await outbox.is_key_used(desk.tx, once)


def tell_topic(
    desk: Desk, thread: Thread, key: str, *, more: str | None = None, **values: object
) -> None:
    """Say something in the conversation's topic; `more`: in somebody's own words, below it."""
    _tell(desk, thread, _together(desk.for_staff(key, **values), more), None)


def tell_beside(
    desk: Desk,
    thread: Thread,
    message_id: MessageId,
    key: str,
    *,
    more: str | None = None,
    **values: object,
) -> None:
    """Say something in the conversation's topic as a reply to a message's copy there."""
    _tell(desk, thread, _together(desk.for_staff(key, **values), more), message_id)


def _tell(desk: Desk, thread: Thread, text: str, reply_to: MessageId | None) -> None:
    for part in parts_of(Content(text=text)):
        payload = {"content": part.to_json(), "reply_to": reply_to}
        desk.to_staff(thread, OutboxKind.STAFF_NOTICE, payload)
        reply_to = None


async def tell_agent(
    desk: Desk,
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
    agent = await agents.find_agent(desk.tx, agent_id)
    if agent is not None and agent.telegram_id is not None:
        text = desk.for_staff(key, by=by.name, customer=thread.name, **values)
        staff_channel = desk.channel_of(thread).staff_channel_id
        # By this it is found when the customer is to be forgotten: it names them.
        once = told_about(thread.conversation_id, new_id())
        desk.tell_chat(staff_channel, agent.telegram_id, _together(text, more), dedup_key=once)


def _together(text: str, more: str | None) -> str:
    return f"{text}\n{more}" if more else text
