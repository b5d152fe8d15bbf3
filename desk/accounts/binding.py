"""Bind Telegram accounts to agents; posting in the staff group does not make someone an agent."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.database import Transaction
from db.ids import UserId
from db.queries.accounts import accounts as queries
from db.queries.accounts.accounts import BoundAgent
from desk.accounts.enrolment import enrol_member
from desk.actors import CONSOLE, Actor, human
from desk.audit import record

__all__ = [
    "Binding",
    "BoundAgent",
    "enrol_member",
    "find_bound_agent",
    "is_link_code",
    "issue_link_code",
    "list_bound_agents",
    "redeem_link_code",
    "unbind_telegram",
]


async def issue_link_code(
    tx: Transaction, user_id: UserId, *, now: datetime, by: Actor = CONSOLE
) -> str:
    """Issue a code that binds one Telegram account within 10 minutes; it voids the last code."""
    code = generate_code()
    await queries.update_user(
        tx, user_id, link_code_hash=hash_code(code), link_code_expires_at=now + LINK_CODE_LIFETIME
    )
    await record(tx, by, "account.link_code_issued", f"user:{user_id}", now=now)
    return code


@dataclass(frozen=True, slots=True)
class Binding:
    """An agent whose Telegram account was just bound, and the account that it had before."""

    agent: BoundAgent
    former_telegram_id: str | None


async def redeem_link_code(
    tx: Transaction, code: str, *, telegram_id: str, telegram_name: str, now: datetime
) -> Binding | None:
    """Bind the Telegram account to the code's user; return None if the code is not valid.

    A code is not valid if it is wrong, used or expired. A Telegram account belongs to one user: if
    another user had it, it is taken from them.
    """
    user = await queries.lock_user_by_link_code(tx, hash_code(code), now)
    if user is None:
        return None
    by = human(telegram_name or telegram_id, user.id)
    holder = await queries.find_user_by_telegram_id(tx, telegram_id)
    if holder is not None and holder != user.id:
        await _unbind_user(
            tx, holder, telegram_id, by=by, reason="bound to another account", now=now
        )
    await queries.update_user(
        tx, user.id, telegram_id=telegram_id, link_code_hash=None, link_code_expires_at=None
    )
    details = {"telegram_id": telegram_id, "telegram_name": telegram_name}
    former = None if user.telegram_id == telegram_id else user.telegram_id
    if former is not None:
        details["instead_of"] = former
    await record(tx, by, "telegram.bound", f"user:{user.id}", details, now=now)
    agent = await queries.find_bound_agent(tx, telegram_id)
    return None if agent is None else Binding(agent, former)


async def void_link_code(
    tx: Transaction, code: str, *, reason: str, by: Actor, now: datetime
) -> bool:
    """Make a code useless; return False if it was not valid anyway."""
    user = await queries.lock_user_by_link_code(tx, hash_code(code), now)
    if user is None:
        return False
    await queries.update_user(tx, user.id, link_code_hash=None, link_code_expires_at=None)
    details = {"reason": reason}
    await record(tx, by, "account.link_code_voided", f"user:{user.id}", details, now=now)
    return True


async def unbind_telegram(
    tx: Transaction, telegram_id: str, *, reason: str, now: datetime, by: Actor = CONSOLE
) -> BoundAgent | None:
    """Unbind the Telegram account from its user; return the agent that had it, if active."""
    agent = await queries.find_bound_agent(tx, telegram_id)
    holder = await queries.find_user_by_telegram_id(tx, telegram_id)
    if holder is not None:
        await _unbind_user(tx, holder, telegram_id, by=by, reason=reason, now=now)
    return agent


async def find_bound_agent(tx: Transaction, telegram_id: str) -> BoundAgent | None:
    """Find the agent of this Telegram account; None unless it is bound to an active user."""
    return await queries.find_bound_agent(tx, telegram_id)


async def list_bound_agents(tx: Transaction) -> list[BoundAgent]:
    """List all agents that answer from Telegram, by name."""
    return await queries.list_bound_agents(tx)


async def _unbind_user(
    tx: Transaction, user_id: UserId, telegram_id: str, *, by: Actor, reason: str, now: datetime
) -> None:
    await queries.update_user(tx, user_id, telegram_id=None)
    details = {"telegram_id": telegram_id, "reason": reason}
    await record(tx, by, "telegram.unbound", f"user:{user_id}", details, now=now)


LINK_CODE_LIFETIME = timedelta(minutes=10)
# Crockford's base 32 leaves out I, L, O and U, so that no letter is mistaken for another.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
# 16 letters of 5 bits: 80 bits. A code cannot be guessed within 10 minutes, however many codes are
# tried, so attempts need no throttle.
_CODE_LENGTH = 16
_GROUP_SIZE = 4


def generate_code() -> str:
    """Return a code of 80 random bits, in groups that are easy to type: `7K2M-…-…-…`."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
    return "-".join(
        letters[start : start + _GROUP_SIZE] for start in range(0, _CODE_LENGTH, _GROUP_SIZE)
    )


def is_link_code(text: str) -> bool:
    """Check whether a text has the form of a code, however it is grouped."""
    return re.fullmatch(rf"(?:[\s_-]*[0-9A-Za-z]){{{_CODE_LENGTH}}}[\s_-]*", text) is not None


def hash_code(code: str) -> str:
    """Return the hash to store for a code, ignoring case, dashes and look-alike letters."""
    letters = re.sub(r"[\s_-]", "", code).upper()
    plain = letters.translate(_LOOKALIKES)
    return hashlib.sha256(plain.encode()).hexdigest()
