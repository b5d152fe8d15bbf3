"""The lost-lease reconciler: finish deliveries whose lanes were taken over while a worker hung.

Before a worker sends, it checks that it still holds the lane: the new holder may have asked the
agent about the answer already. After sending without the lane it may settle nothing. But if the
agent was asked about an answer that did arrive, the worker records the arrival for them.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from db.database import Database, Transaction
from db.errors import DATABASE_ERRORS, is_refused
from db.queries.messages.new_messages import NewCopy, add_copies
from db.queues import lanes
from db.queues.outbox import OutboxRow
from db.queues.uncertain import read_states
from db.tables import OutboxKind, OutboxState, Queue, Side
from db.tables.base import now_utc
from desk.actors import SYSTEM
from desk.conversations.threads import find_thread
from desk.delivery.ports import SendResult
from desk.delivery.work import Outcome, Work
from desk.messages.receipts import apply_early_receipts
from desk.messages.uncertain import mark_arrived
from desk.unit_of_work import UnitOfWork
from desk.unit_of_work_factory import UnitOfWorkFactory

log = structlog.get_logger(__name__)

# A lease that is about to expire is checked before something is sent under it.
_LEASE_MARGIN = timedelta(seconds=1)
# The worker that took a lane over soon records that the answer is uncertain.
_MAX_WAIT = timedelta(seconds=15)
_UNSETTLED = {OutboxState.PENDING, OutboxState.SENDING}


async def renew_lease(database: Database, work: Work, lease: timedelta) -> bool:
    """Check whether a claimed lane is still ours, and renew the lease if it is about to expire."""
    if now_utc() < work.claimed_at + lease - _LEASE_MARGIN:
        return True

    async def renew(tx: Transaction) -> bool:
        return await lanes.renew_one(tx, work.queue, work.lane, work.token, now_utc() + lease)

    try:
        return await database.run(renew)
    except DATABASE_ERRORS:
        return False


@dataclass(slots=True)
class LostLeaseReconciler:
    """Keeps answers that arrived although their lane was lost, until that is recorded."""

    database: Database
    uow_factory: UnitOfWorkFactory
    _waiting: list[tuple[Outcome, datetime]] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Remember the results of an outcome whose lease was lost."""
        if outcome.work.queue is Queue.CUSTOMER and outcome.results:
            self._waiting.append((outcome, now_utc() + _MAX_WAIT))

    async def reconcile(self) -> None:
        """Record what can be recorded now; the rest is tried again with the next call.

        What the database refuses to record is given up: the agent was asked about it.
        """
        for each in tuple(self._waiting):
            outcome, until = each
            try:
                is_settled = await self.uow_factory.record(
                    self.database,
                    lambda uow, outcome=outcome: _reconcile_one(uow, outcome),  # type: ignore[misc]
                )
            except DATABASE_ERRORS as error:
                if not is_refused(error):
                    raise
                is_settled = True
            if is_settled or now_utc() >= until:
                self._waiting.remove(each)


async def _reconcile_one(uow: UnitOfWork, outcome: Outcome) -> bool:
    """Record an outcome; return False while the lane's new holder has not settled it."""
    ids = [row.id for row, _ in outcome.results]
    if _UNSETTLED & await read_states(uow.tx, ids):
        return False
    for row, send_result in outcome.results:
        if row.kind is OutboxKind.ANSWER and await mark_arrived(uow, SYSTEM, row.id):
            with outcome.work.named_in_log():
                log.info("delivery.arrived_after_all")
            await _save_copies(uow, outcome, row, send_result)
            await _notify_arrived(uow, row)
    await uow.flush()
    return True


async def _save_copies(
    uow: UnitOfWork, outcome: Outcome, row: OutboxRow, send_result: SendResult
) -> None:
    if row.message_id is None:
        return
    copies: list[NewCopy] = [
        {
            "message_id": row.message_id,
            "channel_id": row.channel_id,
            "side": Side.CUSTOMER,
            "chat": outcome.get_chat(row),
            "provider_id": provider_id,
        }
        for provider_id in send_result.provider_ids
    ]
    await add_copies(uow.tx, copies)
    became = dict.fromkeys(send_result.provider_ids, row.message_id)
    await apply_early_receipts(uow, row.channel_id, became)


async def _notify_arrived(uow: UnitOfWork, row: OutboxRow) -> None:
    if row.conversation_id is None:
        return
    thread = await find_thread(uow, row.conversation_id)
    if thread is not None:
        text = uow.text_for_staff("topic.arrived_after_all")
        dedup_key = f"arrived:{row.message_id}"
        uow.enqueue_staff_notice(thread, text, reply_to=row.message_id, dedup_key=dedup_key)
