"""Enrol members of the staff group as agents when they reply (STAFF_ENROLMENT=members)."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, insert_or_ignore
from db.ids import UserId, new_id
from db.queries.accounts import accounts as queries
from db.queries.accounts.accounts import BoundAgent
from db.tables import Agent, AgentKind, AgentStatus, Role, User
from desk.accounts.names import name_from_telegram
from desk.accounts.passwords import UNUSABLE_HASH
from desk.audit import Actor, record

_users = get_table(User)
_agents = get_table(Agent)


async def enrol_member(
    tx: AsyncSession, telegram_id: str, name: str, *, now: datetime
) -> BoundAgent | None:
    """Enrol a member of the staff group as an online agent; return an existing agent unchanged.

    Returns None if an administrator disabled the account: enrolment does not undo that.
    """
    if await queries.find_user_by_telegram_id(tx, telegram_id) is not None:
        return await queries.find_bound_agent(tx, telegram_id)
    # `.invalid` is a reserved domain: no mail ever goes there.
    email = f"telegram-{telegram_id}@members.invalid"
    name = name_from_telegram(name, telegram_id)
    user_id = await _add_user(tx, email, name, telegram_id, now)
    if user_id is None:
        return None
    await _add_online_agent(tx, user_id, name, now)
    details = {"telegram_id": telegram_id, "name": name}
    await record(tx, Actor(name, user_id), "member.enrolled", f"user:{user_id}", details, now=now)
    return await queries.find_bound_agent(tx, telegram_id)


async def _add_user(
    tx: AsyncSession, email: str, name: str, telegram_id: str, now: datetime
) -> UserId | None:
    # Two replies of a new member may be handled at once: the second insert finds the first one's
    # row.
    row = {
        "id": new_id(),
        "name": name,
        "email": email,
        "password_hash": UNUSABLE_HASH,
        "role": Role.CS,
        "is_active": True,
        "token_version": 0,
        "has_seeded_password": False,
        "created_at": now,
    }
    await tx.execute(insert_or_ignore(tx, _users, ("email",)), [row])
    user = await queries.find_user_by_email(tx, email)
    if user is None or not user.is_active:
        return None
    await queries.update_user(tx, user.id, telegram_id=telegram_id)
    return user.id


async def _add_online_agent(tx: AsyncSession, user_id: UserId, name: str, now: datetime) -> None:
    row = {
        "id": new_id(),
        "kind": AgentKind.HUMAN,
        "name": name,
        "user_id": user_id,
        "status": AgentStatus.ONLINE,
        "capacity": 10,
        "active_sessions": 0,
        "created_at": now,
    }
    await tx.execute(insert_or_ignore(tx, _agents, ("user_id",)), [row])
    await tx.execute(
        update(_agents).where(_agents.c.user_id == user_id).values(status=AgentStatus.ONLINE)
    )
