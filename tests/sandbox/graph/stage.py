"""A running sandbox with a number, a customer, a webhook that keeps its bodies, and a caller."""

import asyncio
import hashlib
import hmac
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.app import serve
from sandbox.graph.client import GraphSandbox
from tests.patience import PATIENCE

Json = dict[str, Any]
TOKEN = "EAAtoken"
SECRET = "app-secret"
VERIFY = "verify-me"
PHONE = "16505551234"


@dataclass
class Hook:
    """A webhook that checks signatures, gives the answers that are set, and keeps its bodies."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    genuine: list[bool] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: web.Request) -> web.Response:
        raw = await request.read()
        said = request.headers.get("X-Hub-Signature-256", "")
        right = f"sha256={hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()}"
        status = self.statuses.pop(0) if self.statuses else 200
        async with self.arrived:
            self.bodies.append(raw)
            self.genuine.append(said == right)
            self.arrived.notify_all()
        return web.Response(status=status)

    async def shake(self, request: web.Request) -> web.Response:
        query = request.query
        if query["hub.mode"] != "subscribe" or query["hub.verify_token"] != VERIFY:
            return web.Response(status=403)
        return web.Response(text=query["hub.challenge"])

    async def until(self, count: int) -> list[Json]:
        async with self.arrived, asyncio.timeout(PATIENCE):
            await self.arrived.wait_for(lambda: len(self.bodies) >= count)
        return self.got()

    def got(self) -> list[Json]:
        return [json.loads(body) for body in self.bodies]

    def values(self) -> list[Json]:
        entries = [entry for body in self.got() for entry in body["entry"]]
        return [change["value"] for entry in entries for change in entry["changes"]]

    def messages(self) -> list[Json]:
        return [one for value in self.values() for one in value.get("messages", [])]

    def told(self) -> list[tuple[str, str]]:
        """Return (message id, status) of all statuses, in the order of arrival."""
        statuses = [one for value in self.values() for one in value.get("statuses", [])]
        return [(one["id"], one["status"]) for one in statuses]


@asynccontextmanager
async def hooked() -> AsyncIterator[Hook]:
    hook = Hook()
    app = web.Application()
    app.router.add_get("/hook", hook.shake)
    app.router.add_post("/hook", hook.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield hook
    await runner.cleanup()


@dataclass(slots=True)
class Stage:
    url: str
    http: aiohttp.ClientSession
    graph: GraphSandbox
    hook: Hook
    number: Json
    ann: Json

    async def call(self, verb: str, path: str, **more: Any) -> tuple[int, Json]:
        headers = {"Authorization": f"Bearer {more.pop('token', TOKEN)}"}
        url = f"{self.graph.api_url}/v23.0/{path}"
        async with self.http.request(verb, url, headers=headers, **more) as response:
            content: Json = await response.json()
            assert (response.status == 200) == ("error" not in content)
            return response.status, content

    async def post(self, **body: object) -> tuple[int, Json]:
        """POST to the number's messages, to Ann by default."""
        if not {"to", "recipient", "status"} & body.keys():
            body["to"] = PHONE
        whole: Json = {"messaging_product": "whatsapp", "recipient_type": "individual", **body}
        if "status" in body:
            del whole["recipient_type"]
        return await self.call("POST", f"{self.number['id']}/messages", json=whole)

    async def ok(self, **body: object) -> Json:
        status, content = await self.post(**body)
        assert status == 200, content
        return content

    async def sent(self, **body: object) -> str:
        """Send a message, to Ann by default, and return its id."""
        return str((await self.ok(**body))["messages"][0]["id"])

    async def text(self, text: str = "Hello", **more: object) -> str:
        return await self.sent(type="text", text={"body": text}, **more)

    async def refused(self, **body: object) -> tuple[int, int, str]:
        """Send a message that is refused; return HTTP status, code and details."""
        status, content = await self.post(**body)
        error = content["error"]
        assert error["type"] == "OAuthException"
        assert error["fbtrace_id"]
        return status, error["code"], error.get("error_data", {}).get("details", error["message"])

    async def upload(self, data: bytes, mime: str, name: str = "file") -> tuple[int, Json]:
        form = aiohttp.FormData()
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", mime)
        form.add_field("file", io.BytesIO(data), filename=name, content_type=mime)
        return await self.call("POST", f"{self.number['id']}/media", data=form)

    async def uploaded(self, data: bytes, mime: str, name: str = "file") -> str:
        status, content = await self.upload(data, mime, name)
        assert status == 200, content
        return str(content["id"])

    async def status_of(self, message_id: str) -> list[tuple[str, int | None]]:
        """Return the statuses of a message, with the code of a failure, once all are sent."""
        assert await self.graph.wait_until_settled()
        for one in await self.graph.messages(self.ann):
            if one["id"] == message_id:
                return [(step["status"], step["code"]) for step in one["statuses"]]
        raise AssertionError("no such message")


@asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    """Yield a stage on which Ann has written once, and the webhook has been posted."""
    async with (
        hooked() as hook,
        serve() as running,
        GraphSandbox(running.url) as graph,
        aiohttp.ClientSession() as http,
    ):
        number = await graph.add_number(
            "15550783881", token=TOKEN, app_secret=SECRET, webhook=hook.url, verify_token=VERIFY
        )
        ann = await graph.add_customer("Änn", phone=PHONE, user_id="US.13491208655302741918")
        await graph.settings(delay=0)
        await graph.says(ann, "Hi")
        assert await graph.wait_until_settled()
        hook.bodies.clear()
        hook.genuine.clear()
        yield Stage(running.url, http, graph, hook, number, ann)
