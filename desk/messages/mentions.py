"""Notify agents who are named in notes: once in the console, and once in their chat with the bot.

A mention gives no right to the conversation. Who may not see it reads the note, whose author spoke
to them, and who can hand the rest over (docs/adr/0041-what-staff-writes.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.ids import AgentId, ConversationId, MessageId
from db.queries.accounts.accounts import BoundAgent
from db.queries.accounts.agents import list_human_agents
from db.queries.conversations.threads import Thread
from db.queries.messages import mentions
from db.queries.messages.message_rows import list_messages_by_ids
from db.queues.payloads import Buttons
from db.tables import Direction, Role
from desk.actors import ActorKind
from desk.conversations.console_doors import build_console_button
from desk.conversations.rights import find_human_holder, is_visible
from desk.conversations.threads import find_thread
from desk.conversations.topic_links import build_topic_url
from desk.events import Event, MentionsChanged, MessageAdded, MessageEdited
from desk.lanes import notice_key
from desk.messages.mentioned_names import find_mentioned
from desk.unit_of_work import UnitOfWork

# Of more colleagues, those who are online come first.
_MOST = 1000
_MAX_SHOWN = 500


@dataclass(frozen=True, slots=True)
class _Note:
    """A note that may name somebody."""

    message_id: MessageId
    conversation_id: ConversationId
    author_id: AgentId | None
    text: str
    entities: Sequence[Mapping[str, Any]]

    @property
    def may_name(self) -> bool:
        return "@" in self.text or any("user" in each for each in self.entities)


class Mentions:
    """The projection of notes that name agents; who writes in a conversation has read them."""

    name = "mentions"

    async def project(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        # AI agents name nobody and are named by nobody; their answers need not wait for a query.
        human = ActorKind.HUMAN.sender_type
        said = [
            each
            for each in events
            if isinstance(each, MessageAdded) and each.author_id and each.sender is human
        ]
        await _mark_read(uow, said)
        for note in [*_list_new(said), *await _list_changed(uow, events)]:
            if note.may_name:
                await _tell(uow, note)


def _list_new(said: Sequence[MessageAdded]) -> list[_Note]:
    return [
        _Note(
            each.message_id,
            each.conversation_id,
            each.author_id,
            each.content.text or "",
            each.content.entities or (),
        )
        for each in said
        if each.direction is Direction.INTERNAL
    ]


async def _list_changed(uow: UnitOfWork, events: Sequence[Event]) -> list[_Note]:
    """List the notes that were changed: they may name somebody whom they did not name before."""
    ids = {each.message_id for each in events if isinstance(each, MessageEdited) and each.is_note}
    rows = await list_messages_by_ids(uow.tx, sorted(ids)) if ids else ()
    return [
        _Note(row.id, row.conversation_id, row.author_id, row.message or "", row.entities or ())
        for row in rows
    ]


async def _mark_read(uow: UnitOfWork, said: Sequence[MessageAdded]) -> None:
    """Mark as read what names the authors of new messages, where they wrote them."""
    there = {(each.author_id, each.conversation_id) for each in said if each.author_id}
    if not there:
        return
    unread = await mentions.find_unread(uow.tx, {agent_id for agent_id, _ in there})
    for agent_id, conversation_id in sorted(unread & there):
        await mark_read(uow, agent_id, conversation_id)


async def mark_read(uow: UnitOfWork, agent_id: AgentId, conversation_id: ConversationId) -> None:
    """Mark an agent's mentions in a conversation as read."""
    if await mentions.mark_read(uow.tx, agent_id, conversation_id):
        uow.events.add(MentionsChanged(agent_id))


async def _tell(uow: UnitOfWork, note: _Note) -> None:
    """Save whom a note names, and tell those whom it did not name before."""
    colleagues = {each.agent_id: each for each in await list_human_agents(uow.tx, most=_MOST)}
    author = colleagues.get(note.author_id) if note.author_id else None
    if author is None:
        return  # an AI agent may quote what a customer wrote
    named = find_mentioned(note.text, note.entities, colleagues.values())
    others = [each for each in named if each != author.agent_id]
    about = note.message_id, note.conversation_id
    new = await mentions.add_mentions(uow.tx, *about, others, uow.now)
    thread = await find_thread(uow, note.conversation_id) if new else None
    for agent_id in new:
        uow.events.add(MentionsChanged(agent_id))
        if thread is not None:
            _tell_in_private(uow, thread, colleagues[agent_id], author, note)


def _tell_in_private(
    uow: UnitOfWork, thread: Thread, agent: BoundAgent, author: BoundAgent, note: _Note
) -> None:
    """Send an agent a notice in their chat with the bot, if their account is bound."""
    bot = uow.channels.find_agents_bot(thread.channel_id)
    has_topic = thread.holder_id == agent.agent_id and any(
        place.agent_id == agent.agent_id for place in thread.places
    )
    if bot is None or agent.telegram_id is None or has_topic:
        return
    text, buttons = _build_notice(uow, thread, agent, author, note)
    # Erasing the customer finds it by this key, and the same mention is never told twice.
    key = notice_key(thread.conversation_id, f"mention:{note.message_id}:{agent.agent_id}")
    uow.enqueue_for_chat(bot.id, agent.telegram_id, text, dedup_key=key, buttons=buttons)


def _build_notice(
    uow: UnitOfWork, thread: Thread, agent: BoundAgent, author: BoundAgent, note: _Note
) -> tuple[str, Buttons]:
    topic = _build_topic_button(uow, thread)
    words = note.text if len(note.text) <= _MAX_SHOWN else f"{note.text[: _MAX_SHOWN - 1]}…"
    if not _may_see(thread, agent):
        title = uow.text_for_staff("mention.hidden", by=author.name)
        more = uow.text_for_staff("mention.hidden_more", holder=thread.holder_name)
        return f"{title}\n\n{words}\n\n{more}", topic
    title = uow.text_for_staff("mention.told", by=author.name, customer=thread.name)
    bot = uow.channels.find_agents_bot(thread.channel_id)
    opened = build_console_button(bot, uow.staff_language, thread.conversation_id) if bot else []
    return f"{title}\n\n{words}", [*opened, *topic]


def _may_see(thread: Thread, agent: BoundAgent) -> bool:
    viewer = None if agent.role is Role.ADMIN else agent.agent_id
    is_open = thread.session_id is not None
    return is_visible(viewer, holder=find_human_holder(thread), is_open=is_open)


def _build_topic_button(uow: UnitOfWork, thread: Thread) -> Buttons:
    """Build a link to the topic of a staff group; Telegram opens it for the group's members."""
    for place in thread.places:
        url = build_topic_url(place.chat, place.topic) if place.topic else None
        if place.agent_id is None and url is not None:
            return [[{"text": uow.text_for_staff("mention.topic"), "url": url}]]
    return []
