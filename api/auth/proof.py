"""Proves once more that it is the account's owner who asks, before what only they may do."""

from api.caller import Caller
from api.errors import Invalid
from api.office import Transactions
from db.queries import accounts
from desk.accounts.guesses import Guesses
from desk.accounts.hashing import Hasher
from desk.accounts.origin import Origin


class Proof:
    """Asks for the password again, as slowly as a log-in does."""

    def __init__(self, guesses: Guesses, hasher: Hasher) -> None:
        self._guesses = guesses
        self._hasher = hasher

    async def password(
        self, within: Transactions, caller: Caller, origin: Origin, given: str, field: str
    ) -> str:
        """Give the hash that the password fits.

        Raises Invalid for that field where it fits none, TooManyGuessesError, OverloadedError.
        """
        async with self._guesses.one(caller.email, origin.address) as guess:
            user = await within.run(lambda desk: accounts.user_by_id(desk.tx, caller.user_id))
            kept = user.password_hash if user else None
            guess.right = await self._hasher.verify(given, kept)
        if not guess.right or kept is None:
            raise Invalid.field(field, "is not the password", "wrong_password")
        return kept
