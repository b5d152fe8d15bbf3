"""Proves once more that it is the account's owner who asks, before what only they may do."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from api.access.caller import Caller
from api.auth.models import BothFactors
from api.errors.problems import Invalid
from api.routing.context import Transactions
from db.queries.accounts import accounts
from desk.accounts.client_info import ClientInfo
from desk.accounts.hashing import Hasher
from desk.accounts.login_throttle import LoginThrottle
from desk.accounts.second_factor import SecondFactors
from desk.audit import record
from desk.unit_of_work import UnitOfWork

T = TypeVar("T")


class Proof:
    """Asks for the password again, and for a code, as slowly as a log-in does."""

    def __init__(
        self, login_throttle: LoginThrottle, hasher: Hasher, factors: SecondFactors
    ) -> None:
        self._guesses = login_throttle
        self._hasher = hasher
        self._factors = factors

    async def password(
        self, within: Transactions, caller: Caller, origin: ClientInfo, given: str, field: str
    ) -> str:
        """Give the hash that the password fits.

        Raises Invalid for that field where it fits none, TooManyAttemptsError, OverloadedError.
        """
        async with self._guesses.attempt(caller.email, origin.address) as attempt:
            kept = await self._hash_of(within, caller, given)
            attempt.is_right = kept is not None
        if kept is None:
            await self._note(within, caller, origin, "password")
            raise Invalid.field(field, "is not the password", "wrong_password")
        return kept

    async def both(
        self,
        within: Transactions,
        caller: Caller,
        origin: ClientInfo,
        body: BothFactors,
        then: Callable[[UnitOfWork], Awaitable[T]],
    ) -> T:
        """Do `then` where password and code are right, in the transaction that uses up the code.

        Both are one guess: who knows the password can try no more codes than anybody. Raises what
        `password` does.
        """

        async def work(uow: UnitOfWork) -> T:
            by, code = caller.actor, body.code
            if not await self._factors.verify_code(
                uow.tx, caller.user_id, code, by=by, now=uow.now
            ):
                raise _WrongCodeError
            return await then(uow)

        wrong = "password"
        async with self._guesses.attempt(caller.email, origin.address) as attempt:
            if await self._hash_of(within, caller, body.password) is not None:
                try:
                    done = await within.run(work)
                except _WrongCodeError:
                    wrong = "code"
                else:
                    attempt.is_right = True
                    return done
        await self._note(within, caller, origin, wrong)
        if wrong == "code":
            raise Invalid.field("code", "is not right, or used already", "wrong")
        raise Invalid.field("password", "is not the password", "wrong_password")

    async def _hash_of(self, within: Transactions, caller: Caller, given: str) -> str | None:
        user = await within.run(lambda uow: accounts.find_user(uow.tx, caller.user_id))
        kept = user.password_hash if user else None
        return kept if await self._hasher.verify(given, kept) else None

    async def _note(
        self, within: Transactions, caller: Caller, origin: ClientInfo, because: str
    ) -> None:
        """Write down that somebody with this log-in could not prove who they are."""
        subject, details = (
            f"user:{caller.user_id}",
            {"because": because, **origin.to_audit_details()},
        )

        async def work(uow: UnitOfWork) -> None:
            await record(uow.tx, caller.actor, "proof.failed", subject, details, now=uow.now)

        await within.run(work)


class _WrongCodeError(Exception):
    """Takes back the transaction."""
