"""Create accounts, change passwords and names, and list accounts."""

from dataclasses import dataclass
from datetime import datetime

from db.database import Transaction
from db.ids import AgentId, UserId, new_id
from db.queries.accounts import accounts as queries
from db.queries.accounts.accounts import AccountRow
from db.queries.accounts.agents import add_human_agent, find_agent_of_user, set_agent_name
from db.tables import Role, User
from db.tables.base import now_utc
from desk.accounts.errors import EmailTakenError, NoSuchAccountError
from desk.accounts.names import normalize_email, normalize_name
from desk.accounts.passwords import UNUSABLE_HASH, check_new_password, hash_password
from desk.accounts.unique_names import find_free_name, require_free_name
from desk.actors import CONSOLE, Actor
from desk.audit import record


@dataclass(frozen=True, slots=True)
class Account:
    """A user and the agent of this user."""

    user_id: UserId
    agent_id: AgentId
    name: str
    email: str
    role: Role


async def create_account(
    tx: Transaction,
    *,
    name: str,
    email: str,
    password: str,
    role: Role,
    by: Actor = CONSOLE,
    seeded: bool = False,
) -> Account:
    """Create a user with a password, and the user's agent.

    `seeded` is for a demonstration account: the password rules do not apply to it, its name gets a
    number if it is taken, and it is marked so that a start in production can warn of it. Raises
    AccountError.
    """
    name, email = normalize_name(name), normalize_email(email)
    if not seeded:
        check_new_password(password)
    # Hash before the first statement: on SQLite that statement takes the write lock.
    password_hash = await hash_password(password)
    return await add_account(
        tx,
        name=name,
        email=email,
        password_hash=password_hash,
        role=role,
        by=by,
        seeded=seeded,
    )


async def add_account(
    tx: Transaction,
    *,
    name: str,
    email: str,
    role: Role,
    password_hash: str = UNUSABLE_HASH,
    by: Actor = CONSOLE,
    seeded: bool = False,
    now: datetime | None = None,
) -> Account:
    """Create a user and the user's agent; without a hash nobody can log in with a password.

    Raises AccountError.
    """
    name, email = normalize_name(name), normalize_email(email)
    if await queries.find_user_by_email(tx, email) is not None:
        raise EmailTakenError(email)
    if seeded:
        name = await find_free_name(tx, name)
    user_id = UserId(new_id())
    user = User(id=user_id, name=name, email=email, password_hash=password_hash, role=role)
    user.has_seeded_password = seeded
    agent_id = await add_user_and_agent(tx, user)
    details = {"email": email, "role": role.value}
    await record(tx, by, "account.created", f"user:{user_id}", details, now=now)
    return Account(user_id, agent_id, name, email, role)


async def add_user_and_agent(tx: Transaction, user: User) -> AgentId:
    """Add a new user and its agent, in the order that the foreign keys need.

    Raises NameTakenError.
    """
    await require_free_name(tx, user.name)
    tx.add(user)
    await tx.flush()
    return await add_human_agent(tx, user.id, user.name)


async def set_password(
    tx: Transaction,
    email: str,
    password: str,
    *,
    by: Actor = CONSOLE,
    now: datetime | None = None,
) -> None:
    """Change a password and end all log-ins made with the old one; raise AccountError."""
    email = normalize_email(email)
    check_new_password(password)
    password_hash = await hash_password(password)
    user = await get_user_by_email(tx, email)
    await set_password_hash(tx, user, password_hash, by=by, now=now or now_utc())


async def set_password_hash(
    tx: Transaction, user: User, password_hash: str, *, by: Actor, now: datetime
) -> None:
    """Change a user's password hash and end all log-ins made with the old password."""
    await queries.update_user(
        tx,
        user.id,
        password_hash=password_hash,
        token_version=User.token_version + 1,
        has_seeded_password=False,
    )
    await queries.end_log_ins(tx, user.id, "password changed", now)
    details = {"email": user.email}
    await record(tx, by, "account.password_changed", f"user:{user.id}", details, now=now)


async def rename_account(
    tx: Transaction, user_id: UserId, name: str, *, by: Actor, now: datetime
) -> str:
    """Rename a user and the user's agent; return the name as stored.

    Raises BadNameError or NameTakenError.
    """
    name = normalize_name(name)
    user, agent = await queries.find_user(tx, user_id), await find_agent_of_user(tx, user_id)
    await queries.update_user(tx, user_id, name=name)
    if user is not None and agent is not None:
        agent_id, _ = agent
        if user.is_active:
            await require_free_name(tx, name, except_for=agent_id)
        await set_agent_name(tx, agent_id, name)
    await record(tx, by, "account.renamed", f"user:{user_id}", {"name": name}, now=now)
    return name


async def get_user_by_email(tx: Transaction, email: str) -> User:
    """Find the user with this email address; raise NoSuchAccountError if there is none."""
    user = await queries.find_user_by_email(tx, normalize_email(email))
    if user is None:
        raise NoSuchAccountError(normalize_email(email))
    return user


async def list_accounts(tx: Transaction) -> list[AccountRow]:
    """List all accounts, administrators first."""
    return await queries.list_account_rows(tx)


async def list_seeded_emails(tx: Transaction) -> list[str]:
    """List the email addresses of accounts whose password is in the public documentation."""
    return await queries.list_emails_with_seeded_password(tx)
