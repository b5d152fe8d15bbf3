"""The reports: each reads its figures and makes a table of them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from db.database import Transaction
from db.ids import AgentId, ChannelId, TagId
from db.queries.reports import ai_share, measures, names, ratings, volume
from db.queries.reports.groups import Group
from db.queries.reports.measures import Distribution, Figure, Measure
from db.queries.reports.scope import ReportScope
from db.tables import AiAction
from desk.business_hours import WEEKDAYS
from desk.reports.names import ReportName
from desk.reports.periods import Period, build_scope, to_date
from desk.reports.tables import Cell, ReportTable

_HOURS = 24
_GROUP_COLUMNS = {
    Group.ALL: (),
    Group.AGENT: ("agent_id", "agent"),
    Group.CHANNEL: ("channel_id", "channel"),
    Group.TAG: ("tag_id", "tag"),
    Group.DAY: ("day",),
    Group.WEEK: ("week",),
}
_TIMES = ("mean", "p50", "p90", "max")
_MOST_COMMENTS = 200


@dataclass(frozen=True, slots=True)
class Question:
    """Which sessions a report is about, and how they are grouped."""

    period: Period
    by: Group = Group.ALL
    channel_id: ChannelId | None = None
    agent_id: AgentId | None = None
    tag_id: TagId | None = None

    @property
    def scope(self) -> ReportScope:
        return build_scope(
            self.period,
            channel_id=self.channel_id,
            agent_id=self.agent_id,
            tag_id=self.tag_id,
        )

    def covers(self, group: str | int | None) -> bool:
        """Return whether a group has a row: its sessions may have other tags than those wanted."""
        return self.by is not Group.TAG or self.tag_id is None or group == self.tag_id


async def report_volume(tx: Transaction, asked: Question) -> ReportTable:
    """Report the sessions that were opened, and what customers wrote, at each weekday and hour."""
    opened = await volume.count_by_hour(tx, asked.scope)
    written = await volume.count_messages_by_hour(tx, asked.scope)
    hours = range(7 * _HOURS)
    return ReportTable(
        "volume",
        asked.period,
        ("weekday", "hour", "sessions", "messages"),
        [
            (WEEKDAYS[each // _HOURS], each % _HOURS, opened.get(each, 0), written.get(each, 0))
            for each in hours
        ],
        [{"hour_of_week": each} for each in hours],
    )


async def report_workload(tx: Transaction, asked: Question) -> ReportTable:
    """Report what happened in the sessions: messages each way, handovers, ratings."""
    counted = await volume.count_workload(tx, asked.scope, asked.by)
    rows = [row for row in counted if asked.covers(row.group)]
    labels = await _label(tx, asked.by, [row.group for row in rows])
    columns = (
        *("sessions", "inbound", "human", "ai", "rule", "handovers", "reopenings"),
        *("unanswered", "unresolved", "unheld", "rating", "ratings"),
    )
    return ReportTable(
        "workload",
        asked.period,
        (*_GROUP_COLUMNS[asked.by], *columns),
        [
            (*label, *(getattr(row, each) for each in columns))
            for row, label in zip(rows, labels, strict=True)
        ],
        [_choose_group(asked, row.group) for row in rows],
    )


def report_times(figure: Figure) -> "MakeReport":
    """Return the report of one figure: count, missing, missed targets, mean, p50, p90."""

    async def make(tx: Transaction, asked: Question) -> ReportTable:
        measured = await measures.measure(tx, asked.scope, figure, asked.by)
        rows = [row for row in measured if asked.covers(row.group)]
        labels = await _label(tx, asked.by, [row.group for row in rows])
        return ReportTable(
            figure.value,
            asked.period,
            (
                *_GROUP_COLUMNS[asked.by],
                *("sessions", "measured", "missing", "breached"),
                *(f"{each}_seconds" for each in _TIMES),
                *(f"{each}_business_seconds" for each in _TIMES),
            ),
            [(*label, *_to_cells(row)) for row, label in zip(rows, labels, strict=True)],
            [{"figure": figure.value, **_choose_group(asked, row.group)} for row in rows],
        )

    return make


def _to_cells(row: Measure) -> tuple[Cell, ...]:
    return (
        row.sessions,
        row.measured,
        row.missing,
        row.breached,
        *_to_times(row.wall),
        *_to_times(row.business),
    )


def _to_times(times: Distribution) -> tuple[Cell, ...]:
    return times.mean, times.p50, times.p90, times.maximum


async def report_ai(tx: Transaction, asked: Question) -> ReportTable:
    """Report what AI agents answered alone, offered, handed over and why, and got wrong."""
    share = await ai_share.count_ai_share(tx, asked.scope)
    did = await ai_share.count_ai_actions(tx, asked.scope)
    rows: list[tuple[str, int, Mapping[str, Any]]] = [
        ("sessions in which the customer wrote", share.asked, {}),
        ("answered by AI alone", share.by_ai_alone, {"answered_by": "ai_alone"}),
        ("answered by AI and humans", share.by_both, {"answered_by": "both"}),
        ("answered by humans alone", share.by_human_alone, {"answered_by": "human_alone"}),
        ("answered by nobody", share.unanswered, {"answered_by": "nobody"}),
        *(
            (f"AI: {action.value}", did.actions.get(action, 0), {"ai_action": action.value})
            for action in AiAction
        ),
        ("AI: suggested to a human", did.suggested, {"ai_suggested": True}),
        ("AI: judged wrong", did.wrong, {"ai_wrong": True}),
        *(
            (f"handed over: {reason or 'no reason'}", number, {"handover_reason": reason})
            for reason, number in sorted(did.handover_reasons.items())
        ),
    ]
    return ReportTable(
        "ai",
        asked.period,
        ("what", "count", "share"),
        [(what, number, _share(number, share.asked)) for what, number, _ in rows],
        [chosen for *_, chosen in rows],
    )


async def report_ratings(tx: Transaction, asked: Question) -> ReportTable:
    """Report how often each rating was given."""
    found = await ratings.count_ratings(tx, asked.scope)
    total = sum(found.values())
    values = range(1, 6)
    return ReportTable(
        "ratings",
        asked.period,
        ("rating", "count", "share"),
        [(each, found.get(each, 0), _share(found.get(each, 0), total)) for each in values],
        [{"rating": each} for each in values],
    )


async def report_comments(tx: Transaction, asked: Question) -> ReportTable:
    """Report the newest comments of customers."""
    found = await ratings.list_comments(tx, asked.scope, _MOST_COMMENTS)
    return ReportTable(
        "comments",
        asked.period,
        ("rated_at", "rating", "comment", "agent_id", "session_id"),
        [
            (each.rated_at.isoformat(), each.rating, each.comment, each.agent_id, each.session_id)
            for each in found
        ],
        [{"session_id": each.session_id} for each in found],
    )


async def report_comparison(tx: Transaction, asked: Question) -> ReportTable:
    """Report the main figures of a period beside those of the period before it."""
    before = replace(asked, period=asked.period.before())
    now, then = await _sum_up(tx, asked), await _sum_up(tx, before)
    return ReportTable(
        "comparison",
        asked.period,
        ("figure", "value", "before", "change"),
        [(name, now[name][0], then[name][0], _change(now[name][0], then[name][0])) for name in now],
        [now[name][1] for name in now],
    )


_Sum = dict[str, tuple[Cell, Mapping[str, Any]]]


async def _sum_up(tx: Transaction, asked: Question) -> _Sum:
    [work] = await volume.count_workload(tx, asked.scope)
    share = await ai_share.count_ai_share(tx, asked.scope)
    first_answer = {"figure": Figure.FIRST_ANSWER.value}
    resolution = {"figure": Figure.RESOLUTION.value}
    missing, breached = {"selection": "missing"}, {"selection": "breached"}
    found: _Sum = {
        "sessions": (work.sessions, {}),
        "inbound": (work.inbound, {}),
        "human": (work.human, {}),
        "ai": (work.ai, {}),
        "ai_alone": (share.by_ai_alone, {"answered_by": "ai_alone"}),
        "handovers": (work.handovers, {}),
        "reopenings": (work.reopenings, {}),
        "rating": (work.rating, {}),
        "unheld": (work.unheld, {"figure": "waiting", **missing}),
        "unanswered": (work.unanswered, {**first_answer, **missing}),
        "breached_first_answers": (work.breached_first_answers, {**first_answer, **breached}),
        "unresolved": (work.unresolved, {**resolution, **missing}),
        "breached_resolutions": (work.breached_resolutions, {**resolution, **breached}),
    }
    for figure in (Figure.FIRST_ANSWER, Figure.RESOLUTION):
        p50, p90 = await measures.find_percentiles(tx, asked.scope, figure)
        chosen = {"figure": figure.value}
        found |= {f"{figure}_p50_seconds": (p50, chosen), f"{figure}_p90_seconds": (p90, chosen)}
    return found


def _share(number: int, total: int) -> float | None:
    return number / total if total else None


def _change(now: Cell, then: Cell) -> float | None:
    if not isinstance(now, int | float) or not isinstance(then, int | float) or not then:
        return None
    return (now - then) / then


async def _label(
    tx: Transaction, by: Group, groups: Sequence[str | int | None]
) -> list[tuple[Cell, ...]]:
    """Return the columns that name each group."""
    match by:
        case Group.ALL:
            return [() for _ in groups]
        case Group.DAY | Group.WEEK:
            return [(to_date(int(each or 0)).isoformat(),) for each in groups]
    known = await names.list_names(tx, by)
    return [(each, known.get(str(each))) for each in groups]


def _choose_group(asked: Question, group: str | int | None) -> Mapping[str, Any]:
    match asked.by:
        case Group.ALL:
            return {}
        case Group.DAY:
            day = to_date(int(group or 0)).isoformat()
            return {"first_day": day, "last_day": day}
        case Group.WEEK:
            monday = to_date(int(group or 0))
            first, last = max(monday, asked.period.first), monday + timedelta(days=6)
            return {"first_day": first, "last_day": min(last, asked.period.last)}
        case Group.AGENT:
            return {"agent_id": group} if group else {"unheld": True}
        case Group.TAG:
            return {"tag_id": group} if group else {"untagged": True}
    return {"channel_id": group}


MakeReport = Callable[[Transaction, Question], Awaitable[ReportTable]]

REPORTS: Mapping[ReportName, MakeReport] = {
    ReportName.VOLUME: report_volume,
    ReportName.WORKLOAD: report_workload,
    **{ReportName(figure.value): report_times(figure) for figure in Figure},
    ReportName.AI: report_ai,
    ReportName.RATINGS: report_ratings,
    ReportName.COMMENTS: report_comments,
    ReportName.COMPARISON: report_comparison,
}
