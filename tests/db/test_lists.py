"""Lists read no more rows when they are longer, on whatever page.

Rows are counted, not timed: MariaDB reports how many rows a statement read, SQLite how it finds
them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.dialect import get_table
from db.ids import AgentId, ChannelId, ClientId, ConversationId, SessionId, new_id
from db.queries.clients.client_lists import list_clients
from db.queries.conversations.conversation_lists import ConversationFilter, list_conversations
from db.queries.conversations.list_counts import CountFilter, count_lists
from db.queries.conversations.search_hits import find_hits
from db.queries.conversations.session_lists import list_sessions
from db.queries.conversations.session_statements import SessionFilter
from db.queries.conversations.sessions import count_waiting, list_held_by, list_waiting
from db.queries.conversations.unread import mark_conversation_as_read
from db.queries.messages.message_rows import list_conversation_messages, list_session_messages
from db.tables import (
    Agent,
    AgentKind,
    Channel,
    ChannelKind,
    Client,
    Contact,
    Conversation,
    DeliveryState,
    Direction,
    Message,
    MessageType,
    SenderType,
    Session,
    SessionStatus,
)

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
LIMIT = 10
# Limits for one page: rows that are shown, joined and sorted; and, where a condition has no index,
# all rows that the page scans.
MOST_READ = 1200
MOST_SCANNED = 20_000


@dataclass(frozen=True)
class Start:
    at: datetime
    id: str
    back: bool = False


@dataclass
class Filled:
    """A database with many rows; `middle` is a session that is neither old nor new."""

    database: Database
    channel_id: ChannelId
    agents: list[AgentId]
    sessions: list[SessionId]
    conversations: list[ConversationId]
    clients: list[ClientId]

    async def add(self, many: int) -> None:
        """Add sessions, each a minute younger than the one before; one in five is open."""
        rows: dict[type[Any], list[dict[str, Any]]] = {}
        for number in range(len(self.sessions), len(self.sessions) + many):
            self._conversation(rows, number)

        async def work(tx: AsyncSession) -> None:
            for kind, values in rows.items():
                await tx.execute(insert(get_table(kind)), values)

        await self.database.run(work)

    def _conversation(self, rows: dict[type[Any], list[dict[str, Any]]], number: int) -> None:
        at = BEGAN + number * timedelta(minutes=1)
        client, contact, conversation, session = (new_id() for _ in range(4))
        is_open = number % 5 == 0
        holder = None if number % 10 == 0 else self.agents[number % len(self.agents)]
        put: Callable[..., None] = lambda kind, **values: rows.setdefault(kind, []).append(values)  # noqa: E731
        own = [{"name": "Number", "value": f"N {number}"}, {"name": "Shop", "value": "North"}]
        name = f"Customer {number}"
        put(Client, id=client, name=name, fields=own, is_blocked=False, created_at=at)
        put(
            Contact,
            id=contact,
            client_id=client,
            channel_id=self.channel_id,
            external_id=contact,
            created_at=at,
        )
        put(
            Conversation,
            id=conversation,
            contact_id=contact,
            channel_id=self.channel_id,
            assigned_agent_id=holder if is_open else None,
            unread_count=int(is_open),
            session_count=1,
            is_active=True,
            last_message_at=at,
            created_at=at,
        )
        put(
            Session,
            id=session,
            conversation_id=conversation,
            client_id=client,
            cs_id=holder,
            number=1,
            status=SessionStatus.ACTIVE if is_open else SessionStatus.ENDED,
            created_at=at,
        )
        for place in range(3):
            put(
                Message,
                id=new_id(),
                session_id=session,
                conversation_id=conversation,
                sender_type=SenderType.CLIENT,
                direction=Direction.INBOUND,
                message_type=MessageType.TEXT,
                message=f"message {place} of {number}",
                is_read=not is_open,
                delivery_state=DeliveryState.RECEIVED,
                created_at=at + timedelta(seconds=place),
            )
        self.sessions.append(SessionId(session))
        self.conversations.append(ConversationId(conversation))
        self.clients.append(ClientId(client))

    @property
    def middle(self) -> Start:
        number = 101
        return Start(BEGAN + number * timedelta(minutes=1), self.sessions[number])

    @property
    def middle_conversation(self) -> Start:
        return Start(self.middle.at, self.conversations[101])

    @property
    def middle_client(self) -> Start:
        return Start(self.middle.at, self.clients[101])


async def fill(database: Database) -> Filled:
    channel = Channel(kind=ChannelKind.TELEGRAM, external_id="1", name="Bot")
    channel_id = channel.id
    agents = [Agent(kind=AgentKind.HUMAN, name=f"Agent {n}") for n in range(3)]
    ids = [agent.id for agent in agents]
    async with database.transaction() as tx:
        tx.add_all([channel, *agents])
    made = Filled(database, channel_id, ids, [], [], [])
    await made.add(400)
    return made


@pytest.fixture
async def filled(database: Database) -> Filled:
    return await fill(database)


Read = Callable[[AsyncSession, Filled], Awaitable[Any]]


def sessions(start: bool = False, **wanted: Any) -> Read:
    async def read(tx: AsyncSession, filled: Filled) -> Any:
        named = {key: value(filled) if callable(value) else value for key, value in wanted.items()}
        begin = filled.middle if start else None
        return (await list_sessions(tx, SessionFilter(**named), start=begin, limit=LIMIT)).rows

    return read


def conversations(start: bool = False, **wanted: Any) -> Read:
    async def read(tx: AsyncSession, filled: Filled) -> Any:
        named = {key: value(filled) if callable(value) else value for key, value in wanted.items()}
        begin = filled.middle_conversation if start else None
        asked = ConversationFilter(**named)
        return (await list_conversations(tx, asked, start=begin, limit=LIMIT)).rows

    return read


def first_agent(filled: Filled) -> AgentId:
    return filled.agents[0]


def a_client(filled: Filled) -> ClientId:
    return filled.clients[101]


READS: dict[str, Read] = {
    "all sessions": sessions(),
    "all sessions, further on": sessions(start=True),
    "ended ones": sessions(status=SessionStatus.ENDED),
    "open ones": sessions(status=SessionStatus.ACTIVE),
    "waiting ones": sessions(waiting=True),
    "what an agent sees": sessions(viewer=first_agent),
    "what an agent sees, further on": sessions(start=True, viewer=first_agent),
    "what an agent holds": sessions(holder=first_agent, viewer=first_agent),
    "a client's": sessions(client=a_client),
    "a client's, for an agent": sessions(client=a_client, viewer=first_agent),
    "unread sessions": sessions(unread=True),
    "the oldest": sessions(oldest_first=True),
    "within a time": sessions(since=BEGAN, until=BEGAN + timedelta(hours=3)),
    "words in every message": sessions(words="message"),
    "conversations": conversations(),
    "conversations, further on": conversations(start=True),
    "conversations of an agent": conversations(holder=first_agent),
    "conversations with a name": conversations(words="Customer"),
    "open conversations": conversations(open=True),
    "open conversations, further on": conversations(start=True, open=True),
    "open conversations, for an agent": conversations(open=True, viewer=first_agent),
    "waiting conversations": conversations(waiting=True),
    "waiting conversations, for an agent": conversations(waiting=True, viewer=first_agent),
    "unread conversations": conversations(unread=True),
    "numbers of all lists": lambda tx, filled: count_lists(
        tx, filled.agents[0], CountFilter(), viewer=None
    ),
    "numbers of an agent's lists": lambda tx, filled: count_lists(
        tx, filled.agents[0], CountFilter(), viewer=filled.agents[0]
    ),
    "what a search found": lambda tx, filled: find_hits(tx, filled.sessions[100:110], "message"),
    "clients": lambda tx, _: list_clients(tx, viewer=None, words=None, start=None, limit=LIMIT),
    "clients by a field of their own": lambda tx, _: list_clients(
        tx, viewer=None, words="N 5", start=None, limit=LIMIT
    ),
    "clients by phone": lambda tx, _: list_clients(
        tx, viewer=None, words=None, phone="+62811", start=None, limit=LIMIT
    ),
    "clients by phone, for an agent": lambda tx, filled: list_clients(
        tx, viewer=filled.agents[0], words=None, phone="+62811", start=None, limit=LIMIT
    ),
    "clients, further on": lambda tx, filled: list_clients(
        tx, viewer=None, words=None, start=filled.middle_client, limit=LIMIT
    ),
    "messages of a session": lambda tx, filled: list_session_messages(
        tx, filled.sessions[101], start=None, limit=LIMIT
    ),
    "messages of a conversation": lambda tx, filled: list_conversation_messages(
        tx, filled.conversations[101], viewer=None, start=None, limit=LIMIT
    ),
    "messages of a conversation, for an agent": lambda tx, filled: list_conversation_messages(
        tx, filled.conversations[101], viewer=filled.agents[0], start=None, limit=LIMIT
    ),
    "longest waiting sessions": lambda tx, _: list_waiting(tx, most=3),
    "reading a conversation": lambda tx, filled: mark_conversation_as_read(
        tx, filled.conversations[150]
    ),
}
# A page of these scans up to a thousand rows, or two hundred when messages are searched. Open
# sessions are counted up to some thousands.
# All sessions that wait are sorted by priority.
SCANNED = {
    "unread sessions",
    "words in every message",
    "conversations with a name",
    "clients by a field of their own",
    "open conversations",
    "open conversations, further on",
    "open conversations, for an agent",
    "waiting conversations",
    "waiting conversations, for an agent",
    "unread conversations",
    "numbers of all lists",
    "numbers of an agent's lists",
    "longest waiting sessions",
}
# These count or list all open sessions; the agents' capacity bounds their number.
OF_ALL_OPEN: dict[str, Read] = {
    "sessions held by an agent": lambda tx, filled: list_held_by(tx, filled.agents[0]),
    "number of waiting sessions": lambda tx, _: count_waiting(tx),
}


async def rows_read(filled: Filled, reads: dict[str, Read]) -> dict[str, int]:
    """Count the rows that MariaDB reads, by the name of the list."""
    async with filled.database.transaction() as tx:
        # MariaDB does this by itself, some seconds after many rows were added. Until then it takes
        # the tables for empty, and may read one from end to end.
        await tx.execute(text("ANALYZE TABLE sessions, messages, conversations, contacts, clients"))
    counts = {}
    for name, read in reads.items():
        async with filled.database.transaction() as tx:
            await read(tx, filled)  # a first time, because opening tables counts too
            await tx.execute(text("FLUSH STATUS"))
            await read(tx, filled)
            status = await tx.execute(text("SHOW SESSION STATUS LIKE 'Handler_read%'"))
            counts[name] = sum(int(value) for _, value in status)
    return counts


async def scans(filled: Filled, read: Read) -> list[str]:
    """List the growing tables that SQLite would read from end to end."""
    database = filled.database
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    async with database.transaction() as tx:
        await read(tx, filled)
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)

        def explain(connection: Connection) -> list[str]:
            return [
                str(row[3])
                for statement, values in asked
                if statement.startswith(("SELECT", "UPDATE"))
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            ]

        plan = await (await tx.connection()).run_sync(explain)
    grows = ("sessions", "messages", "conversations", "contacts", "clients", "last", "newest")
    grows += ("conversation_metrics",)
    return [step for step in plan if step in {f"SCAN {name}" for name in grows}]


async def test_longer_lists_do_not_read_more_rows(filled: Filled) -> None:
    if filled.database.is_sqlite:
        for name, read in READS.items():
            assert await scans(filled, read) == [], name
        return
    few = await rows_read(filled, READS)
    await filled.add(1200)
    many = await rows_read(filled, READS)
    for name in READS:
        if name in SCANNED:
            assert max(few[name], many[name]) < MOST_SCANNED, name
        else:
            assert few[name] < MOST_READ, name
            assert many[name] <= few[name] * 1.2 + 20, name


async def test_open_sessions_are_found_by_an_index(filled: Filled) -> None:
    if filled.database.is_sqlite:
        for name, read in OF_ALL_OPEN.items():
            assert await scans(filled, read) == [], name
    else:
        assert max((await rows_read(filled, OF_ALL_OPEN)).values()) < 50


@pytest.mark.parametrize("seen", ["few", "much"])
async def test_a_search_without_matches_ends(mariadb_database: Database, seen: str) -> None:
    """Check that a search without an index scans a bounded number of rows."""
    filled = await fill(mariadb_database)
    viewer = filled.agents[0] if seen == "few" else None

    async def search(tx: AsyncSession, filled: Filled) -> Any:
        found = await list_sessions(
            tx, SessionFilter(viewer=viewer, words="zebra"), start=None, limit=LIMIT
        )
        assert found.rows == []
        wanted = ConversationFilter(viewer=viewer, words="zebra")
        assert (await list_conversations(tx, wanted, start=None, limit=LIMIT)).rows == []
        clients = await list_clients(tx, viewer=viewer, words="zebra", start=None, limit=LIMIT)
        assert clients.rows == []

    for _ in range(3):
        await filled.add(1500)
        assert (await rows_read(filled, {seen: search}))[seen] < 2 * MOST_SCANNED
