"""Delivers to one webhook, one after the other, and writes down what came of it."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import DeliveryId
from db.queries.events import webhooks as queries
from db.queries.events.events import EventLogRow, decode_records
from db.queries.events.webhooks import DeliveryRow, WebhookRow
from db.tables import WebhookDeliveryState
from db.tables.base import now_utc
from desk.accounts.encryption import WrongKeyError
from desk.live.details import Told, tell
from desk.webhooks.management import TEST
from desk.webhooks.ports import Answer, Poster
from desk.webhooks.retry_policy import Consequence, Verdict, judge, reason
from desk.webhooks.secrets import WebhookSecrets
from desk.webhooks.signing import signed_headers

log = structlog.get_logger(__name__)

# How an event is written down for whoever may see all of it; a trial has nothing to tell.
Render = Callable[[Told], bytes]
_AT_ONCE, _ASIDE_AT_ONCE = 20, 5
# What was delivered is noted at the latest after so many seconds: a crash repeats no more.
_LONGEST = 5.0
_ERROR_LENGTH = 500
_GONE = "there is nothing left to tell: what it was about was removed"
_Words = dict[DeliveryId, bytes | None]


@dataclass(slots=True)
class Batch:
    """What one webhook is to be told next, and what came of it."""

    webhook: WebhookRow
    deliveries: list[DeliveryRow]
    # Given up without another try.
    expired: list[DeliveryRow]
    results: list[tuple[DeliveryRow, Answer, Verdict]] = field(default_factory=list)
    gone: list[DeliveryRow] = field(default_factory=list)


async def take(tx: AsyncSession, webhook: WebhookRow, now: datetime) -> Batch | None:
    """Read what a webhook is told next; None: nothing is due."""
    if webhook.due_at is not None and webhook.due_at > now:
        return None
    found = await queries.list_due(tx, webhook.id, WebhookDeliveryState.PENDING, now, most=_AT_ONCE)
    found += await queries.list_due(
        tx, webhook.id, WebhookDeliveryState.ASIDE, now, most=_ASIDE_AT_ONCE
    )
    expired = [each for each in found if each.expires_at <= now]
    alive = [each for each in found if each.expires_at > now]
    return Batch(webhook, alive, expired) if found else None


@dataclass(slots=True)
class Delivering:
    """Delivers batches, and settles them."""

    database: Database
    poster: Poster
    secrets: WebhookSecrets
    render: Render
    # Told to end: what is under way is the last of its batch.
    is_stopping: bool = False

    async def deliver(self, batch: Batch) -> None:
        """Post what is in a batch, in order, as far as the receiver takes it."""
        try:
            secret = self.secrets.opened(batch.webhook.secret)
        except WrongKeyError:
            log.error("webhook.secret_lost", webhook=batch.webhook.id, hint="renew its secret")
            self._down(batch, Answer(error="its secret does not open with this SECRET_KEY"))
            return
        words = await self.database.run(lambda tx: self._words(tx, batch.deliveries))
        until, waits = time.monotonic() + _LONGEST, False
        for delivery in batch.deliveries:
            if self.is_stopping or time.monotonic() > until:
                return
            body = words[delivery.id]
            if body is None:
                batch.gone.append(delivery)
            elif not (waits and delivery.state is WebhookDeliveryState.PENDING):
                verdict = await self._post(batch, delivery, secret, body)
                if verdict.consequence is Consequence.DOWN:
                    return
                waits = waits or verdict.consequence is Consequence.AGAIN

    async def _post(self, batch: Batch, delivery: DeliveryRow, secret: str, body: bytes) -> Verdict:
        headers = signed_headers(secret, delivery.id, now_utc(), body)
        answer = await self.poster.post(batch.webhook.url, headers, body)
        return self._note(batch, delivery, answer)

    def _note(self, batch: Batch, delivery: DeliveryRow, answer: Answer) -> Verdict:
        verdict = judge(
            answer,
            attempts=delivery.attempts,
            failures=batch.webhook.failures,
            now=now_utc(),
            jitter=random.random(),  # noqa: S311 no secret
            in_line=delivery.state is WebhookDeliveryState.PENDING,
        )
        batch.results.append((delivery, answer, verdict))
        return verdict

    def _down(self, batch: Batch, answer: Answer) -> None:
        for delivery in batch.deliveries[:1]:
            self._note(batch, delivery, answer)

    async def _words(self, tx: AsyncSession, deliveries: Sequence[DeliveryRow]) -> _Words:
        """Render what is told, as things stand now; None: there is nothing left to tell."""
        rows = [
            EventLogRow(0, decode_records(each.records), each.happened_at) for each in deliveries
        ]
        found: _Words = {}
        told = await tell(tx, rows, now_utc())
        for delivery, each in zip(deliveries, told, strict=True):
            if delivery.event == TEST:
                found[delivery.id] = _trial(delivery)
            else:
                found[delivery.id] = self._rendered(each[0]) if each and each[0] else None
        return found

    def _rendered(self, told: Told) -> bytes | None:
        try:
            return self.render(told)
        except Exception:  # a fault of ours in one must not stop the others
            log.exception("webhook.cannot_tell", event=told.kind, about=told.about)
            return None


def _trial(delivery: DeliveryRow) -> bytes:
    at = delivery.happened_at.isoformat().replace("+00:00", "Z")
    return f'{{"type":"{TEST}","at":"{at}"}}'.encode()


async def settle(tx: AsyncSession, batch: Batch, now: datetime) -> None:
    """Write down what came of a batch."""
    await _park(tx, batch, now)
    arrived: dict[int | None, list[DeliveryId]] = {}
    for delivery, answer, verdict in batch.results:
        if verdict.consequence is Consequence.DELIVERED:
            arrived.setdefault(answer.status, []).append(delivery.id)
        else:
            await _note_failure(tx, delivery, answer, verdict)
    for status, ids in arrived.items():
        await queries.update_deliveries(
            tx,
            ids,
            state=WebhookDeliveryState.DELIVERED,
            attempts=queries.deliveries.c.attempts + 1,
            status=status,
            error=None,
            settled_at=now,
        )
    await _note_webhook(tx, batch, now)


async def _park(tx: AsyncSession, batch: Batch, now: datetime) -> None:
    parked: dict[str, Any] = {"state": WebhookDeliveryState.PARKED, "settled_at": now}
    await queries.update_deliveries(tx, [each.id for each in batch.expired], **parked)
    await queries.update_deliveries(tx, [each.id for each in batch.gone], **parked, error=_GONE)
    if batch.expired:
        log.warning("webhook.parked", webhook=batch.webhook.id, deliveries=len(batch.expired))


async def _note_failure(
    tx: AsyncSession, delivery: DeliveryRow, answer: Answer, verdict: Verdict
) -> None:
    values: dict[str, Any] = {
        "attempts": delivery.attempts + 1,
        "status": answer.status,
        "error": reason(answer)[:_ERROR_LENGTH],
    }
    if verdict.consequence is Consequence.ASIDE:
        values |= {"state": WebhookDeliveryState.ASIDE, "due_at": verdict.due_at}
    await queries.update_deliveries(tx, [delivery.id], **values)


async def _note_webhook(tx: AsyncSession, batch: Batch, now: datetime) -> None:
    """Note how the receiver is, unless it is another one by now."""
    values: dict[str, Any] = {}
    for _, _, verdict in batch.results:
        match verdict.consequence:
            case Consequence.DELIVERED:
                values |= {"failures": 0, "due_at": None, "last_delivered_at": now}
            case Consequence.AGAIN:
                values |= {"failures": 0, "due_at": verdict.due_at}
            case Consequence.DOWN:
                failures = values.get("failures", batch.webhook.failures) + 1
                values |= {"failures": failures, "due_at": verdict.due_at}
    await queries.update_webhook(tx, batch.webhook.id, at_url=batch.webhook.url, **values)
