"""Call a handler: authenticate, parse the request, run the transaction, render the result."""

from collections.abc import Mapping
from typing import Any, get_type_hints

from aiohttp import HttpVersion11, web
from pydantic import BaseModel

from api.access.authenticator import Authenticator, load_caller
from api.access.caller import Caller
from api.access.permissions import AccessRule, check_access
from api.access.signed_links import LINK_KEY, TELEGRAM_ORIGIN
from api.http.compression import accepts_gzip, compress
from api.http.middlewares import READABLE_BY
from api.routing.browser_request import BrowserRequest
from api.routing.client_info import read_client_info
from api.routing.context import ApiContext
from api.routing.idempotency import IdempotencyHeader
from api.routing.request_parsing import parse_body, parse_path, parse_query, read_body
from api.routing.response_headers import POSITION_HEADER, ResponseHeaders
from api.routing.route import JSON, Route, is_group
from api.routing.transactions import Transactions
from desk.accounts.access_tokens import Claims
from desk.accounts.client_info import ClientInfo
from desk.live.reader import read_current_cursor
from desk.unit_of_work import UnitOfWork


class Endpoint:
    """One route's handler in the form that aiohttp calls.

    The order never changes: access token; bytes of the body; then, in the handler's transaction if
    it has one: caller, access rule, validation, handler. So a caller without access learns nothing
    from validation errors.
    """

    def __init__(self, route: Route, context: ApiContext, authenticator: Authenticator) -> None:
        """Raise TypeError when the handler takes a type that nothing provides."""
        self._route, self._signature = route, route.signature
        self._context, self._authenticator = context, authenticator
        known = {
            UnitOfWork,
            Caller,
            ClientInfo,
            BrowserRequest,
            IdempotencyHeader,
            ResponseHeaders,
            Transactions,
            web.Request,
            *context.services,
        }
        if missing := self._signature.dependencies - known:
            raise TypeError(f"{route.name}: nothing provides {missing}")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Handle a request."""
        claims = self._read_claims(request)
        raw = b""
        if self._signature.body is not None:
            bodies = (
                self._context.anonymous_bodies if claims is None else self._context.known_bodies
            )
            raw = await read_body(request, bodies, max_bytes=self._route.body_limit)

        headers = ResponseHeaders()

        async def prepare(uow: UnitOfWork) -> dict[str, Any]:
            caller = None if claims is None else await load_caller(uow, claims)
            check_access(self._route.access, caller)
            injected = self._inject(request, headers, uow, caller)
            return {**self._parse_request(request, raw), **injected}

        async def prepare_and_handle(uow: UnitOfWork) -> Any:
            ready = await prepare(uow)
            if self._route.method == "GET" and POSITION_HEADER in request.headers:
                # Read first: what is committed meanwhile comes as an event again.
                headers.set(POSITION_HEADER, str(await read_current_cursor(uow.tx)))
            return await self._route.handler(**ready)

        if self._signature.is_one_transaction:
            answer = await self._context.transactions.run(prepare_and_handle)
            return self._render(request, answer, headers)
        if claims is None:
            injected = self._inject(request, headers, None, None)
            ready = {**self._parse_request(request, raw), **injected}
        else:
            ready = await self._context.transactions.run(prepare)
        return self._render(request, await self._route.handler(**ready), headers)

    def _read_claims(self, request: web.Request) -> Claims | None:
        """Read who calls; None for a route that is for anyone."""
        if self._route.access is AccessRule.ANYONE:
            return None
        if self._route.has_links and (claims := self._authenticator.read_link(request)):
            request[READABLE_BY] = TELEGRAM_ORIGIN
            return claims
        return self._authenticator.read_claims(request)

    async def handle_expect(self, request: web.Request) -> None:
        """Send `100 Continue` to a client that waits for it, unless the body is too large.

        Other values of `Expect` are ignored, as RFC 9110 allows.
        """
        is_asked = request.headers.get("Expect", "").lower() == "100-continue"
        too_long = (
            self._signature.body is not None
            and (request.content_length or 0) > self._route.body_limit
        )
        if is_asked and not too_long and request.version == HttpVersion11:
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.writer.output_size = 0  # the response has not started

    def _parse_request(self, request: web.Request, raw: bytes) -> dict[str, Any]:
        signature = self._signature
        found = parse_path(signature.path, request)
        if signature.query is not None:
            links = (LINK_KEY,) if self._route.has_links else ()
            found["query"] = parse_query(signature.query, request, without=links)
        if signature.body is not None:
            found["body"] = parse_body(signature.body, raw)
        return found

    def _inject(
        self,
        request: web.Request,
        headers: ResponseHeaders,
        uow: UnitOfWork | None,
        caller: Caller | None,
    ) -> dict[str, Any]:
        provided: Mapping[type, Any] = {
            ResponseHeaders: headers,
            UnitOfWork: uow,
            Caller: caller,
            Transactions: self._context.transactions,
            web.Request: request,
        }
        return {
            name: self._resolve(kind, provided, request)
            for name, kind in self._signature.injected.items()
        }

    def _resolve(self, kind: type, provided: Mapping[type, Any], request: web.Request) -> Any:
        if is_group(kind):
            fields = get_type_hints(kind).items()
            return kind(**{name: self._resolve(each, provided, request) for name, each in fields})
        if kind is ClientInfo:
            return read_client_info(request, self._context.http_policy.trusted_proxies)
        if kind is BrowserRequest:
            return BrowserRequest.from_request(request, self._context.http_policy.public_url)
        if kind is IdempotencyHeader:
            return IdempotencyHeader.from_request(request)
        return provided[kind] if kind in provided else self._context.services[kind]

    def _render(
        self, request: web.Request, answer: object, headers: ResponseHeaders
    ) -> web.StreamResponse:
        if isinstance(answer, web.StreamResponse):
            return answer
        response = web.Response(status=self._route.status, headers=headers.values)
        if isinstance(answer, BaseModel):
            response.body, response.content_type = answer.model_dump_json().encode(), JSON
            self._compress(request, response, response.body)
        return response

    def _compress(self, request: web.Request, response: web.Response, body: bytes) -> None:
        """Compress a body, except one with tokens, whose length must not tell about them."""
        if self._route.access is AccessRule.ANYONE:
            return
        response.headers.add("Vary", "Accept-Encoding")
        if not accepts_gzip(request.headers.get("Accept-Encoding", "")):
            return
        if (smaller := compress(body)) is not None:
            response.body = smaller
            response.headers["Content-Encoding"] = "gzip"
