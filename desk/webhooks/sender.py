"""Send deliveries to one webhook, one after the other, and record the results."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from db.database import Database, Transaction
from db.ids import DeliveryId
from db.queries.events import webhooks as queries
from db.queries.events.events import EventLogRow, decode_records
from db.queries.events.webhooks import DeliveryRow, WebhookRow
from db.tables import WebhookDeliveryState
from db.tables.base import now_utc
from desk.accounts.encryption import WrongKeyError
from desk.live.details import EventDetails, load_details
from desk.webhooks.management import TEST_EVENT
from desk.webhooks.ports import HttpClient, PostResult
from desk.webhooks.retry_policy import RetryAction, RetryDecision, decide_retry, describe_failure
from desk.webhooks.secrets import WebhookSecrets
from desk.webhooks.signing import sign_headers

log = structlog.get_logger(__name__)

# Renders an event for a receiver that may see all of it; a test event has no details.
RenderEvent = Callable[[EventDetails], bytes]
_BATCH_SIZE, _ASIDE_BATCH_SIZE = 20, 5
# Results are saved at the latest after this many seconds, so a crash repeats no more.
_MAX_BATCH_SECONDS = 5.0
_ERROR_LENGTH = 500
_GONE_MESSAGE = "not sent: what this event was about was deleted"
_Bodies = dict[DeliveryId, bytes | None]


@dataclass(slots=True)
class DeliveryBatch:
    """The next deliveries of one webhook, and their results."""

    webhook: WebhookRow
    deliveries: list[DeliveryRow]
    # Expired without another attempt.
    expired: list[DeliveryRow]
    results: list[tuple[DeliveryRow, PostResult, RetryDecision]] = field(default_factory=list)
    gone: list[DeliveryRow] = field(default_factory=list)


async def load_batch(tx: Transaction, webhook: WebhookRow, now: datetime) -> DeliveryBatch | None:
    """Load a webhook's next deliveries; None if nothing is due."""
    if webhook.due_at is not None and webhook.due_at > now:
        return None
    found = await queries.list_due(
        tx, webhook.id, WebhookDeliveryState.PENDING, now, most=_BATCH_SIZE
    )
    found += await queries.list_due(
        tx, webhook.id, WebhookDeliveryState.ASIDE, now, most=_ASIDE_BATCH_SIZE
    )
    expired = [each for each in found if each.expires_at <= now]
    alive = [each for each in found if each.expires_at > now]
    return DeliveryBatch(webhook, alive, expired) if found else None


@dataclass(slots=True)
class WebhookSender:
    """Sends batches of deliveries."""

    database: Database
    http_client: HttpClient
    secrets: WebhookSecrets
    render: RenderEvent
    # The process is stopping: the delivery in progress is the last of its batch.
    is_stopping: bool = False

    async def send_batch(self, batch: DeliveryBatch) -> None:
        """Post the deliveries of a batch, in order, until the receiver fails."""
        try:
            secret = self.secrets.decrypt(batch.webhook.secret)
        except WrongKeyError:
            log.error(
                "webhook.secret_not_decrypted",
                webhook=batch.webhook.id,
                hint="renew its secret, or set the SECRET_KEY that encrypted it",
            )
            self._record_down(
                batch, PostResult(error="its secret cannot be decrypted with this SECRET_KEY")
            )
            return
        bodies = await self.database.run(lambda tx: self._render_bodies(tx, batch.deliveries))
        until, is_blocked = time.monotonic() + _MAX_BATCH_SECONDS, False
        for delivery in batch.deliveries:
            if self.is_stopping or time.monotonic() > until:
                return
            body = bodies[delivery.id]
            if body is None:
                batch.gone.append(delivery)
            elif not (is_blocked and delivery.state is WebhookDeliveryState.PENDING):
                decision = await self._post(batch, delivery, secret, body)
                if decision.action is RetryAction.RECEIVER_DOWN:
                    return
                is_blocked = is_blocked or decision.action is RetryAction.RETRY

    async def _post(
        self, batch: DeliveryBatch, delivery: DeliveryRow, secret: str, body: bytes
    ) -> RetryDecision:
        headers = sign_headers(secret, delivery.id, now_utc(), body)
        answer = await self.http_client.post(batch.webhook.url, headers, body)
        return self._record(batch, delivery, answer)

    def _record(
        self, batch: DeliveryBatch, delivery: DeliveryRow, answer: PostResult
    ) -> RetryDecision:
        decision = decide_retry(
            answer,
            attempts=delivery.attempts,
            failures=batch.webhook.failures,
            now=now_utc(),
            jitter=random.random(),  # noqa: S311 no secret
            is_blocking=delivery.state is WebhookDeliveryState.PENDING,
        )
        batch.results.append((delivery, answer, decision))
        return decision

    def _record_down(self, batch: DeliveryBatch, answer: PostResult) -> None:
        for delivery in batch.deliveries[:1]:
            self._record(batch, delivery, answer)

    async def _render_bodies(self, tx: Transaction, deliveries: Sequence[DeliveryRow]) -> _Bodies:
        """Render the bodies from the current state; None where there is nothing left to send."""
        rows = [
            EventLogRow(0, decode_records(each.records), each.happened_at) for each in deliveries
        ]
        found: _Bodies = {}
        details = await load_details(tx, rows, now_utc())
        for delivery, each in zip(deliveries, details, strict=True):
            if delivery.event == TEST_EVENT:
                found[delivery.id] = _test_body(delivery)
            else:
                found[delivery.id] = self._render_safely(each[0]) if each and each[0] else None
        return found

    def _render_safely(self, event: EventDetails) -> bytes | None:
        try:
            return self.render(event)
        except Exception:  # our error in one event must not stop the others
            log.exception("webhook.render_failed", event=event.kind, about=event.about)
            return None


def _test_body(delivery: DeliveryRow) -> bytes:
    at = delivery.happened_at.isoformat().replace("+00:00", "Z")
    return f'{{"type":"{TEST_EVENT}","at":"{at}"}}'.encode()


async def settle_batch(tx: Transaction, batch: DeliveryBatch, now: datetime) -> None:
    """Save the results of a batch."""
    await _park(tx, batch, now)
    arrived: dict[int | None, list[DeliveryId]] = {}
    for delivery, answer, decision in batch.results:
        if decision.action is RetryAction.DELIVERED:
            arrived.setdefault(answer.status, []).append(delivery.id)
        else:
            await _save_failure(tx, delivery, answer, decision)
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
    await _save_webhook_health(tx, batch, now)


async def _park(tx: Transaction, batch: DeliveryBatch, now: datetime) -> None:
    parked: dict[str, Any] = {"state": WebhookDeliveryState.PARKED, "settled_at": now}
    await queries.update_deliveries(tx, [each.id for each in batch.expired], **parked)
    await queries.update_deliveries(
        tx, [each.id for each in batch.gone], **parked, error=_GONE_MESSAGE
    )
    if batch.expired:
        log.warning("webhook.parked", webhook=batch.webhook.id, deliveries=len(batch.expired))


async def _save_failure(
    tx: Transaction, delivery: DeliveryRow, answer: PostResult, decision: RetryDecision
) -> None:
    values: dict[str, Any] = {
        "attempts": delivery.attempts + 1,
        "status": answer.status,
        "error": describe_failure(answer)[:_ERROR_LENGTH],
    }
    if decision.action is RetryAction.ASIDE:
        values |= {"state": WebhookDeliveryState.ASIDE, "due_at": decision.due_at}
    await queries.update_deliveries(tx, [delivery.id], **values)


async def _save_webhook_health(tx: Transaction, batch: DeliveryBatch, now: datetime) -> None:
    """Save the state of the receiver, unless the webhook's URL has changed meanwhile."""
    values: dict[str, Any] = {}
    for _, _, decision in batch.results:
        match decision.action:
            case RetryAction.DELIVERED:
                values |= {"failures": 0, "due_at": None, "last_delivered_at": now}
            case RetryAction.RETRY:
                values |= {"failures": 0, "due_at": decision.due_at}
            case RetryAction.RECEIVER_DOWN:
                failures = values.get("failures", batch.webhook.failures) + 1
                values |= {"failures": failures, "due_at": decision.due_at}
    await queries.update_webhook(tx, batch.webhook.id, at_url=batch.webhook.url, **values)
