"""A bot's updates: kept in order until confirmed, and passed to a long poll or the webhook."""

import asyncio
import itertools
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.telegram.model import errors

KEPT_SECONDS = 24 * 3600.0
CALLBACK_KEPT_SECONDS = 150.0
# Kinds of updates that a bot gets only if it asks for them.
ON_REQUEST = frozenset({"message_reaction", "message_reaction_count", "chat_member"})


@dataclass(slots=True)
class Pending:
    """An update as JSON text; `lane` names the webhook deliveries that keep their order."""

    update_id: int
    lane: str
    body: str
    expires: float


@dataclass(slots=True)
class UpdateQueue:
    """The updates of one bot, oldest first."""

    next_id: int
    allowed: frozenset[str] = frozenset()
    pending: OrderedDict[int, Pending] = field(default_factory=OrderedDict)
    # Called with the id of an update that was added or removed.
    on_change: Callable[[int], None] | None = None
    sink: Callable[[Pending], None] | None = None
    waiter: "asyncio.Future[None] | None" = None

    def wants(self, kind: str) -> bool:
        """Check whether the bot's allowed_updates include this kind of update."""
        return kind in self.allowed if self.allowed else kind not in ON_REQUEST

    def put(self, kind: str, lane: str, body: str, now: float) -> None:
        """Queue an update whose object is `body`, and wake the long poll that waits for it."""
        number = self.next_id
        self.next_id = number + 1
        kept = CALLBACK_KEPT_SECONDS if kind == "callback_query" else KEPT_SECONDS
        text = f'{{"update_id":{number},"{kind}":{body}}}'
        self.add(Pending(number, lane, text, now + kept))

    def add(self, item: Pending) -> None:
        """Queue a finished update."""
        self.pending[item.update_id] = item
        self._note(item.update_id)
        if self.sink is not None:
            self.sink(item)
        elif self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)

    def confirm(self, offset: int) -> None:
        """Remove every update below `offset`; a negative one keeps only that many newest."""
        if offset < 0:
            while len(self.pending) > -offset:
                self._drop_first()
            return
        while self.pending and next(iter(self.pending)) < offset:
            self._drop_first()

    def settle(self, update_id: int) -> None:
        """Remove an update that the webhook has accepted or that has expired."""
        self.pending.pop(update_id, None)
        self._note(update_id)

    def clear(self) -> None:
        """Remove all updates."""
        while self.pending:
            self._drop_first()

    def _drop_first(self) -> None:
        self._note(self.pending.popitem(last=False)[0])

    def _note(self, update_id: int) -> None:
        if self.on_change is not None:
            self.on_change(update_id)

    def batch(self, limit: int, now: float) -> list[str]:
        """Return up to `limit` of the oldest updates that have not expired."""
        while self.pending and next(iter(self.pending.values())).expires < now:
            self._drop_first()
        alive = (item.body for item in self.pending.values() if item.expires >= now)
        return list(itertools.islice(alive, limit))

    async def wait(self, seconds: float) -> None:
        """Wait for an update; a later poll or a webhook ends the wait with a 409."""
        self.end_wait(errors.two_pollers())
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiter = waiter
        try:
            await asyncio.wait_for(waiter, seconds)
        except TimeoutError:
            pass
        finally:
            if self.waiter is waiter:
                self.waiter = None

    def end_wait(self, reason: Exception | None = None) -> None:
        """End the long poll that is waiting, if there is one, with `reason` or an empty answer."""
        waiter, self.waiter = self.waiter, None
        if waiter is None or waiter.done():
            return
        if reason is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(reason)
