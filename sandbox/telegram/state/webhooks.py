"""Delivers updates to webhooks: one order per lane, retried until the webhook says 2xx."""

import asyncio
import time
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp

from sandbox.telegram.model.update_queue import Pending

if TYPE_CHECKING:
    from sandbox.telegram.model.records import Bot

MAX_RETRY_SECONDS = 60.0
ANSWER_SECONDS = 60.0
OK = range(200, 300)


@dataclass(slots=True)
class WebhookQueue:
    """The deliveries of one bot: a queue and a task per lane, some connections for all."""

    bot: "Bot"
    connections: asyncio.Semaphore
    lanes: dict[str, deque[Pending]] = field(default_factory=dict)
    tasks: set["asyncio.Future[object]"] = field(default_factory=set)


@dataclass(slots=True)
class Webhooks:
    """All couriers; `retry_base` is how long Telegram's one second lasts here."""

    retry_base: float = 1.0
    webhook_queues: dict[int, WebhookQueue] = field(default_factory=dict)
    client: aiohttp.ClientSession | None = None

    def start(self, bot: "Bot") -> None:
        """Deliver the bot's waiting and coming updates to its webhook."""
        self.stop(bot)
        webhook_queue = WebhookQueue(bot, asyncio.Semaphore(bot.webhook.get("max_connections", 40)))
        self.webhook_queues[bot.id] = webhook_queue
        bot.queue.sink = lambda item: self._offer(webhook_queue, item)
        for item in list(bot.queue.pending.values()):
            self._offer(webhook_queue, item)

    def stop(self, bot: "Bot") -> None:
        """Deliver no more to this bot's webhook; what is waiting stays queued."""
        bot.queue.sink = None
        webhook_queue = self.webhook_queues.pop(bot.id, None)
        if webhook_queue is not None:
            for task in webhook_queue.tasks:
                task.cancel()

    async def close(self) -> None:
        """Stop all deliveries."""
        for webhook_queue in list(self.webhook_queues.values()):
            self.stop(webhook_queue.bot)
        if self.client is not None:
            await self.client.close()
            self.client = None

    def post_raw(self, bot: "Bot", body: str) -> bool:
        """Post any text to the webhook once, out of order, not retried; False if there is none."""
        webhook_queue = self.webhook_queues.get(bot.id)
        if webhook_queue is None:
            return False
        self._run(webhook_queue, self._post_once(webhook_queue, body))
        return True

    def _offer(self, webhook_queue: WebhookQueue, item: Pending) -> None:
        lane = webhook_queue.lanes.get(item.lane)
        if lane is not None:
            lane.append(item)
            return
        webhook_queue.lanes[item.lane] = deque([item])
        self._run(webhook_queue, self._run_lane(webhook_queue, item.lane))

    def _run(self, webhook_queue: WebhookQueue, work: Coroutine[None, None, object]) -> None:
        task = asyncio.ensure_future(work)
        webhook_queue.tasks.add(task)
        task.add_done_callback(webhook_queue.tasks.discard)

    async def _run_lane(self, webhook_queue: WebhookQueue, name: str) -> None:
        lane = webhook_queue.lanes[name]
        while lane:
            await self._deliver(webhook_queue, lane[0])
            lane.popleft()
        del webhook_queue.lanes[name]

    async def _deliver(self, webhook_queue: WebhookQueue, item: Pending) -> None:
        """Post an update at once, again at once, then after 2, 4, 8 ... units till it expires."""
        pause = 0.0
        while item.update_id in webhook_queue.bot.queue.pending and item.expires > time.time():
            if await self._post_once(webhook_queue, item.body):
                break
            await asyncio.sleep(pause * self.retry_base)
            pause = min(pause * 2 or 2.0, MAX_RETRY_SECONDS)
        webhook_queue.bot.queue.settle(item.update_id)

    async def _post_once(self, webhook_queue: WebhookQueue, body: str) -> bool:
        if self.client is None:
            timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
            connector = aiohttp.TCPConnector(limit=0, ssl=False)
            self.client = aiohttp.ClientSession(timeout=timeout, connector=connector)
        webhook = webhook_queue.bot.webhook
        headers = {"Content-Type": "application/json"}
        if webhook.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook["secret_token"]
        try:
            async with (
                webhook_queue.connections,
                self.client.post(webhook["url"], data=body.encode(), headers=headers) as response,
            ):
                await response.read()
                if response.status in OK:
                    return True
                reason = f"Wrong response from the webhook: {response.status} {response.reason}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            reason = _reason(error)
        webhook["last_error_date"], webhook["last_error_message"] = int(time.time()), reason
        return False


def _reason(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorError):
        return "Connection refused"
    return "Read timeout expired" if isinstance(error, TimeoutError) else "Connection closed"
