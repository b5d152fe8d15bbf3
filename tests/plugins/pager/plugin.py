"""A kind of channel that OsmoDesk does not have: pagers. All that the desk knows of it is here."""

import json
from collections.abc import Sequence
from functools import partial

import aiohttp
from aiohttp import web

from db.ids import ChannelId
from db.queues.inbox import InboundEvent, InboxRow
from db.tables import ChannelKind
from desk.causes import Cause
from desk.channels import ServedChannel
from desk.content import Content, IncomingMessage, Person
from desk.delivery.ports import Delivery, SendResult
from desk.messages import inbound
from desk.plugins.connection import ChannelServices, Connection
from desk.plugins.connections import Connections
from desk.plugins.plugin import ChannelPlugin
from desk.receiving.ports import RowHandler
from desk.setup.providers import Credentials, HealthCheck, Identity, Webhook
from desk.unit_of_work import UnitOfWork

# The enum belongs to the tables and their checks, so pagers borrow the name of another kind.
KIND = ChannelKind.WHATSAPP_WAHA
PATH = "/pager"


def build_pager_plugin() -> ChannelPlugin[web.RouteDef]:
    """Build the plug-in; each channel's credentials name its company's server."""
    return ChannelPlugin(
        kind=KIND,
        provider=PagerProvider(),
        connect=_connect,
        build_receiver=lambda _connections: PagerReceiver(),
        build_routes=_build_routes,
    )


def _connect(channel: ServedChannel, credentials: Credentials) -> Connection:
    sender = PagerSender(credentials["url"])
    return Connection(
        channel=channel, credentials=credentials, sender=sender, close=sender.http.close
    )


class PagerSender:
    """Sends pages."""

    def __init__(self, url: str) -> None:
        self.http = aiohttp.ClientSession(url)

    async def deliver(self, delivery: Delivery) -> SendResult:
        body = {"pager": delivery.destination.chat, "text": delivery.content.text}
        async with self.http.post("/pages", json=body) as answer:
            return SendResult((str((await answer.json())["number"]),))


class PagerReceiver:
    """Handles the pages of people."""

    async def prepare(self, uow: UnitOfWork, rows: Sequence[InboxRow]) -> list[RowHandler]:
        return [partial(self._handle, uow, row) for row in rows]

    async def _handle(self, uow: UnitOfWork, row: InboxRow) -> None:
        page = json.loads(row.payload)
        person = Person(page["pager"], f"Pager {page['pager']}")
        said = IncomingMessage(Content(text=page["text"]), page["pager"], row.provider_id)
        channel = uow.channels[row.channel_id]
        await inbound.receive_message(uow, channel, person, said, Cause.MESSAGE)


class PagerProvider:
    """Sets up channels: any address will do."""

    webhook: Webhook | None = Webhook(PATH)

    def complete(self, credentials: Credentials) -> Credentials:
        return credentials

    async def identify(self, credentials: Credentials) -> Identity:
        return Identity(credentials["url"], "Pagers")

    async def check_health(
        self, credentials: Credentials, groups: Sequence[str], webhook: str | None = None
    ) -> HealthCheck:
        _ = credentials, groups, webhook
        return HealthCheck(())


def _build_routes(connections: Connections, services: ChannelServices) -> list[web.RouteDef]:
    async def receive(request: web.Request) -> web.Response:
        channel_id = ChannelId(request.match_info["channel_id"])
        if channel_id not in connections.credentials:
            return web.Response(status=503)
        body = await services.bodies.read(request.content.iter_any(), request.content_length)
        raw = body.decode()
        page = json.loads(raw)
        lane = f"pager:{channel_id}:{page['pager']}"
        await services.intake.accept([InboundEvent(channel_id, str(page["number"]), lane, raw)])
        return web.Response()

    return [web.post(f"{PATH}/{{channel_id}}", receive)]
