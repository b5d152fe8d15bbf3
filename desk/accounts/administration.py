"""What administrators do to accounts: another role, another address, disabled, enabled again."""

from db.ids import UserId
from db.queries.accounts import accounts as queries
from db.queries.accounts import password_resets, staff_lists
from db.queries.accounts.accounts import BoundAgent
from db.tables import Role, User
from desk.accounts.errors import EmailTakenError, LastAdminError
from desk.accounts.names import normal_email
from desk.audit import Actor, note, record
from desk.conversations import presence
from desk.unit_of_work import Desk


async def change_role(desk: Desk, user: User, role: Role, *, by: BoundAgent) -> None:
    """Give a user another role, from this moment on; raises LastAdminError."""
    if role is user.role:
        return
    await _keep_an_admin(desk, user)
    await queries.update_user(desk.tx, user.id, role=role)
    details = {"from": user.role.value, "to": role.value}
    note(desk, by, "account.role_changed", f"user:{user.id}", details)


async def change_email(desk: Desk, user: User, email: str, *, by: BoundAgent) -> None:
    """Give a user another address to log in with; raises BadEmailError, EmailTakenError."""
    email = normal_email(email)
    if email == user.email:
        return
    if await queries.find_user_by_email(desk.tx, email) is not None:
        raise EmailTakenError(email)
    await queries.update_user(desk.tx, user.id, email=email)
    details = {"from": user.email, "to": email}
    note(desk, by, "account.email_changed", f"user:{user.id}", details)


async def disable(desk: Desk, user: User, *, by: BoundAgent) -> None:
    """Shut a user out at once; what they held goes to others, or waits; raises LastAdminError."""
    if not user.is_active:
        return
    await _keep_an_admin(desk, user)
    await queries.update_user(
        desk.tx,
        user.id,
        is_active=False,
        token_version=User.token_version + 1,
        link_code_hash=None,
        link_code_expires_at=None,
    )
    await queries.end_log_ins(desk.tx, user.id, "disabled", desk.now)
    await password_resets.delete_reset(desk.tx, user.id)
    note(desk, by, "account.disabled", f"user:{user.id}")
    row = await staff_lists.find_user(desk.tx, user.id)
    if row is not None:
        agent = BoundAgent(user.id, row.agent_id, row.name, row.role, row.telegram_id)
        await presence.leave_for_good(desk, agent, by=by)


async def enable(desk: Desk, user: User, *, by: Actor) -> None:
    """Let a disabled user in again, with the password and the second factor that they had."""
    if user.is_active:
        return
    await queries.update_user(desk.tx, user.id, is_active=True)
    await record(desk.tx, by, "account.enabled", f"user:{user.id}", now=desk.now)


async def lock_account(desk: Desk, user_id: UserId) -> User | None:
    """Read a user for a change of role or of being active, which no other overtakes.

    Administrators first, always: two that disable each other must not wait for one another.
    """
    await staff_lists.lock_active_admins(desk.tx)
    return await queries.find_user(desk.tx, user_id, lock=True)


async def _keep_an_admin(desk: Desk, user: User) -> None:
    if user.role is not Role.ADMIN or not user.is_active:
        return
    if set(await staff_lists.lock_active_admins(desk.tx)) <= {user.id}:
        raise LastAdminError
