"""Agents: their presence, their capacity and their open sessions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ScalarSelect,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table, insert_or_ignore
from db.ids import AgentId, ChannelId, UserId, new_id
from db.name_keys import make_name_key
from db.queries.accounts.accounts import BOUND_AGENT_COLUMNS, BoundAgent
from db.tables import (
    Agent,
    AgentKind,
    AgentStatus,
    ChannelAgent,
    Conversation,
    OwnChat,
    OwnChatState,
    Session,
    SessionStatus,
    StatusCause,
    User,
)

agents = get_table(Agent)
users = get_table(User)
channel_agents = get_table(ChannelAgent)
sessions = get_table(Session)
conversations = get_table(Conversation)
own_chats = get_table(OwnChat)


@dataclass(frozen=True, slots=True)
class AgentPresence:
    """An agent's presence and load."""

    name: str
    status: AgentStatus
    cause: StatusCause
    since: datetime | None
    active_sessions: int
    # Those that count against the capacity.
    live_sessions: int
    capacity: int


_BOUND_AGENTS = (
    select(*BOUND_AGENT_COLUMNS)
    .join(users, users.c.id == agents.c.user_id)
    .where(
        users.c.telegram_id.in_(bindparam("accounts", expanding=True)),
        users.c.is_active.is_(True),
    )
)


async def find_bound_agents(
    tx: AsyncSession, telegram_ids: Collection[str]
) -> dict[str, BoundAgent]:
    """Find the active agents with these Telegram accounts."""
    if not telegram_ids:
        return {}
    rows = await tx.execute(_BOUND_AGENTS, {"accounts": list(telegram_ids)})
    return {row.telegram_id: BoundAgent(*row) for row in rows}


async def list_bound_agents(tx: AsyncSession, *, most: int) -> list[BoundAgent]:
    """List active agents with a Telegram account, those who are online first."""
    rows = await tx.execute(
        select(*BOUND_AGENT_COLUMNS)
        .join(users, users.c.id == agents.c.user_id)
        .where(users.c.telegram_id.is_not(None), users.c.is_active.is_(True))
        .order_by(case((agents.c.status == AgentStatus.ONLINE, 0), else_=1), agents.c.name)
        .limit(most)
    )
    return [BoundAgent(*row) for row in rows]


async def list_human_agents(tx: AsyncSession, *, most: int) -> list[BoundAgent]:
    """List active agents, with or without a Telegram account, those who are online first."""
    rows = await tx.execute(
        select(*BOUND_AGENT_COLUMNS)
        .join(users, users.c.id == agents.c.user_id)
        .where(users.c.is_active.is_(True))
        .order_by(case((agents.c.status == AgentStatus.ONLINE, 0), else_=1), agents.c.name)
        .limit(most)
    )
    return [BoundAgent(*row) for row in rows]


async def find_agent_name(tx: AsyncSession, agent_id: AgentId) -> str | None:
    """Return the name of an agent, also of one who is no longer active."""
    name: str | None = await tx.scalar(select(agents.c.name).where(agents.c.id == agent_id))
    return name


async def find_agent(tx: AsyncSession, agent_id: AgentId) -> BoundAgent | None:
    """Find an active agent by id."""
    rows = await tx.execute(
        select(*BOUND_AGENT_COLUMNS)
        .join(users, users.c.id == agents.c.user_id)
        .where(agents.c.id == agent_id, users.c.is_active.is_(True))
    )
    row = rows.first()
    return BoundAgent(*row) if row else None


def _count_live(after: datetime) -> ScalarSelect[int]:
    """Build the count of an agent's sessions in which something happened after this time."""
    return (
        select(func.count())
        .select_from(sessions.join(conversations, conversations.c.id == sessions.c.conversation_id))
        .where(
            sessions.c.cs_id == agents.c.id,
            sessions.c.status == SessionStatus.ACTIVE,
            sessions.c.snoozed_until.is_(None),
            or_(sessions.c.changed_at > after, conversations.c.last_message_at > after),
        )
        .scalar_subquery()
    )


async def list_online_agents(
    tx: AsyncSession,
    channel_id: ChannelId,
    live_since: datetime,
    *,
    with_own_chat: bool = False,
) -> Sequence[tuple[Any, ...]]:
    """List the human agents who are online and serve a channel, or of them those with a chat open.

    Returns tuples of agent_id, name, active_sessions, live_sessions, capacity, last_assigned_at. A
    channel without named agents is served by all.
    """
    mine = and_(channel_agents.c.agent_id == agents.c.id, channel_agents.c.channel_id == channel_id)
    named = exists().where(channel_agents.c.channel_id == channel_id)
    rows = await tx.execute(
        select(
            agents.c.id,
            agents.c.name,
            agents.c.active_sessions,
            _count_live(live_since),
            agents.c.capacity,
            agents.c.last_assigned_at,
        )
        .join(users, users.c.id == agents.c.user_id)
        .where(
            agents.c.kind == AgentKind.HUMAN,
            agents.c.status == AgentStatus.ONLINE,
            users.c.is_active.is_(True),
            or_(exists().where(mine), ~named),
            *(_HAS_OWN_CHAT if with_own_chat else ()),
        )
    )
    return [tuple(row) for row in rows]


_HAS_OWN_CHAT = (
    users.c.telegram_id.is_not(None),
    exists().where(own_chats.c.agent_id == agents.c.id, own_chats.c.state != OwnChatState.BLOCKED),
)


async def find_own_chat(tx: AsyncSession, agent_id: AgentId) -> str | None:
    """Return the chat in which the staff bot can write to an active agent, if it is open."""
    found: str | None = await tx.scalar(
        select(users.c.telegram_id)
        .join(agents, agents.c.user_id == users.c.id)
        .where(agents.c.id == agent_id, users.c.is_active.is_(True), *_HAS_OWN_CHAT)
    )
    return found


async def set_own_chat(tx: AsyncSession, agent_id: AgentId, state: OwnChatState) -> bool:
    """Set the state of an agent's own chat; return False if it did not change."""
    this = own_chats.c.agent_id == agent_id
    known = await tx.scalar(select(own_chats.c.state).where(this))
    if known == state:
        return False
    row = {"agent_id": agent_id, "state": state}
    await tx.execute(insert_or_ignore(tx, own_chats, ("agent_id",)), [row])
    await tx.execute(update(own_chats).where(this).values(state=state))
    return True


async def forget_own_chat(tx: AsyncSession, agent_id: AgentId) -> bool:
    """Forget an agent's own chat; return False if there was none."""
    gone = delete(own_chats).where(own_chats.c.agent_id == agent_id)
    return count_changed(await tx.execute(gone)) == 1


async def add_human_agent(tx: AsyncSession, user_id: UserId, name: str) -> AgentId:
    """Add the agent of a new user."""
    agent_id = AgentId(new_id())
    tx.add(Agent(id=agent_id, kind=AgentKind.HUMAN, name=name, user_id=user_id))
    await tx.flush()
    return agent_id


async def find_active_by_name(tx: AsyncSession, name: str) -> AgentId | None:
    """Return the active agent whose name people would take for this one."""
    found: AgentId | None = await tx.scalar(
        select(agents.c.id).where(agents.c.active_name_key == make_name_key(name))
    )
    return found


async def find_agent_of_user(tx: AsyncSession, user_id: UserId) -> tuple[AgentId, str] | None:
    """Return the id and the name of a user's agent."""
    found = await tx.execute(select(agents.c.id, agents.c.name).where(agents.c.user_id == user_id))
    row = found.first()
    return None if row is None else (row.id, row.name)


async def set_agent_name(tx: AsyncSession, agent_id: AgentId, name: str) -> None:
    """Set an agent's name; while the agent is active, no other active agent may have it."""
    values = {"name": name, "name_key": make_name_key(name)}
    await tx.execute(update(agents).where(agents.c.id == agent_id).values(values))


async def save_agent(
    tx: AsyncSession,
    user_id: UserId,
    *,
    name: str,
    status: AgentStatus,
    capacity: int,
    now: datetime,
) -> bool:
    """Add a user's agent, and set the status of the one that exists already.

    Returns False if another agent got this name at the same moment.
    """
    row = {
        "id": new_id(),
        "kind": AgentKind.HUMAN,
        "name": name,
        "name_key": make_name_key(name),
        "user_id": user_id,
        "status": status,
        "capacity": capacity,
        "active_sessions": 0,
        "created_at": now,
    }
    await tx.execute(insert_or_ignore(tx, agents, ("user_id",)), [row])
    mine = update(agents).where(agents.c.user_id == user_id)
    return count_changed(await tx.execute(mine.values(status=status))) == 1


async def set_status(
    tx: AsyncSession, agent_id: AgentId, status: AgentStatus, cause: StatusCause, now: datetime
) -> bool:
    """Set an agent's presence and its cause; return False if the presence did not change."""
    this = agents.c.id == agent_id
    changed = await tx.execute(
        update(agents)
        .where(this, agents.c.status != status)
        .values(status=status, status_cause=cause, status_since=now)
    )
    if count_changed(changed) == 1:
        return True
    await tx.execute(
        update(agents).where(this, agents.c.status_cause != cause).values(status_cause=cause)
    )
    return False


async def read_presence(tx: AsyncSession, agent_id: AgentId, live_since: datetime) -> AgentPresence:
    """Read an agent's presence and load."""
    rows = await tx.execute(
        select(
            agents.c.name,
            agents.c.status,
            agents.c.status_cause,
            agents.c.status_since,
            agents.c.active_sessions,
            _count_live(live_since),
            agents.c.capacity,
        ).where(agents.c.id == agent_id)
    )
    return AgentPresence(*tuple(rows.one()))


async def read_last_assigned_at(tx: AsyncSession, agent_id: AgentId) -> datetime | None:
    """Return when an agent last got a session."""
    at: datetime | None = await tx.scalar(
        select(agents.c.last_assigned_at).where(agents.c.id == agent_id)
    )
    return at
