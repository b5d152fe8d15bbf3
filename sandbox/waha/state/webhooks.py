"""Posts events to webhooks, signed, first tries in order per chat, with the retries asked for."""

import asyncio
import hashlib
import hmac
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

import aiohttp
from ulid import ULID

from sandbox.telegram.model.shapes import Json
from sandbox.waha.model.tuning import IN_ORDER, Tuning
from sandbox.waha.state.call_log import CallLog

ANSWER_SECONDS = 30.0
OK = range(200, 300)
# What WAHA does when the webhook's configuration does not say.
RETRIES: Json = {"policy": "constant", "delaySeconds": 2, "attempts": 15}


@dataclass(slots=True)
class Post:
    """One delivery: what goes where; the request id is the same in every try."""

    hook: Json
    body: bytes
    event: str
    session: str
    headers: dict[str, str]
    # The id in the event's payload.
    about: str | None = None
    tries: int = 0


def build_headers(hook: Json, body: bytes) -> dict[str, str]:
    """Return the headers of a delivery, the signature among them if the hook has a key."""
    headers = {
        "Content-Type": "application/json",
        "X-Webhook-Request-Id": str(ULID()),
        "X-Webhook-Timestamp": str(int(time.time() * 1000)),
    }
    key = (hook.get("hmac") or {}).get("key")
    if key:
        headers["X-Webhook-Hmac"] = hmac.new(key.encode(), body, hashlib.sha512).hexdigest()
        headers["X-Webhook-Hmac-Algorithm"] = "sha512"
    for one in hook.get("customHeaders") or []:
        headers[str(one["name"])] = str(one["value"])
    return headers


@dataclass(slots=True)
class Webhooks:
    """All deliveries under way."""

    tuning: Callable[[], Tuning] = Tuning
    log: CallLog = field(default_factory=CallLog)
    lanes: dict[tuple[str, str], deque[Post]] = field(default_factory=dict)
    tasks: set["asyncio.Future[None]"] = field(default_factory=set)
    client: aiohttp.ClientSession | None = None

    def offer(self, lane: str, post: Post) -> None:
        """Deliver a post after those of its lane that wait already."""
        key = (str(post.hook["url"]), lane)
        waiting = self.lanes.get(key)
        if waiting is not None:
            waiting.append(post)
            return
        self.lanes[key] = deque([post])
        self._run(self._run_lane(key))

    def stop(self) -> None:
        """Deliver no more."""
        for task in self.tasks:
            task.cancel()
        self.lanes.clear()
        self.log = CallLog()

    async def close(self) -> None:
        """Deliver no more, and let go of the connections."""
        self.stop()
        if self.client is not None:
            await self.client.close()
            self.client = None

    def _run(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _run_lane(self, key: tuple[str, str]) -> None:
        lane = self.lanes[key]
        while lane:
            if not await self._try(lane[0]):
                if self.tuning().order == IN_ORDER:
                    await self._retry(lane[0])
                else:
                    self._run(self._retry(lane[0]))
            lane.popleft()
        self.lanes.pop(key, None)

    async def _retry(self, post: Post) -> None:
        asked = {**RETRIES, **(post.hook.get("retries") or {})}
        while post.tries < int(asked["attempts"]):
            await asyncio.sleep(retry_delay(asked, post.tries) * self.tuning().tempo)
            if await self._try(post):
                return

    async def _try(self, post: Post) -> bool:
        post.tries += 1
        began = time.time()
        try:
            outcome: object = await self._status(post)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            outcome = type(error).__name__
        self.log.note(
            event=post.event,
            session=post.session,
            url=post.hook["url"],
            request_id=post.headers["X-Webhook-Request-Id"],
            attempt=post.tries,
            outcome=outcome,
            about=post.about,
            began=began,
            ended=time.time(),
        )
        return outcome in OK

    async def _status(self, post: Post) -> int:
        if self.client is None:
            timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
            connector = aiohttp.TCPConnector(limit=100, ssl=False)
            self.client = aiohttp.ClientSession(timeout=timeout, connector=connector)
        async with self.client.post(
            post.hook["url"], data=post.body, headers=post.headers, allow_redirects=False
        ) as response:
            await response.read()
            return response.status


def retry_delay(asked: Json, tries: int) -> float:
    """Return the seconds before the next try, after `tries` that failed."""
    delay = float(asked["delaySeconds"])
    if asked["policy"] == "linear":
        return delay * tries
    return float(delay * 2 ** (tries - 1)) if asked["policy"] == "exponential" else delay
