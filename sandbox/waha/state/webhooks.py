"""Posts events to webhooks: signed, first attempts in order per chat, retries as configured."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
from ulid import ULID

from sandbox.common.json_shapes import Json
from sandbox.common.lanes import Lanes
from sandbox.common.record_log import RecordLog
from sandbox.common.webhook_client import WebhookClient
from sandbox.waha.model.tuning import IN_ORDER, Tuning

ANSWER_SECONDS = 30.0
OK = range(200, 300)
# WAHA's defaults for webhooks.
RETRIES: Json = {"policy": "constant", "delaySeconds": 2, "attempts": 15}


@dataclass(slots=True)
class Post:
    """One delivery; all its attempts have the same request id."""

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


class Webhooks:
    """All deliveries under way."""

    def __init__(self) -> None:
        self.tuning: Callable[[], Tuning] = Tuning
        self.log = RecordLog()
        self.client = WebhookClient(ANSWER_SECONDS, connections=100)
        self._lanes: Lanes[tuple[str, str], Post] = Lanes(self._deliver)

    def offer(self, lane: str, post: Post) -> None:
        """Deliver a post after those that wait in its lane already."""
        self._lanes.offer((str(post.hook["url"]), lane), post)

    @property
    def tasks(self) -> "set[asyncio.Future[object]]":
        """The deliveries under way, and those that wait for a retry."""
        return self._lanes.tasks

    def stop(self) -> None:
        """Cancel all deliveries."""
        self._lanes.cancel()
        self.log = RecordLog()

    async def close(self) -> None:
        """Cancel all deliveries and close the connections."""
        self.stop()
        await self.client.close()

    async def _deliver(self, post: Post) -> None:
        """Post once; retry before the lane goes on, or beside it, as the tuning says."""
        if await self._try(post):
            return
        if self.tuning().order == IN_ORDER:
            await self._retry(post)
        else:
            self._lanes.run(self._retry(post))

    async def _retry(self, post: Post) -> None:
        asked = {**RETRIES, **(post.hook.get("retries") or {})}
        while (longest := self.tuning().longest_retry) or post.tries < int(asked["attempts"]):
            delay = retry_delay(asked, post.tries) * self.tuning().tempo
            await asyncio.sleep(min(delay, longest or delay))
            if await self._try(post):
                return

    async def _try(self, post: Post) -> bool:
        post.tries += 1
        began = time.time()
        try:
            outcome: object = await self._status(post)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            outcome = type(error).__name__
        self.log.add(
            {
                "event": post.event,
                "session": post.session,
                "url": post.hook["url"],
                "request_id": post.headers["X-Webhook-Request-Id"],
                "attempt": post.tries,
                "outcome": outcome,
                "about": post.about,
                "began": began,
                "ended": time.time(),
            }
        )
        return outcome in OK

    async def _status(self, post: Post) -> int:
        async with self.client.http.post(
            post.hook["url"], data=post.body, headers=post.headers, allow_redirects=False
        ) as response:
            await response.read()
            return response.status


def retry_delay(asked: Json, tries: int) -> float:
    """Return the seconds before the next attempt, after `tries` failed ones."""
    delay = float(asked["delaySeconds"])
    if asked["policy"] == "linear":
        return delay * tries
    return float(delay * 2 ** (tries - 1)) if asked["policy"] == "exponential" else delay
