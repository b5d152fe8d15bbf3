"""Posts webhooks: signed, in order per chat at the first try, retried until the answer is 200."""

import asyncio
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass

import aiohttp

from sandbox.common.json_shapes import Json
from sandbox.common.lanes import Lanes
from sandbox.common.record_log import RecordLog
from sandbox.common.webhook_client import WebhookClient
from sandbox.graph.model.errors import GraphError
from sandbox.graph.model.records import Hook
from sandbox.graph.model.settings import Settings
from sandbox.graph.model.shapes import encode_escaped
from sandbox.graph.webhooks.payloads import ITEMS, Item, build_body

MAX_RETRY_SECONDS = 60
ANSWER_SECONDS = 20.0
CONNECTIONS = 100
OK = 200


def sign(secret: str, body: bytes) -> str:
    """Return the value of X-Hub-Signature-256 for a body."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


@dataclass(slots=True)
class Post:
    """One body to post."""

    hook: Hook
    body: bytes
    signature: str | None
    tries: int = 0


class WebhookSender:
    """All deliveries; while `held` is a list, items are kept there and nothing is posted."""

    def __init__(self) -> None:
        self.settings = Settings()
        self.held: list[Item] | None = None
        self.log = RecordLog()
        self._connections = asyncio.Semaphore(CONNECTIONS)
        self._client = WebhookClient(ANSWER_SECONDS)
        self._lanes: Lanes[str, Post] = Lanes(self._deliver)

    @property
    def tasks(self) -> set["asyncio.Future[object]"]:
        """The deliveries that are under way."""
        return self._lanes.tasks

    def offer(self, item: Item) -> None:
        """Post an item in a body of its own, or keep it while deliveries are held."""
        if self.held is not None:
            self.held.append(item)
        else:
            self.post([item], ITEMS)

    def post(self, items: list[Item], grouping: str) -> None:
        """Post items that go to one webhook as one body, as often as the settings say."""
        first = items[0]
        body = encode_escaped(build_body(items, grouping))
        for _ in range(self.settings.copies):
            self._lanes.offer(first.lane, Post(first.hook, body, sign(first.secret, body)))

    async def _deliver(self, post: Post) -> None:
        """Post a body once; retry a failed one beside its lane, which goes on meanwhile."""
        if await self.send_once(post) != OK:
            self._lanes.run(self._retry(post))

    async def _retry(self, post: Post) -> None:
        pause = self.settings.retry_base
        while True:
            await asyncio.sleep(pause)
            if await self.send_once(post) == OK:
                return
            pause = min(pause * 2, self.settings.retry_base * MAX_RETRY_SECONDS)

    async def send_once(self, post: Post) -> int:
        """Post a body once and return the HTTP status of the answer, 0 if there was none."""
        headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua"}
        if post.signature is not None:
            headers["X-Hub-Signature-256"] = post.signature
        post.tries += 1
        began = time.time()
        try:
            async with (
                self._connections,
                self._client.http.post(post.hook.url, data=post.body, headers=headers) as response,
            ):
                answer = (await response.read())[:1000].decode(errors="replace")
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            status, answer = 0, type(error).__name__
        self._record(post, status, answer, began)
        return status

    def _record(self, post: Post, status: int, answer: str, began: float) -> None:
        record: Json = {"url": post.hook.url, "body": post.body.decode(errors="replace")}
        record |= {"signature": post.signature, "try": post.tries}
        record |= {"began": began, "ended": time.time()}
        self.log.add({**record, "status": status, "answer": answer})

    async def handshake(self, hook: Hook) -> None:
        """Verify a webhook; one that does not return the challenge is refused."""
        challenge = str(secrets.randbelow(2**31))
        query = {"hub.mode": "subscribe", "hub.challenge": challenge}
        query["hub.verify_token"] = hook.verify_token
        try:
            async with self._client.http.get(hook.url, params=query) as response:
                text, status = await response.text(), response.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            text, status = type(error).__name__, 0
        if status != OK or text.strip() != challenge:
            words = f"HTTP status {status}, and not the challenge: {text[:100]!r}"
            raise GraphError(2200, message=f"(#2200) Callback verification failed: {words}")

    async def fetch(self, url: str, limit: int) -> tuple[str, bytes]:
        """Return content type and bytes of a link in a message."""
        try:
            async with self._client.http.get(url) as response:
                if response.status != OK:
                    raise GraphError(
                        131053,
                        f"Downloading media from weblink failed with http code {response.status}",
                    )
                return response.headers.get("Content-Type", ""), await response.content.read(limit)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            words = f"Downloading media from weblink failed: {type(error).__name__}"
            raise GraphError(131053, words) from error

    def cancel_all(self) -> None:
        """Cancel all deliveries, and forget what was held, logged and set."""
        self._lanes.cancel()
        self.log.records.clear()
        self.held, self.settings = None, Settings()

    async def close(self) -> None:
        """Cancel all deliveries and close the connections."""
        self.cancel_all()
        await self._client.close()
