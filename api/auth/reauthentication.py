"""Ask for the password again before a sensitive action."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from api.access.caller import Caller
from api.auth.models import BothFactorsBody
from api.errors.problems import ValidationFailed
from api.routing.transactions import Transactions
from db.queries.accounts import accounts
from desk.accounts.client_info import ClientInfo
from desk.accounts.hashing import Hasher
from desk.accounts.login_throttle import LoginThrottle
from desk.accounts.second_factor import SecondFactors
from desk.audit import record
from desk.unit_of_work import UnitOfWork

T = TypeVar("T")


class Reauthenticator:
    """Verifies the password, and a code, with the same throttle as a log-in."""

    def __init__(
        self, login_throttle: LoginThrottle, hasher: Hasher, factors: SecondFactors
    ) -> None:
        self._login_throttle = login_throttle
        self._hasher = hasher
        self._factors = factors

    async def verify_password(
        self, transactions: Transactions, caller: Caller, client: ClientInfo, given: str, field: str
    ) -> str:
        """Return the stored hash that matches the password.

        Raises ValidationFailed for `field` when it does not match, TooManyAttemptsError,
        OverloadedError.
        """
        async with self._login_throttle.attempt(caller.email, client.address) as attempt:
            kept = await self._find_matching_hash(transactions, caller, given, client)
            if kept is not None:
                has_factor = await transactions.run(lambda uow: self._has_factor(uow, caller))
                # The password alone must not clear the count of guesses at the second factor.
                attempt.is_void, attempt.is_right = has_factor, not has_factor
        if kept is None:
            await self._record_failure(transactions, caller, client, "password")
            raise ValidationFailed.field(field, "is wrong", "wrong_password")
        return kept

    async def verify_first_code(
        self, transactions: Transactions, caller: Caller, client: ClientInfo, code: str
    ) -> list[str]:
        """Turn the second factor on with its first code; return the recovery codes.

        Raises ValidationFailed or TooManyAttemptsError. A right code clears no count: it proves
        only that the caller knows a secret that they were just given.
        """
        async with self._login_throttle.attempt(caller.email, client.address) as attempt:
            codes = await transactions.run(
                lambda uow: self._factors.confirm(
                    uow.tx, caller.user_id, code, by=caller.actor, now=uow.now
                )
            )
            attempt.is_void = codes is not None
        if codes is None:
            await self._record_failure(transactions, caller, client, "first code")
            raise ValidationFailed.field("code", "does not match the last secret", "wrong")
        return codes

    async def verify_both_factors(
        self,
        transactions: Transactions,
        caller: Caller,
        client: ClientInfo,
        body: BothFactorsBody,
        then: Callable[[UnitOfWork], Awaitable[T]],
    ) -> T:
        """Run `then` when password and code are right, in the transaction that uses up the code.

        Both count as one attempt, so knowing the password does not allow more attempts at the code.
        Raises the same errors as `verify_password`.
        """

        async def work(uow: UnitOfWork) -> T:
            by, code = caller.actor, body.code
            if not await self._factors.verify_code(
                uow.tx, caller.user_id, code, by=by, now=uow.now
            ):
                raise _WrongCodeError
            return await then(uow)

        wrong = "password"
        async with self._login_throttle.attempt(caller.email, client.address) as attempt:
            kept = await self._find_matching_hash(transactions, caller, body.password, client)
            if kept is not None:
                try:
                    done = await transactions.run(work)
                except _WrongCodeError:
                    wrong = "code"
                else:
                    attempt.is_right = True
                    return done
        await self._record_failure(transactions, caller, client, wrong)
        if wrong == "code":
            raise ValidationFailed.field("code", "is wrong or was already used", "wrong")
        raise ValidationFailed.field("password", "is wrong", "wrong_password")

    async def _find_matching_hash(
        self, transactions: Transactions, caller: Caller, given: str, client: ClientInfo
    ) -> str | None:
        user = await transactions.run(lambda uow: accounts.find_user(uow.tx, caller.user_id))
        kept = user.password_hash if user else None
        return kept if await self._hasher.verify(given, kept, network=client.network) else None

    async def _has_factor(self, uow: UnitOfWork, caller: Caller) -> bool:
        return (await self._factors.get_status(uow.tx, caller.user_id)).is_on

    async def _record_failure(
        self, transactions: Transactions, caller: Caller, client: ClientInfo, because: str
    ) -> None:
        """Record in the audit log that this log-in failed to re-authenticate."""
        subject, details = (
            f"user:{caller.user_id}",
            {"because": because, **client.to_audit_details()},
        )

        async def work(uow: UnitOfWork) -> None:
            await record(uow.tx, caller.actor, "proof.failed", subject, details, now=uow.now)

        await transactions.run(work)


class _WrongCodeError(Exception):
    """Rolls back the transaction."""
