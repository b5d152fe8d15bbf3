"""The projection that writes the figures of sessions, in the transaction that changes them.

Messages are counted by one statement for many sessions, with the waits that they end, unless the
channel has opening hours. Other changes read the row of their session and write what they changed.
What changes the past (an answer that failed, a draft that was sent, a message that was overtaken)
has its session counted again from its messages.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from functools import partial

from db.ids import ChannelId, MessageId, SessionId
from db.queries.metrics.facts import find_sessions_of
from db.queries.metrics.figures import (
    NewAnswers,
    SessionFigures,
    change_figures,
    count_answers,
    count_answers_and_waits,
    count_inbound,
    lock_figures,
    save_figures,
)
from db.tables import NOT_SENT, DeliveryState, Direction
from desk.business_hours import Hours
from desk.channels import UnknownChannelError
from desk.events import (
    DeliveryChanged,
    Event,
    MessageAdded,
    SessionAssigned,
    SessionEnded,
    SessionOpened,
    SessionReopened,
    SessionTransferred,
)
from desk.metrics import counting
from desk.metrics.counting import AI, CUSTOMER, HUMAN, RULE
from desk.metrics.recount import recount_sessions
from desk.unit_of_work import UnitOfWork

SessionChange = SessionAssigned | SessionTransferred | SessionReopened | SessionEnded
SessionEvent = MessageAdded | SessionOpened | SessionChange
# What becomes PENDING was held, or had failed.
_CHANGES_THE_PAST = frozenset({*NOT_SENT, DeliveryState.PENDING})


class SessionMetrics:
    """The only writer of what `conversation_metrics` counts."""

    name = "session_metrics"

    async def project(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        happened, corrected = _sort(events)
        recounted = await find_sessions_of(uow.tx, corrected) if corrected else set()
        opened: list[SessionFigures] = []
        groups: dict[tuple[int | NewAnswers, bool], list[SessionId]] = defaultdict(list)
        changed: set[SessionId] = set()
        for session_id, its_events in happened.items():
            if session_id in recounted:
                continue
            first = its_events[0]
            if isinstance(first, SessionOpened):
                opened.append(_count_new(uow, first, its_events))
            elif messages := _count_plain(its_events):
                groups[messages, _has_hours(uow, its_events)].append(session_id)
            else:
                changed.add(session_id)
        await save_figures(uow.tx, opened, uow.now)
        for (messages, has_hours), ids in groups.items():
            if not isinstance(messages, NewAnswers):
                recounted |= await count_inbound(uow.tx, ids, messages, uow.now)
            elif has_hours:
                changed |= await count_answers(uow.tx, ids, messages, uow.now)
            else:
                recounted |= await count_answers_and_waits(
                    uow.tx, ids, messages, uow.now, human_type=HUMAN
                )
        if changed:
            recounted |= await _change_rows(uow, {each: happened[each] for each in changed})
        await recount_sessions(uow.tx, recounted, partial(_find_hours, uow))


def _sort(
    events: Sequence[Event],
) -> tuple[dict[SessionId, list[SessionEvent]], list[MessageId]]:
    """Return what happened in each session, and the messages that begin or cease to count."""
    happened: dict[SessionId, list[SessionEvent]] = {}
    corrected: list[MessageId] = []
    for event in events:
        if isinstance(event, MessageAdded):
            if event.session_id is not None and _counts(event):
                happened.setdefault(event.session_id, []).append(event)
        elif isinstance(event, SessionEvent):
            happened.setdefault(event.session_id, []).append(event)
        elif isinstance(event, DeliveryChanged) and changes_past(event):
            corrected.append(event.message_id)
    return happened, corrected


def changes_past(event: DeliveryChanged) -> bool:
    """Check whether an answer begins to count, or ceases to."""
    return event.state in _CHANGES_THE_PAST or event.former in NOT_SENT


def _counts(event: MessageAdded) -> bool:
    return event.direction is not Direction.INTERNAL and event.state not in NOT_SENT


def _count_plain(events: Sequence[SessionEvent]) -> int | NewAnswers | None:
    """Count the messages if all are the customer's, or all are answers; otherwise return None."""
    senders = Counter(each.sender if isinstance(each, MessageAdded) else None for each in events)
    inbound = senders[CUSTOMER]
    if inbound == len(events):
        return inbound
    if inbound or senders[None]:
        return None
    return NewAnswers(senders[HUMAN], senders[AI], senders[RULE])


def _has_hours(uow: UnitOfWork, events: Sequence[SessionEvent]) -> bool:
    """Check whether answers among these events need the channel's hours to be counted."""
    first = events[0]
    if not isinstance(first, MessageAdded) or first.sender is CUSTOMER:
        return False
    return _find_hours(uow, first.channel_id) is not None


def _count_new(
    uow: UnitOfWork, opened: SessionOpened, events: Sequence[SessionEvent]
) -> SessionFigures:
    figures = SessionFigures(opened.session_id, opened.conversation_id, opened.channel_id, uow.now)
    _apply(uow, figures, events)
    return figures


async def _change_rows(
    uow: UnitOfWork, happened: Mapping[SessionId, Sequence[SessionEvent]]
) -> set[SessionId]:
    """Apply events to rows; return the sessions without a row, or with a newer message in it."""
    rows = await lock_figures(uow.tx, sorted(happened))
    changed = [row for row in rows if row.last_message_at is None or row.last_message_at <= uow.now]
    before = [copy(row) for row in changed]
    for row in changed:
        _apply(uow, row, happened[row.session_id])
    await change_figures(uow.tx, zip(before, changed, strict=True), uow.now)
    return happened.keys() - {row.session_id for row in changed}


def _find_hours(uow: UnitOfWork, channel_id: ChannelId) -> Hours | None:
    """Return a channel's opening hours; one that this process has not read yet has none so far."""
    try:
        return uow.channels[channel_id].hours
    except UnknownChannelError:
        return None


def _apply(uow: UnitOfWork, figures: SessionFigures, events: Sequence[SessionEvent]) -> None:
    """Count what happened in a session."""
    now, hours = uow.now, _find_hours(uow, figures.channel_id)
    for event in events:
        match event:
            case MessageAdded():
                counting.count_message(figures, event.sender, event.author_id, now, hours)
            case SessionOpened() | SessionAssigned():
                counting.set_holder(figures, event.agent_id, now, hours)
                figures.handover_count += isinstance(event, SessionAssigned) and event.is_handover
            case SessionTransferred():
                counting.set_holder(figures, event.to, now, hours)
                figures.handover_count += 1
            case SessionReopened():
                counting.reopen(figures, event.agent_id, now, hours)
            case SessionEnded():
                counting.end(figures, now, hours)
