"""Create, change, start, pause, resume and cancel a broadcast; each is recorded in the audit log.

The broadcast's row is locked first. So of two administrators who press at once, one does it, and
the other is told that it was done.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from db.ids import BroadcastId, ReplyFileId, new_id
from db.queries.broadcasts import broadcasts, recipients
from db.queries.broadcasts.audience import Audience
from db.queries.messages.delivery_states import set_delivery_state
from db.queries.reply_files import find_existing_files
from db.queues import lanes, outbox
from db.tables import (
    Broadcast,
    BroadcastState,
    DeliveryState,
    OutboxKind,
    Queue,
    RecipientState,
    SkipReason,
)
from desk.actors import Actor
from desk.audit import add_entry, describe_changes
from desk.broadcasts.audience import check_audience, from_json, list_channels, to_json
from desk.broadcasts.content import TemplateChoice, check_template, check_text
from desk.broadcasts.job import SendBroadcast
from desk.broadcasts.states import report, set_state
from desk.events import DeliveryChanged
from desk.lanes import broadcast_lane
from desk.messages import window
from desk.setup.errors import InvalidValueError, NotFoundError, NotPossibleError
from desk.texts.customer_texts import OwnText
from desk.unit_of_work import UnitOfWork

# A clock of another machine may be behind a little.
_GRACE = timedelta(minutes=1)
_TO_COME = {BroadcastState.DRAFT, BroadcastState.SCHEDULED}
_OPEN = _TO_COME | {BroadcastState.RUNNING, BroadcastState.PAUSED}


@dataclass(frozen=True, slots=True)
class BroadcastPlan:
    """What an administrator wants to send, and to whom."""

    name: str
    audience: Audience
    wording: OwnText | None = None
    template: TemplateChoice | None = None
    file_id: ReplyFileId | None = None

    def to_columns(self) -> dict[str, Any]:
        """Return the values of the columns that hold this plan."""
        wording, template = self.wording, self.template
        return {
            "name": self.name,
            "text": None if wording is None else wording.text,
            "entities": None if wording is None else wording.entities,
            "file_id": self.file_id,
            "template": None if template is None else template.to_json(),
            "audience": to_json(self.audience),
        }

    @classmethod
    def load(cls, broadcast: Broadcast) -> "BroadcastPlan":
        """Read the plan of a stored broadcast."""
        text, audience = broadcast.text, from_json(broadcast.audience)
        wording = None if text is None else OwnText(text, broadcast.entities)
        template = TemplateChoice.load(broadcast)
        return cls(broadcast.name, audience, wording, template, broadcast.file_id)


async def create(uow: UnitOfWork, plan: BroadcastPlan, *, by: Actor) -> Broadcast:
    """Create a broadcast that is not started; raise InvalidValueError."""
    await _check_plan(uow, plan)
    broadcast = Broadcast(
        id=BroadcastId(new_id()),
        **plan.to_columns(),
        author_name=by.name,
        created_at=uow.now,
        updated_at=uow.now,
    )
    await broadcasts.add_broadcast(uow.tx, broadcast)
    _record(uow, broadcast, by, "created")
    return broadcast


async def change(
    uow: UnitOfWork, broadcast_id: BroadcastId, changes: Mapping[str, Any], *, by: Actor
) -> Broadcast:
    """Change what a broadcast that has not begun says, and to whom: fields of its plan.

    Raises NotFoundError, InvalidValueError, or NotPossibleError once it is being sent.
    """
    broadcast = await _lock(uow, broadcast_id, _TO_COME, "change")
    before = BroadcastPlan.load(broadcast)
    plan = replace(before, **changes)
    if plan == before:
        return broadcast
    await _check_plan(uow, plan)
    old, new = before.to_columns(), plan.to_columns()
    changed = {name: value for name, value in new.items() if value != old[name]}
    for name, value in changed.items():
        setattr(broadcast, name, value)
    await report(uow, broadcast)
    _record(uow, broadcast, by, "changed", describe_changes(old, changed))
    return broadcast


async def _check_plan(uow: UnitOfWork, wanted: BroadcastPlan) -> None:
    await check_audience(uow, wanted.audience)
    served = list_channels(uow, wanted.audience)
    if wanted.file_id is not None and not await find_existing_files(uow.tx, [wanted.file_id]):
        raise InvalidValueError("file_id", "names a file that does not exist")
    if wanted.wording is not None:
        check_text(wanted.wording, is_caption=wanted.file_id is not None)
    if wanted.template is not None:
        has_file = wanted.file_id is not None
        await check_template(uow, wanted.template, served, has_file=has_file)
    if wanted.wording is None and wanted.file_id is None:
        only_templates = wanted.template is not None and wanted.template.is_always_used
        free = [each.name for each in served if not window.has_window(each)]
        if free or not only_templates:
            names = f": {', '.join(free)}" if free else ""
            reason = f"is needed for customers who do not get a template{names}"
            raise InvalidValueError("text", reason)


async def start(
    uow: UnitOfWork, broadcast_id: BroadcastId, at: datetime | None, *, by: Actor
) -> Broadcast:
    """Start a broadcast now, or let it start at a time.

    Raises NotFoundError, NotPossibleError, or InvalidValueError for a time in the past.
    """
    broadcast = await _lock(uow, broadcast_id, _TO_COME, "start")
    if at is not None and at < uow.now - _GRACE:
        raise InvalidValueError("at", f"is in the past; it is {uow.now:%Y-%m-%dT%H:%M:%SZ} now")
    begins = max(at or uow.now, uow.now)
    broadcast.starts_at = begins
    is_now = begins == uow.now
    await set_state(uow, broadcast, BroadcastState.RUNNING if is_now else BroadcastState.SCHEDULED)
    _enqueue(uow, broadcast, begins)
    _record(uow, broadcast, by, "started", {"at": begins.isoformat()})
    return broadcast


async def pause(uow: UnitOfWork, broadcast_id: BroadcastId, *, by: Actor) -> Broadcast:
    """Pause a broadcast: what is being sent at this moment still goes out, and nothing more."""
    broadcast = await _lock(uow, broadcast_id, {BroadcastState.RUNNING}, "pause")
    await set_state(uow, broadcast, BroadcastState.PAUSED)
    _record(uow, broadcast, by, "paused")
    return broadcast


async def resume(uow: UnitOfWork, broadcast_id: BroadcastId, *, by: Actor) -> Broadcast:
    """Go on with a paused broadcast."""
    broadcast = await _lock(uow, broadcast_id, {BroadcastState.PAUSED}, "resume")
    await set_state(uow, broadcast, BroadcastState.RUNNING)
    _enqueue(uow, broadcast, uow.now)
    queued = await recipients.list_queued_conversations(uow.tx, broadcast.id)
    names = [broadcast_lane(each) for each in queued]
    await lanes.bring_forward(uow.tx, [Queue.BROADCAST], names, uow.now)
    uow.has_deliveries = True
    _record(uow, broadcast, by, "resumed")
    return broadcast


async def cancel(uow: UnitOfWork, broadcast_id: BroadcastId, *, by: Actor) -> Broadcast:
    """Cancel a broadcast for good; what was sent stays with its customers."""
    broadcast = await _lock(uow, broadcast_id, _OPEN, "cancel")
    await set_state(uow, broadcast, BroadcastState.CANCELED)
    for message_id in await recipients.list_queued_messages(uow.tx, broadcast.id):
        # What a courier has claimed goes out, and is counted as sent.
        if await outbox.cancel_pending(uow.tx, message_id, OutboxKind.ANSWER, uow.now):
            reason = SkipReason.CANCELED
            state = RecipientState.SKIPPED
            await recipients.save_result(uow.tx, [message_id], state, uow.now, reason=reason)
            failed = DeliveryState.FAILED
            await set_delivery_state(uow.tx, message_id, failed, "the broadcast was canceled")
            uow.events.add(DeliveryChanged(message_id, failed))
    _record(uow, broadcast, by, "canceled")
    return broadcast


async def _lock(
    uow: UnitOfWork, broadcast_id: BroadcastId, allowed: Collection[BroadcastState], verb: str
) -> Broadcast:
    broadcast = await broadcasts.find_broadcast(uow.tx, broadcast_id, lock=True)
    if broadcast is None:
        raise NotFoundError
    if broadcast.state not in allowed:
        raise NotPossibleError(f"the broadcast is {broadcast.state}: you cannot {verb} it")
    return broadcast


def _enqueue(uow: UnitOfWork, broadcast: Broadcast, at: datetime) -> None:
    """Enqueue the job that sends it; an earlier one of the same broadcast does nothing more."""
    broadcast.run += 1
    uow.jobs.enqueue(SendBroadcast(broadcast.id, broadcast.run), run_at=at)


def _record(
    uow: UnitOfWork,
    broadcast: Broadcast,
    by: Actor,
    what: str,
    more: dict[str, object] | None = None,
) -> None:
    details = {"name": broadcast.name, **(more or {})}
    add_entry(uow, by, f"broadcast.{what}", f"broadcast:{broadcast.id}", details)
