"""Accounts: users, their agents, and the Telegram accounts bound to them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, insert_or_ignore
from db.ids import AgentId, UserId, new_id
from db.tables import Agent, AgentStatus, LogIn, Role, User

users = get_table(User)
agents = get_table(Agent)
log_ins = get_table(LogIn)


@dataclass(frozen=True, slots=True)
class BoundAgent:
    """An active user's agent, with the Telegram account that is bound to it."""

    user_id: UserId
    agent_id: AgentId
    name: str
    role: Role
    # None: this agent only uses the API.
    telegram_id: str | None
    # When they last did something, as far as it is noted.
    seen_at: datetime | None = field(default=None, compare=False)


# In the order of the fields of a BoundAgent.
BOUND_AGENT_COLUMNS = (
    users.c.id,
    agents.c.id,
    users.c.name,
    users.c.role,
    users.c.telegram_id,
    agents.c.last_seen_at,
)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as a list shows it."""

    user_id: UserId
    agent_id: AgentId | None
    name: str
    email: str
    role: Role
    is_active: bool
    telegram_id: str | None
    has_seeded_password: bool
    status: AgentStatus | None
    active_sessions: int | None
    capacity: int | None


async def find_user_by_email(tx: AsyncSession, email: str) -> User | None:
    """Find a user by e-mail address, in the stored spelling."""
    statement = select(User).where(users.c.email == email)
    # Read again: Core statements may have changed the row after the object was read.
    fresh = statement.execution_options(populate_existing=True)
    return (await tx.execute(fresh)).scalar_one_or_none()


async def add_user_if_new(
    tx: AsyncSession, *, name: str, email: str, password_hash: str, role: Role, now: datetime
) -> None:
    """Add an active user, unless a user has this e-mail address."""
    row = {
        "id": new_id(),
        "name": name,
        "email": email,
        "password_hash": password_hash,
        "role": role,
        "is_active": True,
        "token_version": 0,
        "has_seeded_password": False,
        "created_at": now,
    }
    await tx.execute(insert_or_ignore(tx, users, ("email",)), [row])


async def find_user(tx: AsyncSession, user_id: UserId, *, lock: bool = False) -> User | None:
    """Find a user by id; with `lock`, hold the row until the commit."""
    statement = select(User).where(users.c.id == user_id)
    if lock:
        statement = statement.with_for_update()
    fresh = statement.execution_options(populate_existing=True)
    return (await tx.execute(fresh)).scalar_one_or_none()


async def lock_user_by_link_code(tx: AsyncSession, code_hash: str, now: datetime) -> User | None:
    """Find and lock the active user who has this link code, if it has not expired."""
    statement = (
        select(User)
        .where(
            users.c.link_code_hash == code_hash,
            users.c.link_code_expires_at > now,
            users.c.is_active,
        )
        .with_for_update()
        # Read again: another transaction may have used the code since this one read the user.
        .execution_options(populate_existing=True)
    )
    return (await tx.execute(statement)).scalar_one_or_none()


async def find_user_by_telegram_id(tx: AsyncSession, telegram_id: str) -> UserId | None:
    """Find the user with this Telegram account, active or not."""
    found = await tx.execute(select(users.c.id).where(users.c.telegram_id == telegram_id))
    user_id: UserId | None = found.scalar_one_or_none()
    return user_id


async def update_user(tx: AsyncSession, user_id: UserId, **changes: Any) -> None:
    """Set columns of one user."""
    await tx.execute(update(users).where(users.c.id == user_id).values(**changes))


async def update_agent_of_user(tx: AsyncSession, user_id: UserId, **changes: Any) -> None:
    """Set columns of a user's agent."""
    await tx.execute(update(agents).where(agents.c.user_id == user_id).values(**changes))


async def end_log_ins(tx: AsyncSession, user_id: UserId, because: str, now: datetime) -> None:
    """End every log-in of a user; their refresh tokens end with them."""
    open_ones = log_ins.c.user_id == user_id, log_ins.c.ended_at.is_(None)
    changes = {"ended_at": now, "end_reason": because}
    await tx.execute(update(log_ins).where(*open_ones).values(changes))


async def find_bound_agent(tx: AsyncSession, telegram_id: str) -> BoundAgent | None:
    """Find the active user's agent with this Telegram account."""
    found = await tx.execute(_select_bound_agents().where(users.c.telegram_id == telegram_id))
    row = found.first()
    return BoundAgent(*row) if row else None


async def list_bound_agents(tx: AsyncSession) -> list[BoundAgent]:
    """List the active users' agents that have a Telegram account, by name."""
    found = await tx.execute(
        _select_bound_agents()
        .where(users.c.telegram_id.is_not(None))
        .order_by(users.c.name, users.c.id)
    )
    return [BoundAgent(*row) for row in found]


async def list_account_rows(tx: AsyncSession) -> list[AccountRow]:
    """List every account, administrators first, then by address."""
    columns: list[Column[Any]] = [
        users.c.id,
        agents.c.id,
        users.c.name,
        users.c.email,
        users.c.role,
        users.c.is_active,
        users.c.telegram_id,
        users.c.has_seeded_password,
        agents.c.status,
        agents.c.active_sessions,
        agents.c.capacity,
    ]
    statement = (
        select(*columns)
        .outerjoin(agents, agents.c.user_id == users.c.id)
        .order_by(users.c.role, users.c.email)
    )
    return [AccountRow(*row) for row in await tx.execute(statement)]


async def list_emails_with_seeded_password(tx: AsyncSession) -> list[str]:
    """List the addresses of active users that still have the password of the seed."""
    statement = select(users.c.email).where(users.c.has_seeded_password, users.c.is_active)
    return list((await tx.execute(statement.order_by(users.c.email))).scalars())


async def count_accounts(tx: AsyncSession) -> int:
    """Count the accounts that can log in."""
    statement = select(func.count()).select_from(users).where(users.c.is_active)
    return int((await tx.execute(statement)).scalar_one())


def _select_bound_agents() -> Select[Any]:
    return (
        select(*BOUND_AGENT_COLUMNS)
        .join(agents, agents.c.user_id == users.c.id)
        .where(users.c.is_active)
    )
