"""Log in, refresh and log out from a page of this server, with the refresh token in a cookie."""

from api.auth.log_in import LogInServices, begin_log_in, rotate
from api.auth.models import BrowserTokens, EmptyBody, LogInBody
from api.errors.problems import Unauthorized
from api.routing.browser_request import EXPIRED_COOKIE, BrowserRequest, build_cookie
from api.routing.response_headers import ResponseHeaders
from api.routing.transactions import Transactions
from db.tables.base import now_utc
from desk.accounts.client_info import ClientInfo
from desk.accounts.log_ins import LogIns, TokenPair
from desk.unit_of_work import UnitOfWork

_SET_COOKIE = "Set-Cookie"


async def log_in(
    body: LogInBody,
    _page: BrowserRequest,
    client: ClientInfo,
    services: LogInServices,
    headers: ResponseHeaders,
) -> BrowserTokens:
    """Log in as with `/auth/login`; the refresh token is set as a cookie and not returned."""
    return _keep(await begin_log_in(body, client, services), headers)


async def refresh(
    body: EmptyBody,
    page: BrowserRequest,
    client: ClientInfo,
    transactions: Transactions,
    log_in_service: LogIns,
    headers: ResponseHeaders,
) -> BrowserTokens:
    """Get the next access token with the cookie, as with `/auth/refresh`; it sets the next cookie.

    A cookie that is not valid is deleted.
    """
    if page.refresh_token is None:
        raise Unauthorized("there is no log-in in this browser: log in")
    try:
        pair = await rotate(page.refresh_token, client, transactions, log_in_service)
    except Unauthorized as problem:
        problem.headers[_SET_COOKIE] = EXPIRED_COOKIE
        raise
    return _keep(pair, headers)


async def log_out(
    body: EmptyBody,
    uow: UnitOfWork,
    page: BrowserRequest,
    client: ClientInfo,
    log_in_service: LogIns,
    headers: ResponseHeaders,
) -> None:
    """End the log-in of the cookie and delete the cookie; it needs no access token."""
    if page.refresh_token is not None:
        token = page.refresh_token
        await log_in_service.end_by_token(uow.tx, token, client=client, now=uow.now)
    headers.set(_SET_COOKIE, EXPIRED_COOKIE)


def _keep(pair: TokenPair, headers: ResponseHeaders) -> BrowserTokens:
    """Put the refresh token into the cookie, and show the rest."""
    expires_at = pair.refresh_expires_at
    headers.set(_SET_COOKIE, build_cookie(pair.refresh_token, expires_at, now_utc()))
    return BrowserTokens(
        access_token=pair.access_token,
        expires_in=pair.expires_in,
        refresh_expires_at=expires_at,
        user_id=pair.user_id,
    )
