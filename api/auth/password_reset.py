"""Set a password with a one-time link."""

from api.auth.models import PasswordResetBody
from api.errors.problems import ValidationFailed
from api.routing.transactions import Transactions
from desk.accounts.client_info import ClientInfo
from desk.accounts.hashing import Hasher
from desk.accounts.password_resets import can_redeem, redeem_reset
from desk.accounts.passwords import check_new_password

_LINK_EXPIRED = "is not valid, has expired, or was used: ask for a new link"


async def reset_password(
    body: PasswordResetBody, client: ClientInfo, transactions: Transactions, hasher: Hasher
) -> None:
    """Set a password with the token of a one-time link, and end all log-ins of that account."""
    check_new_password(body.password)
    token, invalid_token = body.token, ValidationFailed.field("token", _LINK_EXPIRED, "wrong")
    # Check first: hashing is expensive, and an invalid token must not cause it.
    if not await transactions.run(lambda uow: can_redeem(uow.tx, token, uow.now)):
        raise invalid_token
    password_hash = await hasher.hash(body.password, network=client.network)
    if not await transactions.run(lambda uow: redeem_reset(uow.tx, token, password_hash, uow.now)):
        raise invalid_token
