"""Poll getUpdates with our own loop, which acknowledges only committed updates.

aiogram's loop advances the offset before the handler has run, stops at an update that it cannot
parse, and loses updates in flight when the process ends (docs/adr/0004-own-intake.md).
"""

import asyncio
import json
import time
from typing import Any

import aiohttp
import structlog

from bot.intake.raw_updates import ALLOWED_UPDATES, to_inbound_event
from db.cancellation import raise_if_cancelled
from db.database import Database, Transaction
from db.errors import DATABASE_ERRORS, describe_error
from db.ids import ChannelId
from db.queues import inbox
from db.queues.inbox import InboundEvent
from db.queues.lanes import LeaseLostError
from desk.cluster.leader import LeaderLock, SingleProcessLock
from desk.cluster.notify import Notifier
from desk.telemetry.metrics import Metrics
from desk.telemetry.update_log import log_stored

log = structlog.get_logger(__name__)

_LONG_POLL_SECONDS = 30
_BATCH_SIZE = 100
# A long poll may end in a failure that we learn of only this much later.
_SILENCE_TIMEOUT = _LONG_POLL_SECONDS + 30
_CONFLICT = 409
_UNAUTHORIZED = 401


class PollError(Exception):
    """getUpdates did not return updates; retry in `retry_after` seconds."""

    def __init__(self, reason: str, retry_after: float) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Poller:
    """Polls one bot's updates into the inbox."""

    def __init__(
        self,
        channel_id: ChannelId,
        bot_url: str,
        database: Database,
        inbox_notifier: Notifier,
        *,
        metrics: Metrics | None = None,
        leader_lock: LeaderLock | None = None,
    ) -> None:
        """Create a poller.

        `bot_url` is the Bot API's address with the token: it is never logged. `leader_lock` lets
        only the leader poll, because two loops on one token would interrupt each other.
        """
        self._channel_id = channel_id
        self._bot_url = bot_url
        self._database = database
        self._inbox_notifier = inbox_notifier
        self._metrics = metrics or Metrics()
        self._leader_lock = leader_lock or SingleProcessLock()
        self._offset = 0
        self._fault: PollError | None = PollError("not polled yet", 0)
        self._last_success = 0.0

    @property
    def is_standby(self) -> bool:
        """Return whether another process polls."""
        return self._leader_lock.is_standby

    def check(self) -> None:
        """Raise PollError unless the last call succeeded recently."""
        if self._fault is not None:
            raise PollError(str(self._fault), 0)
        if time.monotonic() - self._last_success > _SILENCE_TIMEOUT:
            raise PollError(f"no response for {_SILENCE_TIMEOUT} s", 0)

    async def run(self) -> None:
        """Poll until cancelled; Telegram sends uncommitted updates again."""
        async with aiohttp.ClientSession() as http:
            while True:
                raise_if_cancelled()
                try:
                    if await self._leader_lock.acquire():
                        # updates that another process acknowledged do not come again
                        self._offset = 0
                    updates = await self._poll(http)
                    self._fault, self._last_success = None, time.monotonic()
                    await self._store(updates)
                except PollError as error:
                    self._fault = error
                    log.warning("poll.failed", channel=self._channel_id, reason=str(error))
                    await asyncio.sleep(error.retry_after)
                except LeaseLostError:
                    log.info("poll.taken_over", channel=self._channel_id)
                    await asyncio.sleep(1)
                except DATABASE_ERRORS as error:
                    log.warning("poll.database_unavailable", error=describe_error(error))
                    await asyncio.sleep(1)

    async def _poll(self, http: aiohttp.ClientSession) -> list[dict[str, Any]]:
        body = {
            "offset": self._offset,
            "limit": _BATCH_SIZE,
            # After a failure, poll briefly, to learn at once whether the failure is over.
            "timeout": _LONG_POLL_SECONDS if self._fault is None else 0,
            "allowed_updates": json.dumps(ALLOWED_UPDATES),
        }
        answer = await self._call(http, "getUpdates", body)
        if answer.get("ok"):
            return [update for update in answer.get("result", []) if isinstance(update, dict)]
        code, reason = answer.get("error_code"), str(answer.get("description"))
        if code == _CONFLICT and "webhook" in reason:
            await self._call(http, "deleteWebhook", {})
        backoff = (answer.get("parameters") or {}).get("retry_after") or _choose_backoff(code)
        raise PollError(reason, float(backoff))

    async def _call(
        self, http: aiohttp.ClientSession, method: str, body: dict[str, Any]
    ) -> dict[str, Any]:
        limit = aiohttp.ClientTimeout(total=_LONG_POLL_SECONDS + 15, connect=10)
        try:
            async with http.post(f"{self._bot_url}/{method}", data=body, timeout=limit) as reply:
                answer = await reply.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            # The error's own text may contain the address, and with it the token.
            raise PollError(type(error).__name__, 1.0) from None
        if not isinstance(answer, dict):
            raise PollError("not a Bot API response", 2.0)
        return answer

    async def _store(self, updates: list[dict[str, Any]]) -> None:
        """Commit a batch of updates; the next call acknowledges it."""
        if not updates:
            return
        events = [to_inbound_event(self._channel_id, update) for update in updates]
        await self._database.run(lambda tx: self._insert(tx, events))
        self._metrics.count_received(self._channel_id, len(updates))
        log_stored(events)
        self._inbox_notifier.notify()
        last = [
            update["update_id"] for update in updates if isinstance(update.get("update_id"), int)
        ]
        if last:
            # Not the highest number ever seen: Telegram restarts its numbers after an idle week.
            self._offset = max(last) + 1

    async def _insert(self, tx: Transaction, events: list[InboundEvent]) -> None:
        await self._leader_lock.check(tx)
        await inbox.put(tx, events)


def _choose_backoff(code: object) -> float:
    return {_UNAUTHORIZED: 30.0, _CONFLICT: 2.0}.get(code if isinstance(code, int) else 0, 1.5)
