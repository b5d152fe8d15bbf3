"""Log-ins and their refresh tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import count_changed, get_table
from db.ids import LogInId, UserId, new_id
from db.tables import LogIn, RefreshToken, User

log_ins = get_table(LogIn)
tokens = get_table(RefreshToken)
users = get_table(User)
_MAX_ADDRESSES = 100


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A refresh token with its log-in and its user."""

    id: str
    expires_at: datetime
    used_at: datetime | None
    used_by: str | None
    log_in_id: LogInId
    log_in_expires_at: datetime
    log_in_ended_at: datetime | None
    user_id: UserId
    user_name: str
    user_is_active: bool
    token_version: int


_TOKEN = (
    select(
        tokens.c.id,
        tokens.c.expires_at,
        tokens.c.used_at,
        tokens.c.used_by,
        log_ins.c.id,
        log_ins.c.expires_at,
        log_ins.c.ended_at,
        users.c.id,
        users.c.name,
        users.c.is_active,
        users.c.token_version,
    )
    .join(log_ins, log_ins.c.id == tokens.c.log_in_id)
    .join(users, users.c.id == log_ins.c.user_id)
)


async def add_log_in(tx: AsyncSession, **columns: Any) -> LogInId:
    """Add a log-in and return its id."""
    log_in_id = LogInId(new_id())
    await tx.execute(insert(log_ins).values(id=log_in_id, **columns))
    return log_in_id


async def list_addresses(tx: AsyncSession, email: str, since: datetime) -> list[str]:
    """List the addresses from which a user logged in, or used a log-in, since then."""
    found = await tx.scalars(
        select(log_ins.c.address)
        .distinct()
        .join(users, users.c.id == log_ins.c.user_id)
        .where(users.c.email == email, log_ins.c.last_used_at >= since)
        .limit(_MAX_ADDRESSES)
    )
    return list(found)


async def add_token(
    tx: AsyncSession, log_in_id: LogInId, token_hash: str, now: datetime, expires_at: datetime
) -> None:
    """Add a refresh token to a log-in."""
    row = {"log_in_id": log_in_id, "token_hash": token_hash, "created_at": now}
    await tx.execute(insert(tokens).values(id=new_id(), expires_at=expires_at, **row))


async def lock_token_by_hash(tx: AsyncSession, token_hash: str) -> TokenRow | None:
    """Find a token and lock it until the commit, so that two uses never run at once."""
    held = select(tokens.c.id).where(tokens.c.token_hash == token_hash).with_for_update()
    token_id = (await tx.execute(held)).scalar_one_or_none()
    if token_id is None:
        return None
    found = (await tx.execute(_TOKEN.where(tokens.c.id == token_id))).one()
    return TokenRow(*found)


async def mark_token_used(tx: AsyncSession, token: TokenRow, by: str, now: datetime) -> None:
    """Record who used a token, and when its log-in was last used."""
    await tx.execute(update(tokens).where(tokens.c.id == token.id).values(used_at=now, used_by=by))
    alive = update(log_ins).where(log_ins.c.id == token.log_in_id).values(last_used_at=now)
    await tx.execute(alive)


async def expire_unused_tokens(tx: AsyncSession, log_in_id: LogInId, now: datetime) -> None:
    """Let a log-in's unused tokens expire, and record that the log-in was used."""
    unused = tokens.c.log_in_id == log_in_id, tokens.c.used_at.is_(None)
    await tx.execute(update(tokens).where(*unused).values(expires_at=now))
    alive = update(log_ins).where(log_ins.c.id == log_in_id).values(last_used_at=now)
    await tx.execute(alive)


class BegunLogIn(NamedTuple):
    """A log-in that a Mini App's data began."""

    id: LogInId
    user_id: UserId
    expires_at: datetime
    ended_at: datetime | None


async def find_by_init_data(tx: AsyncSession, digest: str) -> BegunLogIn | None:
    """Find the log-in that a Mini App's data began."""
    columns = log_ins.c.id, log_ins.c.user_id, log_ins.c.expires_at, log_ins.c.ended_at
    found = await tx.execute(select(*columns).where(log_ins.c.init_data_digest == digest))
    row = found.first()
    return None if row is None else BegunLogIn(*row)


async def end_log_in(
    tx: AsyncSession, log_in_id: LogInId, because: str, now: datetime, *, of: UserId | None = None
) -> bool:
    """End a log-in; return False if no active one matches.

    With `of`, only a log-in of this user.
    """
    open_one = [log_ins.c.id == log_in_id, log_ins.c.ended_at.is_(None)]
    if of is not None:
        open_one.append(log_ins.c.user_id == of)
    changes = {"ended_at": now, "end_reason": because}
    result = await tx.execute(update(log_ins).where(*open_one).values(changes))
    return count_changed(result) == 1


async def list_active(
    tx: AsyncSession, user_id: UserId, now: datetime, *, used_since: datetime, most: int
) -> Sequence[LogIn]:
    """List a user's log-ins that can still be used, the last used first."""
    statement = (
        select(LogIn)
        .where(
            log_ins.c.user_id == user_id,
            log_ins.c.ended_at.is_(None),
            log_ins.c.expires_at > now,
            log_ins.c.last_used_at > used_since,
        )
        .order_by(log_ins.c.last_used_at.desc(), log_ins.c.id)
        .limit(most)
    )
    return (await tx.scalars(statement)).all()
