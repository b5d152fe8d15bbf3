"""Posts webhooks: signed, in order per chat at the first try, again until the answer is 200."""

import asyncio
import hashlib
import hmac
import secrets
import time
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field

import aiohttp

from sandbox.graph.model.errors import GraphError
from sandbox.graph.model.records import Hook
from sandbox.graph.model.settings import Settings
from sandbox.graph.model.shapes import Json, encode_escaped
from sandbox.graph.webhooks.payloads import ITEMS, Item, build_body

MAX_RETRY_SECONDS = 60
ANSWER_SECONDS = 20.0
CONNECTIONS = 100
OK = 200
RING = 20_000


def sign(secret: str, body: bytes) -> str:
    """Return what X-Hub-Signature-256 says of a body."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


@dataclass(slots=True)
class Post:
    """One body on its way."""

    hook: Hook
    body: bytes
    signature: str | None
    tries: int = 0


@dataclass(slots=True)
class WebhookSender:
    """All deliveries; while `held` is a list, what happens is kept there and nothing goes out."""

    settings: Settings = field(default_factory=Settings)
    held: list[Item] | None = None
    lanes: dict[str, deque[Post]] = field(default_factory=dict)
    tasks: set["asyncio.Future[object]"] = field(default_factory=set)
    log: deque[Json] = field(default_factory=lambda: deque(maxlen=RING))
    last_seq: int = 0
    connections: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONNECTIONS))
    client: aiohttp.ClientSession | None = None

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
            self._queue(first.lane, Post(first.hook, body, sign(first.secret, body)))

    def _queue(self, lane: str, post: Post) -> None:
        waiting = self.lanes.get(lane)
        if waiting is not None:
            waiting.append(post)
            return
        self.lanes[lane] = deque([post])
        self._run(self._run_lane(lane))

    def _run(self, work: Coroutine[None, None, object]) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _run_lane(self, lane: str) -> None:
        """Post what waits, in order; what fails is tried again later and overtaken meanwhile."""
        waiting = self.lanes[lane]
        while waiting:
            post = waiting[0]
            if await self.send_once(post) != OK:
                self._run(self._retry(post))
            waiting.popleft()
        del self.lanes[lane]

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
                self.connections,
                self._http().post(post.hook.url, data=post.body, headers=headers) as response,
            ):
                answer = (await response.read())[:1000].decode(errors="replace")
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            status, answer = 0, type(error).__name__
        self._note(post, status, answer, began)
        return status

    def _note(self, post: Post, status: int, answer: str, began: float) -> None:
        self.last_seq += 1
        entry: Json = {
            "seq": self.last_seq,
            "url": post.hook.url,
            "body": post.body.decode(errors="replace"),
        }
        entry |= {"signature": post.signature, "try": post.tries}
        entry |= {"began": began, "ended": time.time()}
        self.log.append({**entry, "status": status, "answer": answer})

    def _http(self) -> aiohttp.ClientSession:
        if self.client is None:
            timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
            connector = aiohttp.TCPConnector(limit=0, ssl=False)
            self.client = aiohttp.ClientSession(timeout=timeout, connector=connector)
        return self.client

    async def handshake(self, hook: Hook) -> None:
        """Ask a webhook whether it is ours; what does not give the challenge back is refused."""
        challenge = str(secrets.randbelow(2**31))
        query = {"hub.mode": "subscribe", "hub.challenge": challenge}
        query["hub.verify_token"] = hook.verify_token
        try:
            async with self._http().get(hook.url, params=query) as response:
                text, status = await response.text(), response.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            text, status = type(error).__name__, 0
        if status != OK or text.strip() != challenge:
            words = f"HTTP status {status}, and not the challenge: {text[:100]!r}"
            raise GraphError(2200, message=f"(#2200) Callback verification failed: {words}")

    async def fetch(self, url: str, limit: int) -> tuple[str, bytes]:
        """Return content type and bytes of a link, as Meta fetches what a message links to."""
        try:
            async with self._http().get(url) as response:
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
        """Stop everything that is on its way."""
        for task in self.tasks:
            task.cancel()
        self.lanes.clear()
        self.log.clear()
        self.held, self.settings = None, Settings()

    async def close(self) -> None:
        """Stop, and close the connections."""
        self.cancel_all()
        if self.client is not None:
            await self.client.close()
            self.client = None
