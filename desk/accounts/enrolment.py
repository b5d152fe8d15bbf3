"""Enrol members of the staff group as agents when they reply (STAFF_ENROLMENT=members)."""

from datetime import datetime
from functools import partial

from db.database import Transaction
from db.ids import UserId
from db.queries.accounts import accounts as queries
from db.queries.accounts.accounts import BoundAgent
from db.queries.accounts.agents import find_agent_of_user, save_agent
from db.tables import AgentStatus, Role
from desk.accounts.names import name_from_telegram
from desk.accounts.passwords import UNUSABLE_HASH
from desk.accounts.unique_names import find_free_name
from desk.actors import human
from desk.audit import record


async def enrol_member(
    tx: Transaction, telegram_id: str, name: str, *, now: datetime
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
    name = await _save_online_agent(tx, user_id, name, now)
    details = {"telegram_id": telegram_id, "name": name}
    await record(tx, human(name, user_id), "member.enrolled", f"user:{user_id}", details, now=now)
    return await queries.find_bound_agent(tx, telegram_id)


async def _save_online_agent(tx: Transaction, user_id: UserId, wanted: str, now: datetime) -> str:
    """Add a user's agent, or set the present one online; return its name.

    A name that another agent has gets a number: a member cannot be asked for another one.
    """
    save = partial(save_agent, tx, user_id, status=AgentStatus.ONLINE, capacity=10, now=now)
    known = await find_agent_of_user(tx, user_id)
    if known is not None:
        await save(name=known[1])
        return known[1]
    while not await save(name=(name := await find_free_name(tx, wanted))):
        pass  # another agent got this name at the same moment
    if name != wanted:
        await queries.update_user(tx, user_id, name=name)
    return name


async def _add_user(
    tx: Transaction, email: str, name: str, telegram_id: str, now: datetime
) -> UserId | None:
    # Two replies of a new member may be handled at once: the second insert finds the first one's
    # row.
    await queries.add_user_if_new(
        tx, name=name, email=email, password_hash=UNUSABLE_HASH, role=Role.CS, now=now
    )
    user = await queries.find_user_by_email(tx, email)
    if user is None or not user.is_active:
        return None
    await queries.update_user(tx, user.id, telegram_id=telegram_id)
    return user.id
