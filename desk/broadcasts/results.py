"""Store the delivery result of each recipient's message; a failed one sends staff no notice."""

from collections.abc import Sequence

from db.ids import MessageId
from db.queries.broadcasts.recipients import save_late_failures, save_result
from db.queries.messages.delivery_states import set_delivery_state
from db.queues.outbox import OutboxRow
from db.tables import DeliveryState, RecipientState
from desk.errors import DeliveryError, NotWanted
from desk.events import DeliveryChanged, Event
from desk.unit_of_work import UnitOfWork


async def record_sent(uow: UnitOfWork, message_ids: Sequence[MessageId]) -> None:
    """Record that these messages were sent."""
    await save_result(uow.tx, message_ids, RecipientState.SENT, uow.now)


async def record_uncertain(uow: UnitOfWork, row: OutboxRow, error: DeliveryError) -> None:
    """Record that nobody knows whether a message arrived; it is not sent again."""
    await _record(
        uow, row, DeliveryState.UNCERTAIN, RecipientState.UNCERTAIN, uow.reason_for_staff(error)
    )


async def record_refused(uow: UnitOfWork, row: OutboxRow, error: DeliveryError) -> None:
    """Record that a message was refused, or was not sent because it is not wanted any more."""
    if isinstance(error, NotWanted):
        await _record(uow, row, DeliveryState.FAILED, RecipientState.SKIPPED, error.reason)
    else:
        await _record(
            uow, row, DeliveryState.FAILED, RecipientState.FAILED, uow.reason_for_staff(error)
        )


async def _record(
    uow: UnitOfWork, row: OutboxRow, state: DeliveryState, became: RecipientState, reason: str
) -> None:
    if row.message_id is None:
        return
    await set_delivery_state(uow.tx, row.message_id, state, reason)
    await save_result(uow.tx, [row.message_id], became, uow.now, reason=reason)
    uow.events.add(DeliveryChanged(row.message_id, state))


_NOT_KNOWN = {DeliveryState.PENDING, DeliveryState.UNCERTAIN, DeliveryState.FAILED}
_SENT = {DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ}


class BroadcastReceipts:
    """Follows what a provider reports later about messages that were sent, or maybe sent."""

    name = "broadcast-receipts"

    async def project(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        changed = [each for each in events if isinstance(each, DeliveryChanged)]
        arrived = [each.message_id for each in changed if _arrived_after_all(each)]
        failed = [each.message_id for each in changed if each.state is DeliveryState.FAILED]
        if arrived:
            await save_result(uow.tx, arrived, RecipientState.SENT, uow.now)
        if failed:
            await save_late_failures(uow.tx, failed, uow.now)


def _arrived_after_all(event: DeliveryChanged) -> bool:
    """Check for a message that was not known to be sent until now."""
    return event.former in _NOT_KNOWN and event.state in _SENT
