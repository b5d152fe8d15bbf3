"""Log in from a Mini App, with the data that Telegram opens it with."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.auth.log_in import record_failure, to_tokens
from api.auth.models import TelegramLogInBody, Tokens
from api.errors.problems import (
    BadCredentials,
    Problem,
    SecondFactorRequired,
    TelegramNotLinked,
    Unauthorized,
)
from api.routing.route import DependencyGroup
from api.routing.transactions import Transactions
from db.queries.accounts import accounts
from db.queries.accounts import log_ins as log_in_queries
from db.queries.channels.telegram import list_bot_credentials
from db.tables import User
from desk.accounts.client_info import ClientInfo
from desk.accounts.encryption import Encryptor, WrongKeyError
from desk.accounts.init_data import BadInitDataError, InitData, InitDataVerifier
from desk.accounts.log_ins import LogIns, TokenPair
from desk.accounts.login_throttle import LoginThrottle
from desk.accounts.second_factor import SecondFactors
from desk.actors import human
from desk.unit_of_work import UnitOfWork

# Older data begins no log-in; it only resumes the one that it began, for a day.
_MAX_AGE_TO_BEGIN = timedelta(hours=1)
_MAX_AGE = timedelta(hours=24)
# The clocks of machines differ a little.
_LEEWAY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TelegramLogInServices(DependencyGroup):
    """What a log-in from a Mini App needs."""

    transactions: Transactions
    throttle: LoginThrottle
    log_ins: LogIns
    factors: SecondFactors
    encryptor: Encryptor
    verifier: InitDataVerifier


@dataclass(frozen=True, slots=True)
class _Request:
    """One attempt: verified data of a bound agent."""

    data: InitData
    user: User
    code: str | None
    client: ClientInfo


async def log_in(
    body: TelegramLogInBody, client: ClientInfo, services: TelegramLogInServices
) -> Tokens:
    """Log in with a Mini App's `initData`, if its Telegram account is bound to an agent.

    Data of the last hour begins a log-in, once; the second factor's code is needed if one is set
    up. Until a day has passed the same data resumes that log-in, such as after a reload, until it
    is logged out.
    """
    transactions = services.transactions
    tokens = await transactions.run(lambda uow: _list_tokens(uow, services.encryptor))
    try:
        data = services.verifier.verify(body.init_data, tokens)
    except BadInitDataError as error:
        raise _to_refusal(str(error)) from None
    user = await transactions.run(lambda uow: _find_bound_user(uow, data))
    if user is None:
        raise TelegramNotLinked("bind this Telegram account first: an administrator has the code")
    request = _Request(data, user, body.code, client)
    if body.code is None:
        outcome = await transactions.run(lambda uow: _authenticate(uow, request, services))
    else:
        async with services.throttle.attempt(user.email, client.address) as attempt:
            outcome = await transactions.run(lambda uow: _authenticate(uow, request, services))
            # What needed no code clears no count of guesses at it.
            attempt.is_void = not isinstance(outcome, BadCredentials)
    if isinstance(outcome, Problem):
        raise outcome
    return to_tokens(outcome)


async def _list_tokens(uow: UnitOfWork, encryptor: Encryptor) -> list[str]:
    """List the tokens of the bots in service; one that cannot be decrypted is not in service."""
    tokens: list[str] = []
    for each in await list_bot_credentials(uow.tx):
        with suppress(WrongKeyError):
            tokens.append(encryptor.decrypt(each)["token"])
    return tokens


async def _find_bound_user(uow: UnitOfWork, data: InitData) -> User | None:
    user_id = await accounts.find_user_by_telegram_id(uow.tx, data.telegram_id)
    user = None if user_id is None else await accounts.find_user(uow.tx, user_id)
    return user if user is not None and user.is_active else None


async def _authenticate(
    uow: UnitOfWork, request: _Request, services: TelegramLogInServices
) -> TokenPair | Problem:
    """Begin or resume a log-in, or record its failure; all of it is committed."""
    data, now = request.data, uow.now
    # With the user locked, the same data never begins two log-ins.
    user = await accounts.find_user(uow.tx, request.user.id, lock=True)
    if user is None or not user.is_active or user.telegram_id != data.telegram_id:
        return TelegramNotLinked("this Telegram account is no longer bound")
    if problem := _check_age(data, now, _MAX_AGE):
        return problem
    log_ins, client = services.log_ins, request.client
    known = await log_in_queries.find_by_init_data(uow.tx, data.digest)
    if known is not None:
        if known.user_id != user.id or known.ended_at is not None or known.expires_at <= now:
            return _to_refusal("its log-in has ended")
        return await log_ins.resume(
            uow.tx, user.id, user.token_version, known.id, known.expires_at, now=now
        )
    if problem := _check_age(data, now, _MAX_AGE_TO_BEGIN):
        return problem
    by = human(user.name, user.id)
    if (await services.factors.get_status(uow.tx, user.id)).is_on:
        if request.code is None:
            return SecondFactorRequired()
        is_right = services.factors.verify_code(uow.tx, user.id, request.code, by=by, now=now)
        if not await is_right:
            await record_failure(uow, user.name, client, "second factor", user_id=user.id)
            return BadCredentials()
    return await log_ins.begin_log_in(
        uow.tx,
        user.id,
        user.token_version,
        by=by,
        client=client,
        now=now,
        init_data=data.digest,
    )


def _check_age(data: InitData, now: datetime, most: timedelta) -> Problem | None:
    age = now - data.signed_at
    return None if -_LEEWAY <= age <= most else _to_refusal("it is too old")


def _to_refusal(why: str) -> Unauthorized:
    return Unauthorized(f"Telegram's data is not accepted, because {why}: open the app again")
