"""Find the caller of an API request: one read for each request, by primary keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId, LogInId, UserId
from db.tables import Agent, LogIn, Role, SecondFactor, User

users = get_table(User)
agents = get_table(Agent)
log_ins = get_table(LogIn)
factors = get_table(SecondFactor)


@dataclass(frozen=True, slots=True)
class CallerRow:
    """An active user with an active log-in."""

    user_id: UserId
    agent_id: AgentId
    name: str
    email: str
    role: Role
    telegram_id: str | None
    token_version: int
    expires_at: datetime
    must_enrol: bool
    seen_at: datetime | None


_CALLERS = (
    select(
        users.c.id,
        agents.c.id,
        users.c.name,
        users.c.email,
        users.c.role,
        users.c.telegram_id,
        users.c.token_version,
        log_ins.c.expires_at,
        agents.c.last_seen_at,
        factors.c.is_required,
        factors.c.confirmed_at,
    )
    .join(agents, agents.c.user_id == users.c.id)
    .join(log_ins, log_ins.c.user_id == users.c.id)
    .outerjoin(factors, factors.c.user_id == users.c.id)
    .where(
        users.c.is_active.is_(True),
        log_ins.c.ended_at.is_(None),
    )
)
_CALLER = _CALLERS.where(
    users.c.id == bindparam("user"),
    log_ins.c.id == bindparam("log_in"),
)
_OF_LOG_INS = _CALLERS.add_columns(log_ins.c.id.label("log_in")).where(
    log_ins.c.id.in_(bindparam("log_ins", expanding=True))
)


async def find_caller(tx: AsyncSession, user_id: UserId, log_in: LogInId) -> CallerRow | None:
    """Read the user of a log-in; None if the log-in has ended or the user is not active."""
    row = (await tx.execute(_CALLER, {"user": user_id, "log_in": log_in})).first()
    if row is None:
        return None
    return _to_row(row)


async def find_callers(tx: AsyncSession, log_in_ids: Sequence[LogInId]) -> dict[LogInId, CallerRow]:
    """Read the users of many log-ins, without ended log-ins and inactive users."""
    rows = await tx.execute(_OF_LOG_INS, {"log_ins": log_in_ids})
    return {row.log_in: _to_row(row) for row in rows}


def _to_row(row: Any) -> CallerRow:
    must_enrol = bool(row.is_required) and row.confirmed_at is None
    return CallerRow(
        row[0],
        row[1],
        row.name,
        row.email,
        row.role,
        row.telegram_id,
        row.token_version,
        row.expires_at,
        must_enrol,
        row.last_seen_at,
    )
