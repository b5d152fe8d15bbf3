"""What staff writes: answers to the customer, notes among themselves, edits, reactions."""

from typing import Any

from sqlalchemy import CursorResult, select, update

from db.dialect import get_table
from db.ids import MessageId
from db.queries.accounts import agents
from db.queries.accounts.accounts import BoundAgent
from db.queries.conversations.threads import Thread
from db.tables import (
    DeliveryState,
    Direction,
    Message,
    MessageLink,
    OutboxKind,
    SenderType,
    Side,
)
from desk.audit import note
from desk.content import Content, Said
from desk.conversations.sessions import ensure_session, open_for
from desk.conversations.threads import message_answered, message_meant
from desk.delivery.edit_folding import PART
from desk.formatting.splitting import parts_of
from desk.messages import drafts, window
from desk.messages.edits import Change, keep_edit
from desk.unit_of_work import Desk

messages = get_table(Message)
links = get_table(MessageLink)


async def answered(desk: Desk, thread: Thread, agent: BoundAgent, said: Said) -> MessageId:
    """Keep an agent's answer and have it sent to the customer."""
    reply_to = await _answers(desk, thread, said)
    message_id = await answer(desk, thread, agent, said.content, reply_to)
    desk.link(message_id, desk.channel_of(thread).staff_channel_id, Side.STAFF, said)
    return message_id


async def answer(
    desk: Desk,
    thread: Thread,
    agent: BoundAgent,
    content: Content,
    reply_to: MessageId | None = None,
    *,
    message_id: MessageId | None = None,
) -> MessageId:
    """Keep what an agent answers, wherever they wrote it, and have it sent to the customer.

    It stays a draft where the window is closed (desk/messages/window.py). `message_id`: the id that the
    message is to have, where something bears it already.
    """
    await open_for(desk, thread, agent)
    state = DeliveryState.PENDING
    message_id = _keep(
        desk, thread, content, state, agent, reply_to=reply_to, message_id=message_id
    )
    if thread.session_id is not None:
        desk.staff_read(thread, thread.session_id)
    if window.takes(thread, desk.channel_of(thread), content, desk.now):
        send(desk, thread, message_id, content, reply_to)
    else:
        await drafts.keep_draft(desk, thread, message_id)
    return message_id


async def _answers(desk: Desk, thread: Thread, said: Said) -> MessageId | None:
    """Find the message that something said in the topic answers."""
    return await message_meant(desk, thread, Side.STAFF, said.chat, said.reply_to)


def _keep(
    desk: Desk,
    thread: Thread,
    content: Content,
    state: DeliveryState,
    agent: BoundAgent | None,
    *,
    reply_to: MessageId | None,
    message_id: MessageId | None = None,
) -> MessageId:
    """Keep what staff says to the customer."""
    return desk.write_message(
        thread,
        content,
        sender=SenderType.CS,
        direction=Direction.OUTBOUND,
        state=state,
        reply_to=reply_to,
        author_id=agent.agent_id if agent else None,
        author_name=agent.name if agent else None,
        message_id=message_id,
    )


def send(
    desk: Desk,
    thread: Thread,
    message_id: MessageId,
    content: Content,
    reply_to: MessageId | None = None,
) -> None:
    """Put an answer into the customer's lane, in as many parts as its text needs."""
    parts = parts_of(content)
    for part in parts:
        payload: dict[str, Any] = {"content": part.to_json(), "reply_to": reply_to}
        if len(parts) > 1:
            payload[PART] = True
        desk.to_customer(thread, OutboxKind.ANSWER, payload, message_id=message_id)
        reply_to = None  # the first part answers; the others follow it


async def noted(
    desk: Desk, thread: Thread, author: BoundAgent | None, author_name: str, said: Said
) -> MessageId | None:
    """Keep an internal note: it stays among staff. None if no session is open to keep it in."""
    message_id = await note_down(desk, thread, author, author_name, said.content)
    if message_id is not None:
        desk.link(message_id, desk.channel_of(thread).staff_channel_id, Side.STAFF, said)
    return message_id


async def note_down(
    desk: Desk,
    thread: Thread,
    author: BoundAgent | None,
    author_name: str,
    content: Content,
    *,
    reply_to: MessageId | None = None,
    message_id: MessageId | None = None,
) -> MessageId | None:
    """Keep an internal note, wherever it was written. None if no session is open to keep it in."""
    if author is not None:
        await open_for(desk, thread, author)
    if thread.session_id is None:
        return None
    return desk.write_message(
        thread,
        content,
        sender=SenderType.CS,
        direction=Direction.INTERNAL,
        state=DeliveryState.RECEIVED,
        reply_to=reply_to,
        author_id=author.agent_id if author else None,
        author_name=author_name,
        message_id=message_id,
    )


async def edited(desk: Desk, thread: Thread, said: Said) -> None:
    """Edit the customer's copies of an answer; a note's or a draft's edit is kept alone."""
    channel_id = desk.channel_of(thread).staff_channel_id
    message_id = await message_answered(desk, channel_id, said.chat, said.provider_id)
    if message_id is None:
        return
    change = await keep_edit(desk, message_id, said.content)
    rows = await desk.tx.execute(
        select(messages.c.direction, messages.c.delivery_state).where(messages.c.id == message_id)
    )
    direction, state = rows.one()
    if direction != Direction.OUTBOUND or state == DeliveryState.HELD:
        return  # what is held goes out as it reads by then
    payload = {"message": message_id, "content": said.content.to_json()}
    if change is Change.TEXT:
        desk.to_customer(thread, OutboxKind.EDIT, payload, message_id=message_id)
    elif change is Change.FILE:
        desk.to_customer(thread, OutboxKind.ANSWER, payload, message_id=message_id)


async def reacted(desk: Desk, thread: Thread, said_at: Said, emoji: str) -> None:
    """Show an agent's reaction on the customer's own message; empty takes it back."""
    message_id = await message_meant(desk, thread, Side.STAFF, said_at.chat, said_at.provider_id)
    if message_id is not None:
        desk.to_customer(thread, OutboxKind.REACTION, {"message": message_id, "emoji": emoji})


async def held(desk: Desk, thread: Thread, said: Said) -> None:
    """Keep an answer whose author is hidden (an anonymous admin), and ask who sends it."""
    await ensure_session(desk, thread)  # the message needs one to belong to
    reply_to = await _answers(desk, thread, said)
    message_id = _keep(desk, thread, said.content, DeliveryState.HELD, None, reply_to=reply_to)
    desk.link(message_id, desk.channel_of(thread).staff_channel_id, Side.STAFF, said)
    await _ask_sender(desk, thread, message_id, said)


async def _ask_sender(desk: Desk, thread: Thread, message_id: MessageId, said: Said) -> None:
    members = await agents.list_bound_agents(desk.tx, most=8)
    buttons = [
        [{"text": member.name, "data": f"as:{message_id}:{member.agent_id}"}] for member in members
    ]
    buttons.append([{"text": desk.for_staff("topic.send_as_me"), "data": f"as:{message_id}:me"}])
    content = Content(text=desk.for_staff("topic.ask_sender")).to_json()
    payload = {"content": content, "buttons": buttons, "reply_at": said.provider_id}
    desk.to_staff(thread, OutboxKind.STAFF_NOTICE, payload)


async def send_held(desk: Desk, thread: Thread, message_id: MessageId, agent: BoundAgent) -> bool:
    """Send a held answer in this agent's name; False if somebody already did.

    Where the window is closed it becomes a draft of theirs.
    """
    result: Any = await desk.tx.execute(
        update(messages)
        .where(
            messages.c.id == message_id,
            messages.c.delivery_state == DeliveryState.HELD,
            messages.c.delivery_error.is_(None),
        )
        .values(
            delivery_state=DeliveryState.PENDING,
            author_id=agent.agent_id,
            author_name=agent.name,
        )
    )
    assert isinstance(result, CursorResult)  # noqa: S101 for the type checker
    if result.rowcount != 1:
        return False
    desk.events.delivery(message_id)
    await open_for(desk, thread, agent)
    note(desk, agent, "answer.send_as", message_id)
    if window.is_open(thread, desk.channel_of(thread), desk.now):
        content, reply_to = await kept_content(desk, message_id)
        send(desk, thread, message_id, content, reply_to)
    else:
        await drafts.keep_draft(desk, thread, message_id)
    return True


async def send_draft(desk: Desk, thread: Thread, message_id: MessageId, agent: BoundAgent) -> bool:
    """Send a draft, now that the window is open; False if it is none any more."""
    if not await drafts.release(desk, thread, agent, message_id):
        return False
    await open_for(desk, thread, agent)
    content, reply_to = await kept_content(desk, message_id)
    send(desk, thread, message_id, content, reply_to)
    return True


async def kept_content(desk: Desk, message_id: MessageId) -> tuple[Content, MessageId | None]:
    """Read back what a message says, and which message it answers."""
    rows = await desk.tx.execute(
        select(messages, links.c.chat, links.c.provider_id)
        .outerjoin(links, (links.c.message_id == messages.c.id) & (links.c.side == Side.STAFF))
        .where(messages.c.id == message_id)
        .order_by(links.c.id)
        .limit(1)
    )
    row = rows.one()
    content = Content(
        type=row.message_type,
        text=row.message,
        entities=row.entities,
        file=row.file,
        attributes=row.attributes,
        source=(row.chat, row.provider_id) if row.chat else None,
    )
    return content, row.reply_to_id
