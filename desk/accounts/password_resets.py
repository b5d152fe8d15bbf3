"""One-time links to set a password: for a new account or a forgotten password."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.database import Transaction
from db.ids import UserId
from db.queries.accounts import accounts
from db.queries.accounts import password_resets as queries
from desk.accounts.accounts import set_password_hash
from desk.accounts.refresh_tokens import hash_token
from desk.actors import Actor, human
from desk.audit import record

RESET_LIFETIME = timedelta(hours=24)
_PREFIX = "odp_"


@dataclass(frozen=True, slots=True)
class PasswordReset:
    """The token for the person; anyone who has it can set the password."""

    token: str
    expires_at: datetime


async def issue_reset(
    tx: Transaction, user_id: UserId, *, by: Actor, now: datetime
) -> PasswordReset:
    """Issue a one-time token for a user; it voids the previous one."""
    token, expires_at = _PREFIX + secrets.token_urlsafe(32), now + RESET_LIFETIME
    await queries.replace_reset(tx, user_id, hash_token(token), expires_at)
    await record(tx, by, "account.reset_issued", f"user:{user_id}", now=now)
    return PasswordReset(token, expires_at)


async def can_redeem(tx: Transaction, token: str, now: datetime) -> bool:
    """Check whether a token can still be used."""
    return await queries.lock_user_by_reset(tx, hash_token(token), now) is not None


async def redeem_reset(tx: Transaction, token: str, password_hash: str, now: datetime) -> bool:
    """Set the password of the token's user and end their log-ins; False for an invalid token."""
    user_id = await queries.lock_user_by_reset(tx, hash_token(token), now)
    user = None if user_id is None else await accounts.find_user(tx, user_id)
    if user is None or not user.is_active:
        return False
    await queries.delete_reset(tx, user.id)
    await set_password_hash(tx, user, password_hash, by=human(user.name, user.id), now=now)
    return True
