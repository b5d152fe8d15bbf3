"""Delivers updates to webhooks: in order per lane, retried until the webhook answers 2xx."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp

from sandbox.common.lanes import Lanes
from sandbox.common.webhook_client import WebhookClient
from sandbox.telegram.model.update_queue import Pending

if TYPE_CHECKING:
    from sandbox.telegram.model.records import Bot

MAX_RETRY_SECONDS = 60.0
ANSWER_SECONDS = 60.0
OK = range(200, 300)


class WebhookQueue(Lanes[str, Pending]):
    """The deliveries of one bot: its lanes share some connections."""

    def __init__(self, bot: "Bot", deliver: Callable[["WebhookQueue", Pending], Awaitable[None]]):
        super().__init__(lambda item: deliver(self, item))
        self.bot = bot
        self.connections = asyncio.Semaphore(bot.webhook.get("max_connections", 40))


@dataclass(slots=True)
class Webhooks:
    """The deliveries of all bots; `retry_base` is the length of Telegram's retry second here."""

    retry_base: float = 1.0
    queues: dict[int, WebhookQueue] = field(default_factory=dict)
    client: WebhookClient = field(default_factory=lambda: WebhookClient(ANSWER_SECONDS))

    def start(self, bot: "Bot") -> None:
        """Deliver the bot's waiting and coming updates to its webhook."""
        self.stop(bot)
        queue = self.queues[bot.id] = WebhookQueue(bot, self._deliver)
        bot.queue.sink = lambda item: queue.offer(item.lane, item)
        for item in list(bot.queue.pending.values()):
            queue.offer(item.lane, item)

    def stop(self, bot: "Bot") -> None:
        """Stop deliveries to this bot's webhook; waiting updates stay queued."""
        bot.queue.sink = None
        queue = self.queues.pop(bot.id, None)
        if queue is not None:
            queue.cancel()

    async def close(self) -> None:
        """Stop all deliveries and close the connections."""
        for queue in list(self.queues.values()):
            self.stop(queue.bot)
        await self.client.close()

    def post_raw(self, bot: "Bot", body: str) -> bool:
        """Post any text to the webhook once, without order or retry; False without a webhook."""
        queue = self.queues.get(bot.id)
        if queue is None:
            return False
        queue.run(self._post_once(queue, body))
        return True

    async def _deliver(self, queue: WebhookQueue, item: Pending) -> None:
        """Post an update; retry at once, then after 2, 4, 8 ... units until it expires."""
        pause = 0.0
        while item.update_id in queue.bot.queue.pending and item.expires > time.time():
            if await self._post_once(queue, item.body):
                break
            await asyncio.sleep(pause * self.retry_base)
            pause = min(pause * 2 or 2.0, MAX_RETRY_SECONDS)
        queue.bot.queue.settle(item.update_id)

    async def _post_once(self, queue: WebhookQueue, body: str) -> bool:
        webhook = queue.bot.webhook
        headers = {"Content-Type": "application/json"}
        if webhook.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook["secret_token"]
        data = body.encode()
        try:
            async with (
                queue.connections,
                self.client.http.post(webhook["url"], data=data, headers=headers) as response,
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
