"""The same stage on every kind of channel: whoever plays on it does not know which."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from db.ids import ChannelId
from db.tables import ChannelKind
from sandbox.graph.client import GraphRefusalError, GraphSandbox
from sandbox.waha.client import WahaSandbox
from tests.api.stage import ApiStage
from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.stage import Stage, staged
from tests.flows.whatsapp import CloudCustomer, Json, WahaCustomer

_PHONES = iter(range(6_281_100_000_000, 6_281_200_000_000))


@dataclass(slots=True)
class CloudStage(Stage):
    """A stage whose customers write to a number at the Cloud API."""

    graph: GraphSandbox | None = None
    number: Json | None = None

    async def customer(self, name: str = "Ann", *, language: str = "en", **more: Any) -> Customer:
        assert self.graph is not None
        assert self.number is not None
        more.setdefault("phone", str(next(_PHONES)))
        more.pop("username", None)
        customer = await self.graph.add_customer(f"{name} {next(self._numbers)}", **more)
        return CloudCustomer(self.graph, self.number, customer)


@dataclass(slots=True)
class WahaStage(Stage):
    """A stage whose customers write to a number that is linked through WAHA."""

    waha: WahaSandbox | None = None
    session: str = ""

    async def customer(self, name: str = "Ann", *, language: str = "en", **more: Any) -> Customer:
        assert self.waha is not None
        more.setdefault("phone", str(next(_PHONES)))
        more.pop("username", None)
        customer = await self.waha.add_customer(f"{name} {next(self._numbers)}", **more)
        return WahaCustomer(self.waha, self.session, customer)


@asynccontextmanager
async def staged_on(kind: ChannelKind, database_url: str, **settings: Any) -> AsyncIterator[Stage]:
    """Set up a stage with a running desk whose customers come through this kind of channel."""
    match kind:
        case ChannelKind.TELEGRAM:
            async with staged(database_url, **settings) as stage:
                yield stage
        case ChannelKind.WHATSAPP_CLOUD:
            async with staged(database_url, kind=CloudStage, **_without_limits(settings)) as stage:
                assert isinstance(stage, CloudStage)
                async with GraphSandbox(stage.url) as graph:
                    stage.graph = graph
                    stage.number = await connect_number(stage, graph)
                    yield stage
        case ChannelKind.WHATSAPP_WAHA:
            async with staged(database_url, kind=WahaStage, **_without_limits(settings)) as stage:
                assert isinstance(stage, WahaStage)
                async with WahaSandbox(stage.url) as waha:
                    stage.waha = waha
                    stage.session = await link_number(stage, waha)
                    yield stage


def _without_limits(settings: dict[str, Any]) -> dict[str, Any]:
    return {"whatsapp_limits": "off", **settings}


async def connect_number(stage: Stage, graph: GraphSandbox) -> Json:
    """Have the desk serve a Cloud number, as an administrator and Meta's pages do."""
    number = await graph.add_number(phone=str(next(_PHONES)))
    made = await add_channel(
        stage,
        "whatsapp_cloud",
        {
            "access_token": number["token"],
            "phone_number_id": number["id"],
            "app_secret": number["app_secret"],
            "waba_id": number["account"],
            "verify_token": (token := secrets.token_urlsafe(12)),
        },
    )

    async def shaken() -> bool:
        try:
            await graph.set_webhook(number, f"{stage.address}/whatsapp/{made}", token)
        except GraphRefusalError:  # it is not served yet
            return False
        return True

    await eventually(shaken, "the webhook's address is taken")
    return number


async def link_number(stage: Stage, waha: WahaSandbox) -> str:
    """Have the desk serve a linked number, and scan its code."""
    session = f"desk_{secrets.token_hex(4)}"
    await add_channel(
        stage, "whatsapp_waha", {"url": waha.waha_url, "api_key": waha.API_KEY, "session": session}
    )
    await waha.until(session, "SCAN_QR_CODE", seconds=15)
    await waha.scan(session, phone=str(next(_PHONES)))
    await waha.until(session, "WORKING", seconds=15)
    return session


async def add_channel(stage: Stage, kind: str, credentials: Json) -> ChannelId:
    """Have an administrator add a channel by the API, with the stage's bot for its staff."""
    async with aiohttp.ClientSession() as http:
        api = ApiStage(stage.address, stage.database, stage.settings, http)
        admin = await api.admin()
        made = await admin.post("/channels", {"kind": kind, "credentials": credentials})
        assert made.status == 201, made.body
        await stage.change("UPDATE agents SET status = 'offline' WHERE id = :id", id=admin.agent_id)
        return ChannelId(made.body["id"])
