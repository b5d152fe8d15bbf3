"""Provide a number at the sandbox's Graph API, our sender, and a customer who has written."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.cloud.client.graph_client import GraphClient
from bridge.cloud.sending.sender import CloudSender
from db.tables import MessageType, OutboxKind, Side
from desk.content import Content
from desk.delivery.ports import Delivery, Destination, SendResult
from sandbox.app import serve
from sandbox.graph.client import GraphSandbox

Json = dict[str, Any]
TOKEN, SECRET = "EAAtoken", "app-secret"
PHONE, USER_ID = "16505551234", "US.13491208655302741918"


@dataclass(slots=True)
class CloudEnv:
    graph: GraphSandbox
    sender: CloudSender
    number: Json
    ann: Json

    async def deliver(self, content: Content, **more: Any) -> SendResult:
        return await self.sender.deliver(build_delivery(content, **more))

    async def list_sent_messages(self) -> list[Json]:
        """Return the messages that Ann received, in order."""
        assert await self.graph.wait_until_settled()
        return [one for one in await self.graph.messages(self.ann) if one["from"] == "business"]

    async def list_bodies(self) -> list[Json]:
        return [call["body"] for call in await self.graph.calls("messages")]


def build_delivery(
    content: Content, *, chat: str = PHONE, row_id: int = 7, **more: Any
) -> Delivery:
    return Delivery(
        row_id=row_id,
        kind=OutboxKind.ANSWER,
        side=Side.CUSTOMER,
        destination=Destination(chat),
        content=content,
        **more,
    )


def write_upload(path: Path, kind: MessageType, data: bytes, **file: str) -> tuple[Content, Path]:
    path.write_bytes(data)
    return Content(type=kind, file={"upload": "x", **file}), path


@asynccontextmanager
async def open_env() -> AsyncIterator[CloudEnv]:
    async with serve() as running, GraphSandbox(running.url) as graph:
        number = await graph.add_number("15550783881", token=TOKEN, app_secret=SECRET)
        ann = await graph.add_customer("Ann", phone=PHONE, user_id=USER_ID)
        await graph.settings(delay=0, ladder=["sent"])
        await graph.says(ann, "Hi")
        client = GraphClient(graph.api_url, TOKEN, number["id"], number["account"])
        sender = CloudSender(client, "en")
        try:
            yield CloudEnv(graph, sender, number, ann)
        finally:
            await sender.close()
