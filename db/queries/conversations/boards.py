"""Queue boards: the message of a staff group that lists the sessions that wait for an agent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, insert_or_ignore
from db.ids import ChannelId, ConversationId, SessionId
from db.tables import (
    Agent,
    AgentKind,
    AgentStatus,
    Channel,
    Client,
    Contact,
    Conversation,
    OwnChat,
    OwnChatState,
    Session,
    SessionStatus,
    User,
)
from db.tables.conversations import StaffBoard

agents = get_table(Agent)
channels = get_table(Channel)
clients = get_table(Client)
contacts = get_table(Contact)
conversations = get_table(Conversation)
own_chats = get_table(OwnChat)
sessions = get_table(Session)
users = get_table(User)
_boards = get_table(StaffBoard)


@dataclass(frozen=True, slots=True)
class WaitingCustomer:
    """A session that waits for an agent."""

    conversation_id: ConversationId
    name: str
    channel: str
    number: int
    since: datetime


@dataclass(frozen=True, slots=True)
class DeskAgent:
    """An agent who has started the staff bot, now or once."""

    name: str
    status: AgentStatus
    own_chat: OwnChatState
    active_sessions: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Board:
    """What a queue board shows, and where it stands; `message` is None until it is posted."""

    channel_id: ChannelId
    chat: str
    message: str | None
    # Whether sessions are answered in own chats; if not, the board is of no use.
    is_used: bool
    count: int = 0
    # The longest waiting ones.
    waiting: tuple[WaitingCustomer, ...] = ()
    # Those whom an AI agent answers, the newest first: nobody sees them elsewhere.
    with_ai: tuple[WaitingCustomer, ...] = ()
    agents: tuple[DeskAgent, ...] = ()


async def read_board(
    tx: AsyncSession,
    bot: ChannelId,
    chat: str,
    channel_ids: Sequence[ChannelId],
    *,
    most: int,
) -> Board:
    """Read what the board of a bot's group shows; `channel_ids` are announced there."""
    message = await find_message(tx, bot, chat)
    if not channel_ids:
        return Board(bot, chat, message, is_used=False)
    is_open = and_(
        sessions.c.status == SessionStatus.ACTIVE, conversations.c.channel_id.in_(channel_ids)
    )
    waits = and_(is_open, sessions.c.cs_id.is_(None))
    joined = sessions.join(conversations, conversations.c.id == sessions.c.conversation_id)
    count = await tx.scalar(select(func.count()).select_from(joined).where(waits))
    named = joined.join(contacts, contacts.c.id == conversations.c.contact_id).join(
        clients, clients.c.id == contacts.c.client_id
    )
    columns = (conversations.c.id, clients.c.name, channels.c.name, sessions.c.number)
    wanted = select(*columns, sessions.c.changed_at).select_from(
        named.join(channels, channels.c.id == conversations.c.channel_id)
    )
    oldest = wanted.where(waits).order_by(sessions.c.changed_at, sessions.c.id).limit(most)
    by_ai = and_(is_open, sessions.c.cs_id.in_(_AI_AGENTS))
    newest = wanted.where(by_ai).order_by(sessions.c.changed_at.desc(), sessions.c.id).limit(most)
    waiting = tuple(WaitingCustomer(*row) for row in await tx.execute(oldest))
    with_ai = tuple(WaitingCustomer(*row) for row in await tx.execute(newest))
    return Board(bot, chat, message, True, count or 0, waiting, with_ai, await _list_agents(tx))


_AI_AGENTS = select(agents.c.id).where(agents.c.kind == AgentKind.AI)


async def _list_agents(tx: AsyncSession) -> tuple[DeskAgent, ...]:
    columns = (
        agents.c.name,
        agents.c.status,
        own_chats.c.state,
        agents.c.active_sessions,
        agents.c.capacity,
    )
    rows = await tx.execute(
        select(*columns)
        .select_from(agents)
        .join(users, users.c.id == agents.c.user_id)
        .join(own_chats, own_chats.c.agent_id == agents.c.id)
        .where(
            users.c.is_active.is_(True),
        )
        .order_by(agents.c.name)
    )
    return tuple(DeskAgent(*row) for row in rows)


async def save_message(tx: AsyncSession, bot: ChannelId, chat: str, message: str | None) -> None:
    """Save which message of a chat is its board; None: it is gone."""
    row = {"channel_id": bot, "chat": chat, "message": message}
    await tx.execute(insert_or_ignore(tx, _boards, ("channel_id", "chat")), [row])
    await tx.execute(update(_boards).where(_is_board(bot, chat)).values(message=message))


@dataclass(frozen=True, slots=True)
class Choice:
    """The session that an agent writes to in their own chat, and since when."""

    session_id: SessionId
    chosen_at: datetime


async def find_choice(tx: AsyncSession, bot: ChannelId, chat: str) -> Choice | None:
    """Find the session that an agent chose last; it may have ended or moved since."""
    columns = _boards.c.chosen_session_id, _boards.c.chosen_at
    row = (await tx.execute(select(*columns).where(_is_board(bot, chat)))).first()
    return None if row is None or row[0] is None else Choice(*row)


async def save_choice(tx: AsyncSession, bot: ChannelId, chat: str, choice: Choice) -> None:
    """Save the session that an agent writes to from now on."""
    row = {"channel_id": bot, "chat": chat}
    await tx.execute(insert_or_ignore(tx, _boards, ("channel_id", "chat")), [row])
    chosen = {"chosen_session_id": choice.session_id, "chosen_at": choice.chosen_at}
    await tx.execute(update(_boards).where(_is_board(bot, chat)).values(chosen))


async def find_message(tx: AsyncSession, bot: ChannelId, chat: str) -> str | None:
    """Find the message of a chat that is its board; None: it is not posted."""
    found: str | None = await tx.scalar(select(_boards.c.message).where(_is_board(bot, chat)))
    return found


async def delete_boards(tx: AsyncSession, bot: ChannelId) -> None:
    """Forget the boards of a bot that is deleted."""
    await tx.execute(delete(_boards).where(_boards.c.channel_id == bot))


def _is_board(bot: ChannelId, chat: str) -> ColumnElement[bool]:
    return and_(_boards.c.channel_id == bot, _boards.c.chat == chat)
