"""Calls a handler: admits the caller, reads the request, runs the transaction, renders."""

from collections.abc import Mapping
from typing import Any

from aiohttp import HttpVersion11, web
from pydantic import BaseModel

from api.access.authenticator import Doorkeeper
from api.access.caller import Caller
from api.access.permissions import Rule, admit
from api.routing.client_info import origin_of
from api.routing.context import Office, Transactions
from api.routing.idempotency import SendKey
from api.routing.request_parsing import parse_body, parse_path, parse_query, read_body
from api.routing.route import JSON, Route
from desk.accounts.client_info import ClientInfo
from desk.unit_of_work import UnitOfWork


class Endpoint:
    """One route's handler as aiohttp calls it.

    The order never changes: token, body's bytes; then, in the handler's transaction if it is one:
    who calls, may they, is what they sent right, the handler. So nobody learns from an error about
    a body that they might not have sent at all.
    """

    def __init__(self, route: Route, office: Office, doorkeeper: Doorkeeper) -> None:
        """Raise TypeError where the handler takes what nobody can give."""
        self._route, self._takes = route, route.takes
        self._office, self._doorkeeper = office, doorkeeper
        known = {
            UnitOfWork,
            Caller,
            ClientInfo,
            SendKey,
            Transactions,
            web.Request,
            *office.services,
        }
        if missing := set(self._takes.given.values()) - known:
            raise TypeError(f"{route.name}: nobody gives {missing}")

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""
        claims = None if self._route.may is Rule.ANYONE else self._doorkeeper.claims(request)
        raw = b""
        if self._takes.body is not None:
            seconds = self._office.manners.body_seconds
            raw = await read_body(request, most=self._route.limit, seconds=seconds)

        async def prepare(uow: UnitOfWork) -> dict[str, Any]:
            caller = None if claims is None else await self._doorkeeper.caller(uow, claims)
            admit(self._route.may, caller)
            return {**self._read(request, raw), **self._give(request, uow, caller)}

        async def whole(uow: UnitOfWork) -> Any:
            return await self._route.handler(**await prepare(uow))

        if self._takes.one_transaction:
            return self._render(await self._office.transactions.run(whole))
        if claims is None:
            ready = {**self._read(request, raw), **self._give(request, None, None)}
        else:
            ready = await self._office.transactions.run(prepare)
        return self._render(await self._route.handler(**ready))

    async def expected(self, request: web.Request) -> None:
        """Have a body sent that waits to be asked for, unless it is too long.

        Whatever else a client expects is passed over, as RFC 9110 lets us.
        """
        is_asked = request.headers.get("Expect", "").lower() == "100-continue"
        too_long = (
            self._takes.body is not None and (request.content_length or 0) > self._route.limit
        )
        if is_asked and not too_long and request.version == HttpVersion11:
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.writer.output_size = 0  # the answer has not begun

    def _read(self, request: web.Request, raw: bytes) -> dict[str, Any]:
        takes = self._takes
        found = parse_path(takes.path, request)
        if takes.query is not None:
            found["query"] = parse_query(takes.query, request)
        if takes.body is not None:
            found["body"] = parse_body(takes.body, raw)
        return found

    def _give(
        self, request: web.Request, uow: UnitOfWork | None, caller: Caller | None
    ) -> dict[str, Any]:
        at_hand: Mapping[type, Any] = {
            UnitOfWork: uow,
            Caller: caller,
            Transactions: self._office.transactions,
            web.Request: request,
        }
        return {
            name: self._thing(kind, at_hand, request) for name, kind in self._takes.given.items()
        }

    def _thing(self, kind: type, at_hand: Mapping[type, Any], request: web.Request) -> Any:
        if kind is ClientInfo:
            return origin_of(request, self._office.manners.trusted_proxies)
        if kind is SendKey:
            return SendKey.of(request)
        return at_hand[kind] if kind in at_hand else self._office.services[kind]

    def _render(self, answer: object) -> web.StreamResponse:
        if isinstance(answer, web.StreamResponse):
            return answer
        if isinstance(answer, BaseModel):
            body = answer.model_dump_json().encode()
            return web.Response(body=body, status=self._route.status, content_type=JSON)
        return web.Response(status=self._route.status)
