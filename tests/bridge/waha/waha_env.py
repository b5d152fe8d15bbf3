"""Provide a WAHA server with one linked number, and our sender."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.waha.client.client import WahaClient
from bridge.waha.sending.sender import WahaSender
from db.ids import ChannelId
from db.tables import OutboxKind, Side
from desk.content import Content
from desk.delivery.ports import Delivery, Destination
from sandbox.app import serve
from sandbox.waha.client import WahaSandbox

CHANNEL = ChannelId("01KAPQ4M6Q9Y0JX7T0ZV3F9B2D")
SESSION = "ch7"
Json = dict[str, Any]


@dataclass(slots=True)
class WahaEnv:
    """The server, our client of it, and one customer."""

    waha: WahaSandbox
    client: WahaClient
    sender: WahaSender
    ann: Json

    @property
    def place(self) -> Destination:
        return Destination(self.ann["address"])

    async def list_seen_messages(self) -> list[Json]:
        """Return what Ann sees in the chat."""
        return await self.waha.sees(SESSION, self.ann)

    async def list_bodies(self, operation: str) -> list[Json]:
        """Return the bodies of our calls."""
        return [call["params"] for call in await self.waha.calls(operation)]

    def build_delivery(self, content: Content, row_id: int = 1, **more: Any) -> Delivery:
        return Delivery(
            row_id, OutboxKind.ANSWER, Side.CUSTOMER, self.place, content=content, **more
        )

    async def send_text(self, text: str, row_id: int = 1) -> str:
        """Send a text; return its stored id."""
        receipt = await self.sender.deliver(self.build_delivery(Content(text=text), row_id))
        return receipt.provider_ids[0]


@asynccontextmanager
async def open_env(**customer: Any) -> AsyncIterator[WahaEnv]:
    """Run a server with one linked session."""
    async with serve() as sandbox, WahaSandbox(sandbox.url) as waha:
        client = WahaClient(waha.waha_url, waha.API_KEY, SESSION)
        try:
            await client.create({})
            await waha.until(SESSION, "SCAN_QR_CODE")
            await waha.scan(SESSION)
            ann = await waha.add_customer("Ann", **customer)
            yield WahaEnv(waha, client, WahaSender(CHANNEL, client), ann)
        finally:
            await client.close()


def write_file(folder: Path, data: bytes, name: str = "a.bin") -> Path:
    """Write a file to be sent."""
    path = folder / name
    path.write_bytes(data)
    return path
