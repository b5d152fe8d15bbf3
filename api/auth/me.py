"""The caller's own account."""

from api.access.caller import Caller
from api.auth.models import Me, MeChanges
from api.auth.reauthentication import Reauthenticator
from api.errors.problems import Conflict, ValidationFailed
from api.routing.transactions import Transactions
from db.queries.accounts import accounts, agents
from desk.accounts.accounts import set_password_hash
from desk.accounts.administration import rename_user
from desk.accounts.client_info import ClientInfo
from desk.accounts.hashing import Hasher
from desk.accounts.passwords import check_new_password
from desk.conversations import presence
from desk.unit_of_work import UnitOfWork


async def show(uow: UnitOfWork, caller: Caller) -> Me:
    """Return the account that is logged in."""
    return await _build_me(uow, caller, caller.name)


async def change(
    transactions: Transactions,
    caller: Caller,
    body: MeChanges,
    client: ClientInfo,
    reauthenticator: Reauthenticator,
    hasher: Hasher,
) -> Me:
    """Change my name, status or password.

    A new password ends all my log-ins, this one included. Log in again with the new password.
    """
    hashes = await _hash_passwords(transactions, caller, body, client, reauthenticator, hasher)

    async def work(uow: UnitOfWork) -> Me:
        name = caller.name
        if body.name is not None:
            name = await rename_user(uow, caller.user_id, body.name, by=caller.actor)
        if body.status is not None:
            await presence.set_status(uow, caller.actor, body.status)
        if hashes is not None:
            await _change_password(uow, caller, *hashes)
        return await _build_me(uow, caller, name)

    return await transactions.run(work)


async def _hash_passwords(
    transactions: Transactions,
    caller: Caller,
    body: MeChanges,
    client: ClientInfo,
    reauthenticator: Reauthenticator,
    hasher: Hasher,
) -> tuple[str, str] | None:
    """Return the hashes of the old and the new password; None when it does not change."""
    if body.password is None:
        return None
    if body.current_password is None:
        raise ValidationFailed.field(
            "current_password", "is required to set a new password", "missing"
        )
    check_new_password(body.password)
    given = body.current_password
    old = await reauthenticator.verify_password(
        transactions, caller, client, given, "current_password"
    )
    return old, await hasher.hash(body.password, network=client.network)


async def _change_password(uow: UnitOfWork, caller: Caller, old: str, new: str) -> None:
    user = await accounts.find_user(uow.tx, caller.user_id, lock=True)
    if user is None or user.password_hash != old:
        raise Conflict("the password was changed at the same time: try again")
    await set_password_hash(uow.tx, user, new, by=caller.actor, now=uow.now)


async def _build_me(uow: UnitOfWork, caller: Caller, name: str) -> Me:
    live_since = uow.session_times.live_since(uow.now)
    found = await agents.read_presence(uow.tx, caller.agent_id, live_since)
    return Me(
        id=caller.user_id,
        agent_id=caller.agent_id,
        name=name,
        email=caller.email,
        role=caller.role,
        status=found.status,
        capacity=found.capacity,
        active_sessions=found.active_sessions,
        telegram_linked=caller.telegram_id is not None,
        must_enrol_second_factor=caller.must_enrol,
    )
