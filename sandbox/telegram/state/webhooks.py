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

LONGEST_PAUSE = 60.0
ANSWER_SECONDS = 60.0
OK = range(200, 300)


@dataclass(slots=True)
class Courier:
    """The deliveries of one bot: a queue and a task per lane, some connections for all."""

    bot: "Bot"
    connections: asyncio.Semaphore
    lanes: dict[str, deque[Pending]] = field(default_factory=dict)
    tasks: set["asyncio.Future[object]"] = field(default_factory=set)


@dataclass(slots=True)
class Webhooks:
    """All couriers; `retry_base` is how long Telegram's one second lasts here."""

    retry_base: float = 1.0
    couriers: dict[int, Courier] = field(default_factory=dict)
    client: aiohttp.ClientSession | None = None

    def start(self, bot: "Bot") -> None:
        """Deliver the bot's waiting and coming updates to its webhook."""
        self.stop(bot)
        courier = Courier(bot, asyncio.Semaphore(bot.webhook.get("max_connections", 40)))
        self.couriers[bot.id] = courier
        bot.queue.sink = lambda item: self._offer(courier, item)
        for item in list(bot.queue.pending.values()):
            self._offer(courier, item)

    def stop(self, bot: "Bot") -> None:
        """Deliver no more to this bot's webhook; what is waiting stays queued."""
        bot.queue.sink = None
        courier = self.couriers.pop(bot.id, None)
        if courier is not None:
            for task in courier.tasks:
                task.cancel()

    async def close(self) -> None:
        """Stop all deliveries."""
        for courier in list(self.couriers.values()):
            self.stop(courier.bot)
        if self.client is not None:
            await self.client.close()
            self.client = None

    def post_raw(self, bot: "Bot", body: str) -> bool:
        """Post any text to the webhook once, out of order, not retried; False if there is none."""
        courier = self.couriers.get(bot.id)
        if courier is None:
            return False
        self._run(courier, self._post_once(courier, body))
        return True

    def _offer(self, courier: Courier, item: Pending) -> None:
        lane = courier.lanes.get(item.lane)
        if lane is not None:
            lane.append(item)
            return
        courier.lanes[item.lane] = deque([item])
        self._run(courier, self._work_off(courier, item.lane))

    def _run(self, courier: Courier, work: Coroutine[None, None, object]) -> None:
        task = asyncio.ensure_future(work)
        courier.tasks.add(task)
        task.add_done_callback(courier.tasks.discard)

    async def _work_off(self, courier: Courier, name: str) -> None:
        lane = courier.lanes[name]
        while lane:
            await self._deliver(courier, lane[0])
            lane.popleft()
        del courier.lanes[name]

    async def _deliver(self, courier: Courier, item: Pending) -> None:
        """Post an update at once, again at once, then after 2, 4, 8 ... units till it expires."""
        pause = 0.0
        while item.update_id in courier.bot.queue.pending and item.expires > time.time():
            if await self._post_once(courier, item.body):
                break
            await asyncio.sleep(pause * self.retry_base)
            pause = min(pause * 2 or 2.0, LONGEST_PAUSE)
        courier.bot.queue.settle(item.update_id)

    async def _post_once(self, courier: Courier, body: str) -> bool:
        if self.client is None:
            timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
            connector = aiohttp.TCPConnector(limit=0, ssl=False)
            self.client = aiohttp.ClientSession(timeout=timeout, connector=connector)
        webhook = courier.bot.webhook
        headers = {"Content-Type": "application/json"}
        if webhook.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook["secret_token"]
        try:
            async with (
                courier.connections,
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
