"""Read a conversation with everything needed to handle one of its messages, in one row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    bindparam,
    case,
    false,
    insert,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, is_sqlite
from db.ids import (
    AgentId,
    ChannelId,
    ClientId,
    ContactId,
    ConversationId,
    MessageId,
    SessionId,
    StaffPlaceId,
    new_id,
)
from db.queries.conversations import staff_places
from db.queries.conversations.card_details import NO_DETAILS, CardDetails
from db.queries.conversations.place import Place
from db.tables import Agent, AgentKind, Client, Contact, Conversation, Priority, Session

conversations = get_table(Conversation)
contacts = get_table(Contact)
clients = get_table(Client)
sessions = get_table(Session)
agents = get_table(Agent)


@dataclass(slots=True)
class Thread:
    """A conversation, its customer, where staff sees it, and its open session if any."""

    conversation_id: ConversationId
    channel_id: ChannelId
    contact_id: ContactId
    client_id: ClientId
    external_id: str
    name: str
    username: str | None
    language: str | None
    is_blocked: bool
    unreachable: str | None
    session_count: int
    client_since: datetime
    session_id: SessionId | None = None
    session_number: int | None = None
    session_since: datetime | None = None
    holder_id: AgentId | None = None
    holder_name: str | None = None
    # Staff gave the customer this name.
    is_renamed: bool = False
    alias: str | None = None
    phone: str | None = None
    # Until when free messages may be sent, where a provider limits that.
    reply_until: datetime | None = None
    last_inbound_id: str | None = None
    # The contact's original client, while that client is merged into this one.
    own_client_id: ClientId | None = None
    # The topic of their own chat that the customer wrote in last.
    chat_topic: str | None = None
    recent_notes: list[Any] | None = None
    # Since when the customer wants no marketing messages.
    marketing_stopped_at: datetime | None = None
    is_held_by_ai: bool = False
    # The customer chose their language.
    is_language_chosen: bool = False
    # Of the open session.
    priority: Priority | None = None
    snoozed_until: datetime | None = None
    # The last broadcast that staff has not seen here.
    unseen_broadcast_id: MessageId | None = None
    # What its card shows beside this; read only when a card is about to be shown.
    card_details: CardDetails = NO_DETAILS
    # Where staff sees it: the staff group first, then agents' own chats.
    places: tuple[Place, ...] = ()
    # Places that this transaction has left: what was said in one was said there all the same.
    left_places: tuple[Place, ...] = ()

    @property
    def group_place(self) -> Place | None:
        """Return the place in a staff group."""
        return next((each for each in self.places if each.agent_id is None), None)

    @property
    def own_place(self) -> Place | None:
        """Return the place in an agent's own chat."""
        return next((each for each in self.places if each.agent_id is not None), None)

    @property
    def visible_places(self) -> Sequence[Place]:
        """Return the places that are open, or about to be: an open session opens its topics."""
        return [each for each in self.places if each.is_open or self.session_id is not None]

    def find_place(self, place_id: StaffPlaceId | None) -> Place | None:
        """Return the place with this id; None if staff does not see the conversation there now."""
        return next((each for each in self.places if each.id == place_id), None)

    def find_place_in(self, chat: str) -> Place | None:
        """Return the place in this chat; there is at most one in a chat."""
        return next((each for each in self.places if each.chat == chat), None)

    def find_bot_in(self, chat: str) -> ChannelId | None:
        """Return the bot of the place in this chat, if only until this transaction."""
        places = (*self.places, *self.left_places)
        return next((each.channel_id for each in places if each.chat == chat), None)


_COLUMNS = (
    conversations.c.id,
    conversations.c.channel_id,
    conversations.c.contact_id,
    contacts.c.client_id,
    contacts.c.external_id,
    clients.c.name,
    clients.c.username,
    clients.c.language,
    clients.c.is_blocked,
    contacts.c.unreachable,
    conversations.c.session_count,
    clients.c.created_at,
    sessions.c.id,
    sessions.c.number,
    sessions.c.created_at,
    sessions.c.cs_id,
    agents.c.name,
    clients.c.is_renamed,
    contacts.c.alias,
    clients.c.phone,
    conversations.c.reply_until,
    conversations.c.last_inbound_id,
    contacts.c.own_client_id,
    contacts.c.chat_topic,
    conversations.c.recent_notes,
    contacts.c.marketing_stopped_at,
    case((agents.c.kind == AgentKind.AI, true()), else_=false()),
    clients.c.is_language_chosen,
    sessions.c.priority,
    sessions.c.snoozed_until,
    conversations.c.unseen_broadcast_id,
)
_WIDTH = len(_COLUMNS)


def _join_all(tables: FromClause) -> FromClause:
    threads = (
        tables.join(contacts, contacts.c.id == conversations.c.contact_id)
        .join(clients, clients.c.id == contacts.c.client_id)
        .outerjoin(sessions, sessions.c.active_conversation_id == conversations.c.id)
        .outerjoin(agents, agents.c.id == sessions.c.cs_id)
    )
    return staff_places.join_places(threads)


_READ = select(*_COLUMNS, *staff_places.PLACE_COLUMNS).select_from(_join_all(conversations))
_BY_ID = conversations.c.id.in_(bindparam("ids", expanding=True))
_BY_CONTACT = conversations.c.contact_id.in_(
    select(contacts.c.id).where(
        contacts.c.channel_id == bindparam("channel"),
        contacts.c.external_id.in_(bindparam("addresses", expanding=True)),
    )
)
_BY_ALIAS = conversations.c.contact_id.in_(
    select(contacts.c.id).where(
        contacts.c.channel_id == bindparam("channel"),
        contacts.c.alias.in_(bindparam("addresses", expanding=True)),
    )
)
_READ_BY_ID = _READ.where(_BY_ID)


@dataclass(frozen=True, slots=True)
class _Selection:
    """One way to select threads: read directly, or lock first."""

    read: Select[Any]
    lock: Select[Any]

    @classmethod
    def where(cls, which: ColumnElement[bool]) -> "_Selection":
        return cls(_READ.where(which), select(conversations.c.id).where(which).with_for_update())


_SELECT_BY_IDS, _SELECT_BY_CONTACTS, _SELECT_BY_ALIASES = map(
    _Selection.where, (_BY_ID, _BY_CONTACT, _BY_ALIAS)
)
_READ_BY_TOPICS = (
    select(*_COLUMNS, *staff_places.PLACE_COLUMNS, staff_places.ASKED_TOPIC)
    .select_from(_join_all(staff_places.ASKED_PLACES))
    .where(staff_places.IS_ASKED)
)
_LOCK_BY_TOPICS = (
    select(conversations.c.id)
    .where(
        conversations.c.id.in_(select(staff_places.ASKED_CONVERSATION).where(staff_places.IS_ASKED))
    )
    .with_for_update()
)


async def lock_by_contacts(
    tx: AsyncSession, channel_id: ChannelId, external_ids: Sequence[str]
) -> list[Thread]:
    """Lock and read the conversations of these addresses on a channel."""
    return await _lock_and_read(tx, _SELECT_BY_CONTACTS, channel=channel_id, addresses=external_ids)


async def lock_by_aliases(
    tx: AsyncSession, channel_id: ChannelId, aliases: Sequence[str]
) -> list[Thread]:
    """Lock and read the conversations of the addresses that have these aliases."""
    return await _lock_and_read(tx, _SELECT_BY_ALIASES, channel=channel_id, addresses=aliases)


async def lock_by_topics(
    tx: AsyncSession, channel_id: ChannelId, chat: str, topics: Sequence[str]
) -> dict[str, Thread]:
    """Lock and read the conversations that these topics of a bot's chat belong to, or belonged to.

    What an agent wrote in a topic before it was deleted is still a reply.
    """
    bound = {"channel": channel_id, "chat": chat, "topics": topics}
    locked = None if is_sqlite(tx) else set(await tx.scalars(_LOCK_BY_TOPICS, bound))
    if locked is not None and not locked:
        return {}
    rows = [tuple(row) for row in await tx.execute(_READ_BY_TOPICS, bound)]
    by_id = {each.conversation_id: each for each in _to_threads(row[:-1] for row in rows)}
    return {row[-1]: by_id[row[0]] for row in rows if locked is None or row[0] in locked}


async def lock_by_ids(tx: AsyncSession, ids: Sequence[ConversationId]) -> list[Thread]:
    """Lock and read these conversations."""
    return await _lock_and_read(tx, _SELECT_BY_IDS, ids=ids)


async def read_by_ids(tx: AsyncSession, ids: Sequence[ConversationId]) -> list[Thread]:
    """Read these conversations without a lock."""
    return _to_threads(await tx.execute(_READ_BY_ID, {"ids": ids}))


async def _lock_and_read(tx: AsyncSession, which: _Selection, **bound: object) -> list[Thread]:
    """Lock only the conversation rows, then read: a join `FOR UPDATE` would also lock agents."""
    if is_sqlite(tx):  # BEGIN IMMEDIATE holds SQLite's only lock
        return _to_threads(await tx.execute(which.read, bound))
    ids = sorted((await tx.scalars(which.lock, bound)).all())
    return await read_by_ids(tx, ids) if ids else []


def _to_threads(rows: Iterable[Sequence[Any]]) -> list[Thread]:
    """Build threads from rows, of which a conversation has one for each of its places."""
    found: dict[ConversationId, Thread] = {}
    for row in rows:
        thread = found.get(row[0])
        if thread is None:
            found[row[0]] = thread = Thread(*row[:_WIDTH])
        if row[_WIDTH] is not None:
            thread.places = _with_place(thread.places, Place(*row[_WIDTH:]))
    return list(found.values())


def _with_place(places: tuple[Place, ...], place: Place) -> tuple[Place, ...]:
    if not places:  # nearly all have one
        return (place,)
    return tuple(sorted({*places, place}, key=lambda each: (each.agent_id is not None, each.id)))


async def add_conversation(
    tx: AsyncSession, *, contact_id: ContactId, channel_id: ChannelId, now: datetime
) -> ConversationId:
    """Add the conversation of a new contact, without a session and shown to no staff yet."""
    conversation_id = ConversationId(new_id())
    await tx.execute(
        insert(conversations).values(
            id=conversation_id,
            contact_id=contact_id,
            channel_id=channel_id,
            unread_count=0,
            session_count=0,
            is_active=True,
            last_message_at=now,
            created_at=now,
        )
    )
    return conversation_id
