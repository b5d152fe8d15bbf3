"""Setting a password with a one-time link."""

from api.auth.models import ResetBody
from api.errors.problems import Invalid
from api.routing.context import Transactions
from desk.accounts.hashing import Hasher
from desk.accounts.password_resets import can_redeem, redeem_reset
from desk.accounts.passwords import check_new_password

_USELESS = "was used, has expired, or is none: ask for another link"


async def redeem(body: ResetBody, within: Transactions, hasher: Hasher) -> None:
    """Set a password with the token of a one-time link, and end every log-in of that account."""
    check_new_password(body.password)
    token, useless = body.token, Invalid.field("token", _USELESS, "wrong")
    # Nobody has us hash a password for a token that is none.
    if not await within.run(lambda uow: can_redeem(uow.tx, token, uow.now)):
        raise useless
    password_hash = await hasher.hash(body.password)
    if not await within.run(lambda uow: redeem_reset(uow.tx, token, password_hash, uow.now)):
        raise useless
