"""Manage webhooks as an administrator: create, change, test, and replay deliveries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from db.database import NEW_EVENTS, Transaction
from db.ids import DeliveryId, WebhookId, new_id
from db.queries.events import webhooks as queries
from db.queries.events.events import EventRecord, encode_records
from db.queries.events.webhooks import DeliveryRow, WebhookRow
from db.tables import EventKind, WebhookDeliveryState
from desk.actors import Actor
from desk.audit import add_entry
from desk.live.reader import read_current_cursor
from desk.unit_of_work import UnitOfWork
from desk.webhooks.retry_policy import DELIVERY_LIFETIME
from desk.webhooks.secrets import WebhookSecrets
from desk.webhooks.signing import generate_secret

# For one installation: each webhook may have a request in progress.
MAX_WEBHOOKS = 50
TEST_EVENT = "webhook.test"
# The events for webhooks: a typing event is outdated a second later.
EVENT_KINDS = tuple(kind for kind in EventKind if kind is not EventKind.TYPING)


class TooManyWebhooksError(Exception):
    """The installation has the maximum number of webhooks."""


async def create_webhook(
    uow: UnitOfWork,
    secrets: WebhookSecrets,
    by: Actor,
    *,
    name: str,
    url: str,
    events: Sequence[str],
) -> tuple[WebhookId, str]:
    """Create a webhook, which gets all events from now on; return its id and its secret.

    Raises TooManyWebhooksError.
    """
    await _start_if_first(uow.tx)
    if await queries.count_webhooks(uow.tx) >= MAX_WEBHOOKS:
        raise TooManyWebhooksError
    webhook_id, secret = WebhookId(new_id()), generate_secret()
    values = {
        "id": webhook_id,
        "name": name,
        "url": url,
        "events": list(events),
        "secret": secrets.encrypt(secret),
        "is_active": True,
        "failures": 0,
        "created_at": uow.now,
    }
    await queries.add_webhook(uow.tx, values)
    add_entry(uow, by, "webhook.created", f"webhook:{webhook_id}", {"name": name, "url": url})
    return webhook_id, secret


async def change_webhook(uow: UnitOfWork, by: Actor, webhook: WebhookRow, **values: Any) -> None:
    """Change a webhook; one that is switched on, or gets a new URL, is tried at once."""
    if values.get("is_active"):
        await _start_if_first(uow.tx)
    if "url" in values or "is_active" in values:
        values |= {"failures": 0, "due_at": None}
    await queries.update_webhook(uow.tx, webhook.id, **values)
    details = {key: value for key, value in values.items() if key not in {"failures", "due_at"}}
    add_entry(uow, by, "webhook.changed", f"webhook:{webhook.id}", details)
    uow.tx.info[NEW_EVENTS] = True


async def renew_secret(
    uow: UnitOfWork, secrets: WebhookSecrets, by: Actor, webhook: WebhookRow
) -> str:
    """Renew a webhook's secret and return it; the old one signs nothing more."""
    secret = generate_secret()
    await queries.update_webhook(uow.tx, webhook.id, secret=secrets.encrypt(secret))
    add_entry(uow, by, "webhook.secret_renewed", f"webhook:{webhook.id}")
    return secret


async def delete_webhook(uow: UnitOfWork, by: Actor, webhook: WebhookRow) -> None:
    """Delete a webhook; nothing more is delivered to it."""
    await queries.update_webhook(uow.tx, webhook.id, is_active=False, deleted_at=uow.now)
    add_entry(uow, by, "webhook.deleted", f"webhook:{webhook.id}", {"name": webhook.name})


async def send_test(uow: UnitOfWork, by: Actor, webhook: WebhookRow) -> DeliveryId:
    """Send a test event to a webhook; return the delivery."""
    row = to_delivery_row(webhook.id, TEST_EVENT, "[]", happened_at=uow.now, now=uow.now)
    await queries.add_deliveries(uow.tx, [row])
    await queries.update_webhook(uow.tx, webhook.id, due_at=None)
    add_entry(uow, by, "webhook.tested", f"webhook:{webhook.id}")
    uow.tx.info[NEW_EVENTS] = True
    return DeliveryId(row["id"])


async def replay_delivery(uow: UnitOfWork, by: Actor, delivery: DeliveryRow) -> None:
    """Deliver again what was delivered or given up; the delivery keeps its id."""
    await queries.update_deliveries(
        uow.tx,
        [delivery.id],
        state=WebhookDeliveryState.ASIDE,
        attempts=0,
        due_at=uow.now,
        expires_at=uow.now + DELIVERY_LIFETIME,
        settled_at=None,
    )
    details = {"delivery": delivery.id}
    add_entry(uow, by, "webhook.replayed", f"webhook:{delivery.webhook_id}", details)
    uow.tx.info[NEW_EVENTS] = True


def to_delivery_row(
    webhook_id: WebhookId,
    event: str,
    happened: str,
    *,
    happened_at: datetime,
    now: datetime,
) -> dict[str, Any]:
    """Return the row of a delivery that is due now."""
    return {
        "id": new_id(),
        "webhook_id": webhook_id,
        "event": event,
        "records": happened,
        "happened_at": happened_at,
        "state": WebhookDeliveryState.PENDING,
        "attempts": 0,
        "due_at": now,
        "expires_at": now + DELIVERY_LIFETIME,
        "created_at": now,
    }


def to_delivery_rows(
    webhooks: Sequence[WebhookRow], happened: EventRecord, at: datetime, now: datetime
) -> list[dict[str, Any]]:
    """Return the delivery rows of an event, for the webhooks that want it."""
    if happened.kind not in EVENT_KINDS:
        return []
    records = encode_records([happened])
    return [
        to_delivery_row(webhook.id, happened.kind, records, happened_at=at, now=now)
        for webhook in webhooks
        if at >= webhook.created_at and (not webhook.events or happened.kind in webhook.events)
    ]


async def _start_if_first(tx: Transaction) -> None:
    """Start dispatching from now on, if there was no webhook so far."""
    await queries.lock_cursor(tx)
    if not await queries.list_active(tx):
        await queries.save_cursor(tx, str(await read_current_cursor(tx)))
