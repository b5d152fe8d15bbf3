"""The caller's own second factor: set it up, confirm it, switch it off."""

from api.access.caller import Caller
from api.auth.models import (
    BothFactorsBody,
    CodeBody,
    EnrolmentOut,
    PasswordBody,
    RecoveryCodesOut,
    SecondFactorOut,
)
from api.auth.reauthentication import Reauthenticator
from api.errors.problems import Conflict
from api.routing.transactions import Transactions
from desk.accounts.client_info import ClientInfo
from desk.accounts.second_factor import SecondFactors, disable_second_factor
from desk.unit_of_work import UnitOfWork


async def show(uow: UnitOfWork, caller: Caller, factors: SecondFactors) -> SecondFactorOut:
    """Return the status of my second factor."""
    return SecondFactorOut.model_validate(await factors.get_status(uow.tx, caller.user_id))


async def enrol(
    transactions: Transactions,
    caller: Caller,
    client: ClientInfo,
    body: PasswordBody,
    reauthenticator: Reauthenticator,
    factors: SecondFactors,
) -> EnrolmentOut:
    """Get a secret for an authenticator app; it takes effect when its first code is confirmed."""
    await reauthenticator.verify_password(transactions, caller, client, body.password, "password")
    made = await transactions.run(lambda uow: factors.enrol(uow.tx, caller.user_id, caller.email))
    if made is None:
        raise Conflict("a second factor is already set up: switch it off first")
    return EnrolmentOut.model_validate(made)


async def confirm(
    transactions: Transactions,
    caller: Caller,
    client: ClientInfo,
    body: CodeBody,
    reauthenticator: Reauthenticator,
) -> RecoveryCodesOut:
    """Switch the second factor on with its first code, and get the recovery codes."""
    codes = await reauthenticator.verify_first_code(transactions, caller, client, body.code)
    return RecoveryCodesOut(recovery_codes=codes)


async def renew_codes(
    transactions: Transactions,
    caller: Caller,
    client: ClientInfo,
    body: BothFactorsBody,
    reauthenticator: Reauthenticator,
    factors: SecondFactors,
) -> RecoveryCodesOut:
    """Replace my recovery codes; the old ones become invalid."""
    await transactions.run(lambda uow: _require_enrolled(uow, caller, factors))

    async def work(uow: UnitOfWork) -> RecoveryCodesOut:
        codes = await factors.replace_recovery_codes(
            uow.tx, caller.user_id, by=caller.actor, now=uow.now
        )
        return RecoveryCodesOut(recovery_codes=codes)

    return await reauthenticator.verify_both_factors(transactions, caller, client, body, work)


async def switch_off(
    transactions: Transactions,
    caller: Caller,
    client: ClientInfo,
    body: BothFactorsBody,
    reauthenticator: Reauthenticator,
    factors: SecondFactors,
) -> None:
    """Switch my second factor off; where one is required, set up a new one next."""
    await transactions.run(lambda uow: _require_enrolled(uow, caller, factors))

    async def work(uow: UnitOfWork) -> None:
        await disable_second_factor(uow.tx, caller.user_id, by=caller.actor, now=uow.now)

    await reauthenticator.verify_both_factors(transactions, caller, client, body, work)


async def _require_enrolled(uow: UnitOfWork, caller: Caller, factors: SecondFactors) -> None:
    if not (await factors.get_status(uow.tx, caller.user_id)).is_on:
        raise Conflict("no second factor is set up")
