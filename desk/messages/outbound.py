"""Handle what staff writes: replies to the customer, internal notes, edits, reactions."""

from dataclasses import replace

from db.ids import MessageId
from db.queries.accounts import agents
from db.queries.conversations.location import find_message_location
from db.queries.conversations.threads import Thread
from db.queries.messages import message_rows
from db.queries.messages.delivery_states import take_held_answer
from db.queries.messages.together import HELD_WITH, list_together
from db.queues.payloads import AnswerPayload, EditPayload, ReactionPayload
from db.tables import (
    DeliveryState,
    Direction,
    Side,
)
from desk.actors import Actor, AgentActor
from desk.audit import add_entry
from desk.causes import Cause
from desk.content import Content, IncomingMessage
from desk.conversations.notices import reply_to_staff
from desk.conversations.rights import find_holder, may_change
from desk.conversations.threads import find_message, find_referenced_message
from desk.events import DeliveryChanged
from desk.messages import drafts, window
from desk.messages.edits import Change, apply_edit
from desk.messages.effects import prepare_session, record_effects
from desk.messages.reactions import save_reaction
from desk.messages.replies import enqueue_reply, reply
from desk.unit_of_work import UnitOfWork


async def reply_from_topic(
    uow: UnitOfWork, thread: Thread, agent: AgentActor, said: IncomingMessage
) -> MessageId:
    """Save an agent's reply from the topic, and send it to the customer."""
    reply_to = await _find_replied_message(uow, thread, said)
    message_id = await reply(uow, thread, agent, said.content, reply_to, cause=Cause.TOPIC_ANSWER)
    uow.add_link(message_id, uow.staff_channel_in(thread, said.chat), Side.STAFF, said)
    return message_id


async def _find_replied_message(
    uow: UnitOfWork, thread: Thread, said: IncomingMessage
) -> MessageId | None:
    """Find the message that a message in the topic replies to."""
    return await find_referenced_message(uow, thread, Side.STAFF, said.chat, said.reply_to)


async def add_note_from_topic(
    uow: UnitOfWork,
    thread: Thread,
    author: Actor,
    said: IncomingMessage,
) -> MessageId | None:
    """Save an internal note from the topic; return None if no session is open to hold it."""
    cause = Cause.NOTE if isinstance(author, AgentActor) else Cause.STRANGER_NOTE
    message_id = await add_note(uow, thread, author, said.content, cause=cause)
    if message_id is not None:
        uow.add_link(message_id, uow.staff_channel_in(thread, said.chat), Side.STAFF, said)
    return message_id


async def add_note(
    uow: UnitOfWork,
    thread: Thread,
    author: Actor,
    content: Content,
    *,
    cause: Cause,
    reply_to: MessageId | None = None,
    message_id: MessageId | None = None,
) -> MessageId | None:
    """Save an internal note, wherever it was written; return None without an open session."""
    await prepare_session(uow, thread, cause, author=author)
    if thread.session_id is None:
        return None
    return uow.add_message(
        thread,
        content,
        author=author,
        direction=Direction.INTERNAL,
        state=DeliveryState.RECEIVED,
        reply_to=reply_to,
        message_id=message_id,
    )


async def edit_from_topic(uow: UnitOfWork, thread: Thread, said: IncomingMessage) -> None:
    """Edit the customer's copies of a reply; the edit of a note or a draft is only saved."""
    channel_id = uow.staff_channel_in(thread, said.chat)
    message_id = await find_message(uow, channel_id, said.chat, said.provider_id)
    if message_id is None:
        return
    change = await apply_edit(uow, message_id, said.content)
    row = await message_rows.read_message(uow.tx, message_id)
    if row.direction is not Direction.OUTBOUND or row.delivery_state is DeliveryState.HELD:
        return  # a held reply is sent with the text that it has then
    if change is Change.TEXT:
        edit = EditPayload(said.content, message_id)
        uow.enqueue_for_customer(thread, edit, message_id=message_id)
    elif change is Change.FILE:
        edit = EditPayload(said.content, message_id, replaces_file=True)
        uow.enqueue_for_customer(thread, edit, message_id=message_id)
    elif change is Change.PLACE_SHOWN:
        place = AnswerPayload(replace(said.content, source=None), message_id)
        uow.enqueue_for_customer(thread, place, message_id=message_id)


async def react_from_topic(
    uow: UnitOfWork, thread: Thread, said_at: IncomingMessage, emoji: str
) -> None:
    """Show an agent's reaction on the customer's own message; an empty `emoji` removes it."""
    message_id = await find_referenced_message(
        uow, thread, Side.STAFF, said_at.chat, said_at.provider_id
    )
    if message_id is not None:
        await react(uow, thread, message_id, emoji)


async def react(uow: UnitOfWork, thread: Thread, message_id: MessageId, emoji: str) -> None:
    """Show the customer staff's reaction to their message; an empty `emoji` removes it."""
    uow.enqueue_for_customer(thread, ReactionPayload(message_id, emoji))
    await save_reaction(uow, message_id, Side.STAFF, emoji)


async def hold_anonymous_reply(
    uow: UnitOfWork, thread: Thread, author: Actor, said: IncomingMessage
) -> None:
    """Hold a reply of an anonymous admin, whose name is hidden, and ask who sends it."""
    message_id = await hold_reply(uow, thread, author, said, cause=Cause.ANONYMOUS_ANSWER)
    await _ask_sender(uow, thread, message_id, said)


async def hold_reply(
    uow: UnitOfWork, thread: Thread, author: Actor, said: IncomingMessage, *, cause: Cause
) -> MessageId:
    """Save a reply that is not sent before somebody says so."""
    reply_to = await _find_replied_message(uow, thread, said)
    state = DeliveryState.HELD
    message_id = await reply(uow, thread, author, said.content, reply_to, cause=cause, state=state)
    uow.add_link(message_id, uow.staff_channel_in(thread, said.chat), Side.STAFF, said)
    return message_id


async def _ask_sender(
    uow: UnitOfWork, thread: Thread, message_id: MessageId, said: IncomingMessage
) -> None:
    members = await agents.list_bound_agents(uow.tx, most=8)
    buttons = [
        [{"text": member.name, "data": f"as:{message_id}:{member.agent_id}"}] for member in members
    ]
    buttons.append(
        [{"text": uow.text_for_staff("topic.send_as_me"), "data": f"as:{message_id}:me"}]
    )
    text = uow.text_for_staff("topic.ask_sender")
    album, at = said.content.album, (said.chat, said.provider_id)
    dedup_key = album and f"ask:{thread.conversation_id}:{album}"
    reply_to_staff(uow, thread, at, text, buttons=buttons, dedup_key=dedup_key)


async def may_decide(uow: UnitOfWork, thread: Thread, actor: Actor, message_id: MessageId) -> bool:
    """Check whether an actor may decide about a reply that was not sent, or is uncertain.

    That is who may change its session, and its author, who may have helped out a colleague. Who
    holds the conversation now may, too: the question stands in their chat.
    """
    if thread.session_id and isinstance(actor, AgentActor) and thread.holder_id == actor.agent_id:
        return True
    place = await find_message_location(uow.tx, message_id)
    if place is None:
        return False
    holder, is_open = find_holder(thread, place)
    if may_change(actor, holder=holder, is_open=is_open):
        return True
    row = await message_rows.read_message(uow.tx, message_id)
    return isinstance(actor, AgentActor) and row.author_id == actor.agent_id


async def send_held_reply(
    uow: UnitOfWork, thread: Thread, message_id: MessageId, agent: AgentActor
) -> bool:
    """Send a held reply of this conversation, with its album, in this agent's name.

    Returns False if somebody did already, or if it is of another conversation. If the window is
    closed, it becomes the agent's draft.
    """
    await uow.flush_messages()
    taken = [
        row.id
        for row in await list_together(uow.tx, message_id)
        if await take_held_answer(
            uow.tx, thread.conversation_id, row.id, agent.agent_id, agent.name, now=uow.now
        )
    ]
    if not taken:
        return False
    await prepare_session(uow, thread, Cause.HELD_ANSWER, author=agent)
    await record_effects(uow, thread, Cause.HELD_ANSWER)
    for each in taken:
        await send_taken_reply(uow, thread, each, agent)
    return True


async def send_taken_reply(
    uow: UnitOfWork, thread: Thread, message_id: MessageId, agent: AgentActor
) -> None:
    """Send a stored reply that this agent took over; a draft if the window is closed."""
    uow.events.add(DeliveryChanged(message_id, DeliveryState.PENDING))
    add_entry(uow, agent, "answer.send_as", message_id)
    content, reply_to = await load_content(uow, message_id)
    if window.can_send(thread, uow.channel_of(thread), content, uow.now):
        enqueue_reply(uow, thread, message_id, content, reply_to)
    else:
        await drafts.save_draft(uow, thread, message_id)


async def send_draft(
    uow: UnitOfWork, thread: Thread, message_id: MessageId, agent: AgentActor
) -> bool:
    """Send a draft, now that the window is open; return False if it is no draft any more."""
    if not await drafts.release(uow, thread, agent, message_id):
        return False
    await prepare_session(uow, thread, Cause.DRAFT, author=agent)
    await record_effects(uow, thread, Cause.DRAFT)
    content, reply_to = await load_content(uow, message_id)
    enqueue_reply(uow, thread, message_id, content, reply_to)
    return True


async def load_content(uow: UnitOfWork, message_id: MessageId) -> tuple[Content, MessageId | None]:
    """Load a message's content, and the id of the message that it replies to."""
    found = await message_rows.read_message_with_original(uow.tx, message_id)
    row = found.row
    attributes = {**(row.attributes or {})}
    attributes.pop(HELD_WITH, None)
    album = attributes.pop("album", None)
    content = Content(
        type=row.message_type,
        text=row.message,
        entities=row.entities,
        file=row.file,
        attributes=attributes or None,
        album=album,
        source=found.original,
    )
    return content, row.reply_to_id
