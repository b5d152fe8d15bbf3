"""Users and their roles; for administrators."""

from functools import partial

from api.access.caller import Caller
from api.errors.problems import NotFound
from api.pages.password_reset.page import RESET_PAGE_PATH
from api.people.models import NewUser, ResetLink, UserChanges, UserOut, UserQuery
from api.schemas.pagination import Cursor, Page, build_page
from db.ids import UserId
from db.queries.accounts import staff_lists as queries
from db.queries.accounts.staff_lists import UserRow
from db.tables import User
from desk.accounts import administration
from desk.accounts.log_ins import end_all_log_ins
from desk.accounts.password_resets import issue_reset
from desk.accounts.second_factor import SecondFactors, disable_second_factor
from desk.unit_of_work import UnitOfWork
from desk.urls.public import PublicAddress


async def list_users(uow: UnitOfWork, query: UserQuery) -> Page[UserOut]:
    """List users, the newest first."""
    rows = await queries.list_users(
        uow.tx,
        start=query.start,
        limit=query.limit,
        role=query.role,
        is_active=query.is_active,
        words=query.q,
    )
    return build_page(rows, query, to_schema, lambda row: Cursor(row.created_at, row.id))


async def show(uow: UnitOfWork, user_id: UserId) -> UserOut:
    """Show one user."""
    return to_schema(await _load_user(uow, user_id))


async def create(uow: UnitOfWork, caller: Caller, body: NewUser) -> UserOut:
    """Create a user, who is also an agent; they can log in after they get a link."""
    user_id = await administration.create_user(
        uow, name=body.name, email=body.email, role=body.role, by=caller.actor
    )
    return to_schema(await _load_user(uow, user_id))


async def change(
    uow: UnitOfWork, caller: Caller, user_id: UserId, body: UserChanges, factors: SecondFactors
) -> UserOut:
    """Change a user's name, address, picture or role; disable them; require a second factor.

    A disabled user is logged out at once, and other agents get their sessions. The last
    administrator cannot be disabled or lose the role.
    """
    user = await administration.lock_user(uow, user_id)
    if user is None:
        raise NotFound
    if body.name is not None:
        await administration.rename_user(uow, user_id, body.name, by=caller.actor)
    if body.email is not None:
        await administration.change_email(uow, user, body.email, by=caller.actor)
    if body.role is not None:
        await administration.change_role(uow, user, body.role, by=caller.actor)
    if "avatar_url" in body.model_fields_set:
        await administration.set_avatar(uow, user, body.avatar_url, by=caller.actor)
    await _set_active(uow, caller, user, body.is_active)
    if body.second_factor_required is not None:
        require = partial(factors.set_required, by=caller.actor, now=uow.now)
        await require(uow.tx, user_id, body.second_factor_required)
    return to_schema(await _load_user(uow, user_id))


async def _set_active(uow: UnitOfWork, caller: Caller, user: User, is_active: bool | None) -> None:
    if is_active is True:
        await administration.enable_user(uow, user, by=caller.actor)
    elif is_active is False:
        await administration.disable_user(uow, user, by=caller.actor)


async def create_reset_link(
    uow: UnitOfWork, caller: Caller, user_id: UserId, address: PublicAddress
) -> ResetLink:
    """Create a link with which a user chooses a password; it works once and for 24 hours."""
    row = await _load_user(uow, user_id)
    made = await issue_reset(uow.tx, row.id, by=caller.actor, now=uow.now)
    # In the fragment: browsers do not send it, so no log contains it.
    path = f"{RESET_PAGE_PATH}#{made.token}"
    return ResetLink(
        token=made.token, path=path, link=address.url_for(path), expires_at=made.expires_at
    )


async def log_out(uow: UnitOfWork, caller: Caller, user_id: UserId) -> None:
    """End all log-ins of a user."""
    row = await _load_user(uow, user_id)
    await end_all_log_ins(uow.tx, row.id, by=caller.actor, now=uow.now)


async def remove_second_factor(uow: UnitOfWork, caller: Caller, user_id: UserId) -> None:
    """Switch off a user's lost second factor, and delete their recovery codes."""
    row = await _load_user(uow, user_id)
    await disable_second_factor(uow.tx, row.id, by=caller.actor, now=uow.now)


async def _load_user(uow: UnitOfWork, user_id: UserId) -> UserRow:
    row = await queries.find_user(uow.tx, user_id)
    if row is None:
        raise NotFound
    return row


def to_schema(row: UserRow) -> UserOut:
    """Convert a user's row to the schema."""
    return UserOut(
        id=row.id,
        agent_id=row.agent_id,
        name=row.name,
        email=row.email,
        role=row.role,
        is_active=row.is_active,
        status=row.status,
        active_sessions=row.active_sessions,
        telegram_linked=row.telegram_id is not None,
        has_published_password=row.has_seeded_password,
        second_factor_on=row.second_factor_since is not None,
        second_factor_required=bool(row.second_factor_required),
        avatar_url=row.avatar_url,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
