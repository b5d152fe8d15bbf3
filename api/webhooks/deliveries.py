"""The deliveries of webhooks, and their results."""

from functools import partial

from api.access.caller import Caller
from api.errors.problems import Conflict, NotFound
from api.schemas.pagination import Cursor, Page, build_page
from api.webhooks.models import DeliveryOut, DeliveryQuery
from api.webhooks.webhooks import load_webhook
from db.ids import DeliveryId, WebhookId
from db.queries.events import webhooks as queries
from db.queries.events.webhooks import DeliveryRow
from db.tables import WebhookDeliveryState
from desk.unit_of_work import UnitOfWork
from desk.webhooks import management


async def list_deliveries(
    uow: UnitOfWork, webhook_id: WebhookId, query: DeliveryQuery
) -> Page[DeliveryOut]:
    """List a webhook's deliveries, the newest first; with `state`, ordered by their due time."""
    await load_webhook(uow, webhook_id)
    rows = await queries.list_deliveries(
        uow.tx, webhook_id, state=query.state, start=query.start, limit=query.limit
    )
    key = partial(_cursor_of, by_due=query.state is not None)
    return build_page(rows, query, DeliveryOut.model_validate, key)


async def replay_delivery(
    uow: UnitOfWork, caller: Caller, webhook_id: WebhookId, delivery_id: DeliveryId
) -> DeliveryOut:
    """Deliver an event again under the same id; its content is the current state.

    Only a delivery that was delivered or given up can be repeated.
    """
    webhook = await load_webhook(uow, webhook_id)
    row = await _load_delivery(uow, webhook_id, delivery_id)
    if not webhook.is_active:
        raise Conflict("the webhook is switched off: switch it on first")
    if row.state is WebhookDeliveryState.PENDING:
        raise Conflict("the delivery is still pending")
    await management.replay_delivery(uow, caller.actor, row)
    return DeliveryOut.model_validate(await _load_delivery(uow, webhook_id, delivery_id))


async def _load_delivery(
    uow: UnitOfWork, webhook_id: WebhookId, delivery_id: DeliveryId
) -> DeliveryRow:
    row = await queries.find_delivery(uow.tx, webhook_id, delivery_id)
    if row is None:
        raise NotFound
    return row


def _cursor_of(row: DeliveryRow, *, by_due: bool) -> Cursor:
    return Cursor(row.due_at if by_due else row.created_at, row.id)
