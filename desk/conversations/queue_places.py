"""Keep true what waiting customers read of their place, by editing their notice where that works.

It is an edit of low urgency: only if the place or the estimate has changed enough, at most once in
a while, and never once an agent has the session or has answered.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from db.ids import ChannelId, SessionId
from db.queries.conversations import queue_notices, threads
from db.queries.conversations.queue_notices import ShownPlace
from db.queries.conversations.sessions import SessionRef, list_waiting
from db.queries.conversations.threads import Thread
from db.queues import outbox
from db.queues.payloads import EditPayload
from db.tables import OutboxKind
from desk.conversations.queue_notices import build_queue_notice, find_estimate
from desk.events import Event, SessionAssigned, SessionEnded
from desk.formatting.splitting import split_content
from desk.lanes import queue_place_lane
from desk.outbox_items import build_place_edit
from desk.unit_of_work import UnitOfWork

# Who waits behind these is told a little later; they are many.
_MOST_COUNTED = 500
_MOST_EDITS = 50
# An edit is seen by nobody who does not look: more often than this would only cost.
_EDIT_EVERY = timedelta(seconds=30)
_ESTIMATE_EVERY = timedelta(minutes=5)
# Up to this place each step counts; behind it, a fifth of the place.
_NEAR = 5


async def keep_places_true(uow: UnitOfWork) -> int:
    """Edit the notices that say something else than is true now; return how many."""
    waiting = await list_waiting(uow.tx, most=_MOST_COUNTED)
    places = {each.session_id: place for place, each in enumerate(waiting, 1)}
    shown = await queue_notices.list_shown_places(uow.tx, _list_editable(uow, waiting))
    changed = {
        each.conversation_id: each
        for each in shown.values()
        if _may_have_changed(each, places[each.session_id], uow.now)
    }
    edited = 0
    for thread in await threads.lock_by_ids(uow.tx, sorted(changed)[:_MOST_EDITS]):
        about = changed[thread.conversation_id]
        if thread.session_id == about.session_id and thread.holder_id is None:
            uow.add_thread(thread)
            edited += await _edit(uow, thread, about, places[about.session_id])
    return edited


def _list_editable(uow: UnitOfWork, waiting: Sequence[SessionRef]) -> list[SessionId]:
    return [
        each.session_id
        for each in waiting
        if each.channel_id in uow.channels and uow.channels[each.channel_id].traits.edits_notices
    ]


def _may_have_changed(shown: ShownPlace, place: int, now: datetime) -> bool:
    since = now - shown.edited_at
    if is_other_place(shown.place, place):
        return since >= _EDIT_EVERY
    return since >= _ESTIMATE_EVERY


def is_other_place(shown: int, place: int) -> bool:
    """Check whether a place is so different from the one that is shown that it should be told."""
    return abs(shown - place) * _NEAR >= min(shown, place) if place > _NEAR else shown != place


async def _edit(uow: UnitOfWork, thread: Thread, shown: ShownPlace, place: int) -> bool:
    estimate = await find_estimate(uow, thread.channel_id, shown.sent_at)
    is_same = (shown.place, shown.low, shown.high) == (place, *(estimate or (None, None)))
    parts = split_content(build_queue_notice(uow, thread, place, estimate))
    if thread.is_blocked or is_same or len(parts) > 1:
        return False
    if not await queue_notices.save_edit(uow.tx, shown, place, estimate, uow.now):
        return False
    await _drop_edits(uow, thread)
    edit = EditPayload(parts[0], at=shown.message, chat=thread.external_id)
    uow.outbox_items.append(build_place_edit(thread, edit, uow.now))
    return True


async def _drop_edits(uow: UnitOfWork, thread: Thread) -> None:
    """Drop the edits that wait: a later one says more, or nothing is true of them any more."""
    lane = queue_place_lane(thread.conversation_id)
    await outbox.supersede(uow.tx, lane, OutboxKind.EDIT, uow.now)


class QueuePlaces:
    """The projection that edits no place any more of who does not wait any more."""

    name = "queue-places"

    async def project(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, SessionAssigned | SessionEnded):
                thread = _find_thread(uow, event)
                if thread is not None and _is_edited(uow, thread.channel_id):
                    await _drop_edits(uow, thread)


def _find_thread(uow: UnitOfWork, event: SessionAssigned | SessionEnded) -> Thread | None:
    if isinstance(event, SessionEnded):
        return uow.threads.get(("conversation", event.conversation_id))
    found = (each for each in uow.threads.values() if each.session_id == event.session_id)
    return next(found, None)


def _is_edited(uow: UnitOfWork, channel_id: ChannelId) -> bool:
    return channel_id in uow.channels and uow.channels[channel_id].traits.edits_notices
