"""Webhooks: create, change, test, delete."""

from typing import Any

from api.access.caller import Caller
from api.errors.problems import Conflict, NotFound, ValidationFailed
from api.webhooks.models import (
    WEBHOOK_EVENT_KINDS,
    CreatedWebhook,
    DeliveryOut,
    NewWebhook,
    WebhookChanges,
    WebhookOut,
    WebhookSecret,
    WebhooksOut,
)
from api.webhooks.urls import WebhookUrlPolicy
from db.ids import WebhookId
from db.queries.events import webhooks as queries
from db.queries.events.webhooks import WebhookRow
from desk.unit_of_work import UnitOfWork
from desk.webhooks import management
from desk.webhooks.secrets import WebhookSecrets


async def list_all(uow: UnitOfWork) -> WebhooksOut:
    """List the webhooks, the oldest first."""
    items = [_to_schema(row) for row in await queries.list_all(uow.tx)]
    return WebhooksOut(items=items, event_kinds=list(WEBHOOK_EVENT_KINDS))


async def create(
    uow: UnitOfWork,
    caller: Caller,
    body: NewWebhook,
    secrets: WebhookSecrets,
    urls: WebhookUrlPolicy,
) -> CreatedWebhook:
    """Create a webhook, which receives events from now on; its secret is shown only once."""
    urls.check(body.url)
    events = _unique_values(body.events)
    try:
        webhook_id, secret = await management.create_webhook(
            uow, secrets, caller.actor, name=body.name, url=body.url, events=events
        )
    except management.TooManyWebhooksError:
        most = management.MAX_WEBHOOKS
        raise Conflict(f"the limit of {most} webhooks is reached") from None
    return CreatedWebhook(
        **_to_schema(await load_webhook(uow, webhook_id)).model_dump(), secret=secret
    )


async def show(uow: UnitOfWork, webhook_id: WebhookId) -> WebhookOut:
    """Show a webhook."""
    return _to_schema(await load_webhook(uow, webhook_id))


async def change(
    uow: UnitOfWork,
    caller: Caller,
    webhook_id: WebhookId,
    body: WebhookChanges,
    urls: WebhookUrlPolicy,
) -> WebhookOut:
    """Change a webhook; after a new address, or when switched on again, it is tried at once."""
    row = await load_webhook(uow, webhook_id)
    found = body.model_dump(exclude_unset=True)
    if empty := [name for name, value in found.items() if value is None]:
        raise ValidationFailed.field(empty[0], "must not be null; leave it out", "null")
    if body.url is not None:
        urls.check(body.url)
    if body.events is not None:
        found["events"] = _unique_values(body.events)
    await management.change_webhook(uow, caller.actor, row, **found)
    return _to_schema(await load_webhook(uow, webhook_id))


async def renew_secret(
    uow: UnitOfWork, caller: Caller, webhook_id: WebhookId, secrets: WebhookSecrets
) -> WebhookSecret:
    """Create a new secret for a webhook; from now on only the new secret signs deliveries."""
    row = await load_webhook(uow, webhook_id)
    return WebhookSecret(secret=await management.renew_secret(uow, secrets, caller.actor, row))


async def remove(uow: UnitOfWork, caller: Caller, webhook_id: WebhookId) -> None:
    """Delete a webhook; pending deliveries are dropped."""
    await management.delete_webhook(uow, caller.actor, await load_webhook(uow, webhook_id))


async def send_test_event(uow: UnitOfWork, caller: Caller, webhook_id: WebhookId) -> DeliveryOut:
    """Send a `webhook.test` event, which has no other content; its deliveries show the result."""
    row = await load_webhook(uow, webhook_id)
    if not row.is_active:
        raise Conflict("the webhook is switched off: switch it on first")
    delivery_id = await management.send_test(uow, caller.actor, row)
    delivery = await queries.find_delivery(uow.tx, webhook_id, delivery_id)
    return DeliveryOut.model_validate(delivery)


async def load_webhook(uow: UnitOfWork, webhook_id: WebhookId) -> WebhookRow:
    """Load a webhook; raises NotFound."""
    row = await queries.find_webhook(uow.tx, webhook_id)
    if row is None:
        raise NotFound
    return row


def _unique_values(events: list[Any]) -> list[str]:
    return list(dict.fromkeys(each.value for each in events))


def _to_schema(row: WebhookRow) -> WebhookOut:
    return WebhookOut.model_validate(row)
