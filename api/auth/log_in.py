"""Log in, refresh tokens, log out."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from api.access.caller import Caller
from api.auth.models import LogInBody, RefreshBody, Tokens
from api.errors.problems import BadCredentials, Problem, SecondFactorRequired, Unauthorized
from api.routing.route import DependencyGroup
from api.routing.transactions import Transactions
from db.ids import UserId
from db.queries.accounts import accounts
from db.queries.accounts.log_ins import list_addresses
from db.tables import User
from desk.accounts import log_ins
from desk.accounts.client_info import ClientInfo, network_of
from desk.accounts.hashing import Hasher
from desk.accounts.log_ins import LogIns, TokenPair
from desk.accounts.login_throttle import LoginThrottle
from desk.accounts.names import clean_email
from desk.accounts.second_factor import SecondFactors
from desk.actors import human
from desk.audit import record
from desk.unit_of_work import UnitOfWork

# Where an account logged in this lately, guesses from elsewhere do not slow it down.
_LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LogInServices(DependencyGroup):
    """What a log-in with a password needs."""

    transactions: Transactions
    throttle: LoginThrottle
    hasher: Hasher
    log_ins: LogIns
    factors: SecondFactors


@dataclass(frozen=True, slots=True)
class _LogInRequest:
    """One attempt to log in; `password_is_right` refers to the user as read before."""

    email: str
    code: str | None
    client: ClientInfo
    user: User | None
    password_is_right: bool


async def log_in(body: LogInBody, client: ClientInfo, services: LogInServices) -> Tokens:
    """Log in with e-mail address and password, and a code if a second factor is set up.

    A wrong password and an unknown address get the same response. After five failures of an
    account from one network, each further attempt from there must wait longer, up to 15 minutes.
    """
    return to_tokens(await begin_log_in(body, client, services))


async def begin_log_in(body: LogInBody, client: ClientInfo, services: LogInServices) -> TokenPair:
    """Check password and code, and begin a log-in.

    Raises BadCredentials, SecondFactorRequired or the errors of the throttle.
    """
    email, transactions = clean_email(body.email), services.transactions
    is_known = partial(_is_known_network, transactions, email, client)
    async with services.throttle.attempt(email, client.address, is_known) as attempt:
        user = await transactions.run(lambda uow: _find_user(uow, email))
        known = user is not None and user.is_active
        is_right = await services.hasher.verify(
            body.password,
            user.password_hash if user and known else None,
            network=client.network,
        )
        request = _LogInRequest(email, body.code, client, user if known else None, is_right)
        outcome = await transactions.run(lambda uow: _authenticate(uow, request, services))
        attempt.is_right = isinstance(outcome, TokenPair)
        attempt.is_void = isinstance(outcome, SecondFactorRequired)
    if isinstance(outcome, Problem):
        raise outcome
    return outcome


async def _is_known_network(transactions: Transactions, email: str, client: ClientInfo) -> bool:
    """Check whether this account logged in from the client's network lately."""
    addresses = await transactions.run(lambda uow: list_addresses(uow.tx, email, uow.now - _LATELY))
    return any(network_of(each) == client.network for each in addresses)


async def _find_user(uow: UnitOfWork, email: str) -> User | None:
    """Find the user with exactly this e-mail address.

    MariaDB matches `mia` and `mía`: the throttle would count each spelling as an account of its
    own.
    """
    user = await accounts.find_user_by_email(uow.tx, email)
    return user if user is not None and user.email == email else None


async def _authenticate(
    uow: UnitOfWork, request: _LogInRequest, services: LogInServices
) -> TokenPair | Problem:
    """Begin a log-in, or record its failure; both are committed."""
    user = (
        await _lock_unchanged_user(uow, request)
        if request.user and request.password_is_right
        else None
    )
    if user is None:
        return await _record_failure(uow, request, BadCredentials(), "password")
    by = human(user.name, user.id)
    if (await services.factors.get_status(uow.tx, user.id)).is_on:
        if request.code is None:
            return SecondFactorRequired()
        is_right = services.factors.verify_code(uow.tx, user.id, request.code, by=by, now=uow.now)
        if not await is_right:
            return await _record_failure(uow, request, BadCredentials(), "second factor")
    return await services.log_ins.begin_log_in(
        uow.tx, user.id, user.token_version, by=by, client=request.client, now=uow.now
    )


async def _lock_unchanged_user(uow: UnitOfWork, request: _LogInRequest) -> User | None:
    """Lock the user and check that the password has not changed; a change waits for this lock."""
    assert request.user is not None  # noqa: S101 asked before
    user = await accounts.find_user(uow.tx, request.user.id, lock=True)
    if user is None or not user.is_active or user.password_hash != request.user.password_hash:
        return None
    return user


async def _record_failure(
    uow: UnitOfWork, request: _LogInRequest, problem: Problem, because: str
) -> Problem:
    user_id = request.user.id if request.user else None
    await record_failure(uow, request.email, request.client, because, user_id=user_id)
    return problem


async def record_failure(
    uow: UnitOfWork, name: str, client: ClientInfo, because: str, *, user_id: UserId | None
) -> None:
    """Record in the audit log that a log-in failed; `name` is who tried."""
    subject = f"email:{name}" if user_id is None else f"user:{user_id}"
    details = {"because": because, **client.to_audit_details()}
    await record(uow.tx, human(name, user_id), "log_in.failed", subject, details, now=uow.now)


async def refresh(
    body: RefreshBody, client: ClientInfo, transactions: Transactions, log_in_service: LogIns
) -> Tokens:
    """Get the next pair of tokens for a refresh token, which works only once.

    The same client gets the same refresh token again if it repeats the request within 10 seconds.
    Any other second use ends the log-in, because the token may be stolen.
    """
    return to_tokens(await rotate(body.refresh_token, client, transactions, log_in_service))


async def rotate(
    token: str, client: ClientInfo, transactions: Transactions, log_in_service: LogIns
) -> TokenPair:
    """Return the next pair of tokens; raises Unauthorized."""
    pair = await transactions.run(
        lambda uow: log_in_service.refresh(uow.tx, token, client=client, now=uow.now)
    )
    if pair is None:
        raise Unauthorized("this refresh token is not valid: log in again", bad_token=True)
    return pair


async def log_out(uow: UnitOfWork, caller: Caller) -> None:
    """End this log-in: its tokens are void at once."""
    user_id, by = caller.user_id, caller.actor
    await log_ins.end_log_in(uow.tx, user_id, caller.log_in, by=by, now=uow.now)


async def log_out_everywhere(uow: UnitOfWork, caller: Caller) -> None:
    """End every log-in of mine, this one too."""
    await log_ins.end_all_log_ins(uow.tx, caller.user_id, by=caller.actor, now=uow.now)


def to_tokens(pair: TokenPair) -> Tokens:
    """Show a pair of tokens to whom they belong."""
    return Tokens(
        access_token=pair.access_token,
        expires_in=pair.expires_in,
        refresh_token=pair.refresh_token,
        refresh_expires_at=pair.refresh_expires_at,
    )
