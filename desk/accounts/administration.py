"""Create and change accounts at the desk: name, role, email address, disable, enable."""

from db.ids import UserId
from db.queries.accounts import accounts as queries
from db.queries.accounts import agents, password_resets, staff_lists
from db.tables import Role, User
from desk.accounts.accounts import add_account, rename_account
from desk.accounts.errors import EmailTakenError, LastAdminError
from desk.accounts.names import normalize_email
from desk.accounts.unique_names import require_free_name
from desk.actors import Actor, human_agent
from desk.audit import add_entry, record
from desk.conversations import presence
from desk.conversations.console_doors import hide_menu_button, show_menu_button
from desk.conversations.own_chats import forget_own_chat
from desk.events import AgentChanged
from desk.unit_of_work import UnitOfWork


async def create_user(uow: UnitOfWork, *, name: str, email: str, role: Role, by: Actor) -> UserId:
    """Create a user, who is also an agent and has no password yet; raise AccountError."""
    made = await add_account(uow.tx, name=name, email=email, role=role, by=by, now=uow.now)
    uow.events.add(AgentChanged(made.agent_id))
    return made.user_id


async def rename_user(uow: UnitOfWork, user_id: UserId, name: str, *, by: Actor) -> str:
    """Rename a user and their agent; return the name as stored; raise AccountError."""
    stored = await rename_account(uow.tx, user_id, name, by=by, now=uow.now)
    await _announce(uow, user_id)
    return stored


async def change_role(uow: UnitOfWork, user: User, role: Role, *, by: Actor) -> None:
    """Change a user's role, effective at once; raise LastAdminError."""
    if role is user.role:
        return
    await _check_another_admin(uow, user)
    await queries.update_user(uow.tx, user.id, role=role)
    details = {"from": user.role.value, "to": role.value}
    add_entry(uow, by, "account.role_changed", f"user:{user.id}", details)
    await _announce(uow, user.id)


async def change_email(uow: UnitOfWork, user: User, email: str, *, by: Actor) -> None:
    """Change the email address that a user logs in with; raise BadEmailError or EmailTakenError."""
    email = normalize_email(email)
    if email == user.email:
        return
    if await queries.find_user_by_email(uow.tx, email) is not None:
        raise EmailTakenError(email)
    await queries.update_user(uow.tx, user.id, email=email)
    # A link that was sent to the old address must not set the password.
    await password_resets.delete_reset(uow.tx, user.id)
    details = {"from": user.email, "to": email}
    add_entry(uow, by, "account.email_changed", f"user:{user.id}", details)


async def set_avatar(uow: UnitOfWork, user: User, url: str | None, *, by: Actor) -> None:
    """Set the address of a user's picture; None removes it."""
    await queries.update_user(uow.tx, user.id, avatar_url=url)
    add_entry(uow, by, "account.avatar_changed", f"user:{user.id}")
    await _announce(uow, user.id)


async def disable_user(uow: UnitOfWork, user: User, *, by: Actor) -> None:
    """Disable a user at once; their sessions go to other agents or wait; raise LastAdminError."""
    if not user.is_active:
        return
    await _check_another_admin(uow, user)
    await queries.update_user(
        uow.tx,
        user.id,
        is_active=False,
        token_version=User.token_version + 1,
        link_code_hash=None,
        link_code_expires_at=None,
    )
    await queries.update_agent_of_user(uow.tx, user.id, is_active=False)
    await queries.end_log_ins(uow.tx, user.id, "disabled", uow.now)
    await password_resets.delete_reset(uow.tx, user.id)
    add_entry(uow, by, "account.disabled", f"user:{user.id}")
    await _announce(uow, user.id)
    if user.telegram_id is not None:
        hide_menu_button(uow, user.telegram_id)
    row = await staff_lists.find_user(uow.tx, user.id)
    if row is not None:
        agent = human_agent(row.name, row.agent_id, user.id, row.role)
        await presence.retire_agent(uow, agent, by=by)
        await forget_own_chat(uow, agent, by=by)


async def enable_user(uow: UnitOfWork, user: User, *, by: Actor) -> None:
    """Enable a disabled user again; password and second factor stay as they were.

    Raises NameTakenError if another agent got the name meanwhile.
    """
    if user.is_active:
        return
    agent = await agents.find_agent_of_user(uow.tx, user.id)
    if agent is not None:
        await require_free_name(uow.tx, agent[1])
    await queries.update_user(uow.tx, user.id, is_active=True)
    await queries.update_agent_of_user(uow.tx, user.id, is_active=True)
    if user.telegram_id is not None:
        show_menu_button(uow, user.telegram_id)
    await record(uow.tx, by, "account.enabled", f"user:{user.id}", now=uow.now)
    await _announce(uow, user.id)


async def lock_user(uow: UnitOfWork, user_id: UserId) -> User | None:
    """Lock a user before changing the role or disabling; return None if there is no such user.

    Administrators are always locked first, so that two who disable each other cannot deadlock.
    """
    await staff_lists.lock_active_admins(uow.tx)
    return await queries.find_user(uow.tx, user_id, lock=True)


async def _announce(uow: UnitOfWork, user_id: UserId) -> None:
    if (agent := await agents.find_agent_of_user(uow.tx, user_id)) is not None:
        uow.events.add(AgentChanged(agent[0]))


async def _check_another_admin(uow: UnitOfWork, user: User) -> None:
    if user.role is not Role.ADMIN or not user.is_active:
        return
    if set(await staff_lists.lock_active_admins(uow.tx)) <= {user.id}:
        raise LastAdminError
