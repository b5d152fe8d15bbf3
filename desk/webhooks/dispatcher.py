"""The webhook dispatcher: send events to webhooks; one process at a time does it.

Dispatching: each event becomes one delivery for each webhook that wants it, in the transaction that
saves how far the log was read. Sending: one webhook's deliveries go one after the other, and
different webhooks run at the same time. A crash repeats what was not settled, under the same id.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from db.database import Database, Transaction
from db.errors import DATABASE_ERRORS, describe_error
from db.ids import WebhookId
from db.queries.events import webhooks as queries
from db.queries.events.webhooks import WebhookRow
from db.queues.lanes import LeaseLostError
from db.tables.base import now_utc
from desk.cluster.leader import LeaderLock
from desk.cluster.wake import Signal
from desk.live.cursor import EventCursor
from desk.live.reader import EventReader, is_full, read_current_cursor
from desk.webhooks.management import MAX_WEBHOOKS, to_delivery_rows
from desk.webhooks.sender import DeliveryBatch, WebhookSender, load_batch, settle_batch

log = structlog.get_logger(__name__)

_ROWS = 200
# How often to check whether there are webhooks at all, and what is due.
_IDLE_WITHOUT_WEBHOOKS, _IDLE = 2.0, 1.0
_DATABASE_RETRY = 1.0
# Events this close together are dispatched at once.
_GATHER = 0.02


@dataclass(frozen=True, slots=True)
class _Turn:
    """The result of one transaction of the dispatcher."""

    webhooks: list[WebhookRow]
    batches: list[DeliveryBatch] = field(default_factory=list)
    pending_since: Mapping[int, float] = field(default_factory=dict)
    more: bool = False


class WebhookDispatcher:
    """Dispatches events to webhooks, while this process is the leader."""

    def __init__(self, database: Database, leader_lock: LeaderLock, sender: WebhookSender) -> None:
        self._database = database
        self._leader_lock = leader_lock
        self._sender = sender
        self._signal = Signal()
        self._batches: asyncio.Queue[DeliveryBatch] = asyncio.Queue()
        self._under_way: set[WebhookId] = set()
        self._pending_since: Mapping[int, float] = {}
        # Whether there is any webhook: while there is none, events do not wake the dispatcher.
        self._has_webhooks = False
        self._stopping = False
        self._settled = asyncio.Event()

    @property
    def senders(self) -> int:
        """How many `send` loops to run in the worker's task group, so that no webhook waits."""
        return MAX_WEBHOOKS

    def notify(self) -> None:
        """Wake the dispatcher because something happened."""
        if self._has_webhooks:
            self._signal.notify()

    async def finish(self) -> None:
        """Start nothing more, and return once everything in progress is settled."""
        self._stopping = self._sender.is_stopping = True
        if self._under_way:
            self._settled.clear()
            await self._settled.wait()

    async def run(self) -> None:
        """Create deliveries and hand out batches while this process leads, until cancelled."""
        while True:
            await self._leader_lock.acquire()
            more = await self._try_turn()
            await asyncio.sleep(_GATHER)
            if not more:
                await self._signal.sleep(_IDLE if self._has_webhooks else _IDLE_WITHOUT_WEBHOOKS)

    async def send(self) -> None:
        """Send the batches that are handed out, one after the other, for ever."""
        while True:
            batch = await self._batches.get()
            try:
                await self._sender.send_batch(batch)
                await self._database.run(lambda tx, batch=batch: self._settle(tx, batch))  # type: ignore[misc]
            except LeaseLostError:
                log.info("webhooks.taken_over", webhook=batch.webhook.id)
            # delivered requests will be repeated, under the same id
            except DATABASE_ERRORS as error:
                log.warning("webhooks.database_away", error=describe_error(error))
                await asyncio.sleep(_DATABASE_RETRY)
            finally:
                self._under_way.discard(batch.webhook.id)
                self._signal.notify()
                if not self._under_way:
                    self._settled.set()

    async def _settle(self, tx: Transaction, batch: DeliveryBatch) -> None:
        await self._leader_lock.check(tx)
        await settle_batch(tx, batch, now_utc())

    async def _try_turn(self) -> bool:
        if self._stopping:
            return False
        try:
            turn = await self._database.run(self._turn)
        except LeaseLostError:
            return False
        except DATABASE_ERRORS as error:
            log.warning("webhooks.database_away", error=describe_error(error))
            await asyncio.sleep(_DATABASE_RETRY)
            return False
        self._has_webhooks, self._pending_since = bool(turn.webhooks), turn.pending_since
        for batch in turn.batches:
            self._under_way.add(batch.webhook.id)
            self._batches.put_nowait(batch)
        return turn.more

    async def _turn(self, tx: Transaction) -> _Turn:
        """Create the deliveries of new events, and take the batches that are due."""
        if not (webhooks := await queries.list_active(tx)):
            return _Turn([])
        await self._leader_lock.check(tx)
        reader, more = await self._create_deliveries(tx, webhooks)
        now = now_utc()
        batches = [
            batch
            for webhook in webhooks
            if webhook.id not in self._under_way and (batch := await load_batch(tx, webhook, now))
        ]
        return _Turn(webhooks, batches, reader.pending_since, more)

    async def _create_deliveries(
        self, tx: Transaction, webhooks: list[WebhookRow]
    ) -> tuple[EventReader, bool]:
        kept, now = await queries.lock_cursor(tx), now_utc()
        cursor = await read_current_cursor(tx) if kept is None else EventCursor.parse(kept)
        reader = EventReader(cursor, pending_since=self._pending_since)
        rows = await reader.read_next(tx, most=_ROWS)
        found = [
            delivery
            for row in rows
            for happened in row.records
            for delivery in to_delivery_rows(webhooks, happened, row.at, now)
        ]
        await queries.add_deliveries(tx, found)
        reader.advance(rows)
        if str(reader.cursor) != kept:
            await queries.save_cursor(tx, str(reader.cursor))
        return reader, is_full(rows, _ROWS)
