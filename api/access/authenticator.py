"""Authenticate a request by its access token, or by a signed link."""

from aiohttp import web

from api.access.caller import Caller
from api.access.signed_links import LINK_KEY, read_link
from api.errors.problems import Unauthorized
from db.queries.accounts.callers import find_caller
from desk.accounts.access_tokens import AccessTokens, BadTokenError, Claims
from desk.accounts.file_links import FileLinks
from desk.unit_of_work import UnitOfWork


class Authenticator:
    """Reads access tokens and signed links."""

    def __init__(self, tokens: AccessTokens, links: FileLinks) -> None:
        self._tokens, self._links = tokens, links

    def read_claims(self, request: web.Request) -> Claims:
        """Read the request's access token; raises Unauthorized."""
        given = request.headers.getall("Authorization", [])
        if not given:
            raise Unauthorized
        scheme, _, token = given[0].partition(" ")
        if len(given) > 1 or scheme.lower() != "bearer":
            raise Unauthorized("send one `Authorization: Bearer` header with an access token")
        try:
            return self._tokens.read(token.strip())
        except BadTokenError as error:
            raise Unauthorized(str(error), bad_token=True) from None

    def read_link(self, request: web.Request) -> Claims | None:
        """Read the request's signed link; None without one; raises Unauthorized."""
        return read_link(self._links, request) if LINK_KEY in request.query else None


async def load_caller(uow: UnitOfWork, claims: Claims) -> Caller:
    """Load the caller; raises Unauthorized when the log-in has ended or changed."""
    row = await find_caller(uow.tx, claims.user_id, claims.log_in)
    if row is None or row.token_version != claims.version or row.expires_at <= uow.now:
        raise Unauthorized("this log-in has ended", bad_token=True)
    return Caller(
        row.user_id,
        row.agent_id,
        row.name,
        row.email,
        row.role,
        claims.log_in,
        until=claims.expires_at or row.expires_at,
        version=row.token_version,
        telegram_id=row.telegram_id,
        must_enrol=row.must_enrol,
        seen_at=row.seen_at,
    )
