"""Count the figures of every session again, in another way, and compare them with those stored.

Nothing here is shared with what writes the figures: a mistake there shows here.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.database import Database, Transaction
from db.ids import ChannelId, SessionId
from db.queries.channels.channels import list_opening_hours
from db.queries.metrics.comparison import (
    StoredSession,
    list_changes_of_hours,
    list_session_ids,
    read_sessions,
)
from desk.business_hours import Hours, count_business_seconds, load_hours

_BATCH = 200
# Sums of floating-point numbers differ in their last digits.
_TOLERANCE = 0.001


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not what the stored messages say."""

    session_id: SessionId
    column: str
    stored: object
    counted: object

    def __str__(self) -> str:
        return f"session {self.session_id}: {self.column} is {self.stored}, counted {self.counted}"


@dataclass(frozen=True, slots=True)
class _Hours:
    """The opening hours of the channels, and when they were changed last."""

    by_channel: Mapping[ChannelId, Hours | None]
    changed: Mapping[ChannelId, datetime]


async def find_differences(database: Database) -> AsyncIterator[Sequence[Difference]]:
    """Yield the differences of each batch of sessions, empty if there are none."""
    last: SessionId | None = None
    async with database.transaction() as tx:
        stored = await list_opening_hours(tx)
        hours = _Hours(
            {each: None if found is None else load_hours(found) for each, found in stored.items()},
            await list_changes_of_hours(tx),
        )
    while True:
        async with database.transaction() as tx:
            ids = await list_session_ids(tx, last, _BATCH)
            found = await _compare_all(tx, ids, hours)
        if not ids:
            return
        yield found
        last = ids[-1]


async def _compare_all(
    tx: Transaction, ids: Collection[SessionId], hours: _Hours
) -> list[Difference]:
    return [
        difference
        for stored in await read_sessions(tx, ids)
        for difference in compare(
            stored,
            hours.by_channel.get(stored.channel_id),
            with_business=_have_hours_stayed(stored, hours),
        )
    ]


def _have_hours_stayed(stored: StoredSession, hours: _Hours) -> bool:
    changed: datetime | None = hours.changed.get(stored.channel_id)
    return changed is None or changed < stored.session["created_at"]


def compare(
    stored: StoredSession, hours: Hours | None, *, with_business: bool = True
) -> list[Difference]:
    """Compare a session's figures with its messages.

    Without `with_business`, business seconds are left out: the hours were others at the time.
    """
    session_id: SessionId = stored.session["id"]
    if stored.figures is None:
        return [Difference(session_id, "the row", "missing", "one for each session")]
    counted = count(stored, hours)
    return [
        Difference(session_id, column, stored.figures[column], value)
        for column, value in counted.items()
        if (with_business or "business" not in column)
        and not _is_same(stored.figures[column], value)
    ]


def _is_same(stored: object, counted: object) -> bool:
    if isinstance(stored, int | float) and isinstance(counted, int | float):
        return abs(stored - counted) < _TOLERANCE
    return stored == counted


def count(stored: StoredSession, hours: Hours | None) -> dict[str, Any]:
    """Count a session's figures by going over its messages, as docs/metrics.md defines them."""
    session = stored.session
    opened, ended = session["created_at"], session["ended_at"]
    waited_until = session["first_held_at"] or ended
    said = [each for each in stored.messages if _counts(each)]
    said.sort(key=lambda each: (_sent_at(each), each["id"]))
    return {
        "conversation_id": session["conversation_id"],
        "channel_id": stored.channel_id,
        "agent_id": session["cs_id"],
        "opened_at": opened,
        "ended_at": ended,
        "first_held_at": session["first_held_at"],
        **_measure("waiting", opened, waited_until, hours),
        **_measure("resolution", opened, ended, hours),
        **_count_firsts(said, hours),
        **_count_next(said, hours),
        "inbound_count": sum(each["direction"] == "inbound" for each in said),
        "human_count": sum(each["sender_type"] == "CS" for each in said),
        "ai_count": sum(each["sender_type"] == "AI" for each in said),
        "rule_count": sum(each["sender_type"] == "SYSTEM" for each in said),
        "last_message_at": _sent_at(said[-1]) if said else None,
        "handover_count": len(stored.handovers),
        "reopen_count": session["reopen_count"],
    }


def _counts(message: Mapping[str, Any]) -> bool:
    return message["direction"] != "internal" and message["delivery_state"] not in {
        "held",
        "failed",
    }


def _sent_at(message: Mapping[str, Any]) -> datetime:
    at: datetime = message["released_at"] or message["created_at"]
    return at


def _measure(
    name: str, begin: datetime | None, end: datetime | None, hours: Hours | None
) -> dict[str, float | None]:
    wall = business = None
    if begin is not None and end is not None:
        wall, business = (end - begin).total_seconds(), count_business_seconds(hours, begin, end)
    return {f"{name}_seconds": wall, f"{name}_business_seconds": business}


def _count_firsts(said: Sequence[Mapping[str, Any]], hours: Hours | None) -> dict[str, Any]:
    """Find the first message of the customer, and the first answer to it by each kind."""
    asked = [number for number, each in enumerate(said) if each["direction"] == "inbound"]
    begin = _sent_at(said[asked[0]]) if asked else None
    later = said[asked[0] :] if asked else []
    by_human = [each for each in later if each["sender_type"] == "CS"]
    by_ai = [each for each in later if each["sender_type"] == "AI"]
    by_rule = [each for each in later if each["sender_type"] == "SYSTEM"]
    by_any = [each for each in later if each["sender_type"] in {"CS", "AI"}]
    first_any, first_human, first_ai, first_rule = (
        _sent_at(each[0]) if each else None for each in (by_any, by_human, by_ai, by_rule)
    )
    return {
        "first_inbound_at": begin,
        "first_answer_at": first_any,
        **_measure("first_answer", begin, first_any, hours),
        "first_human_at": first_human,
        **_measure("first_human", begin, first_human, hours),
        "first_human_by_id": by_human[0]["author_id"] if by_human else None,
        "first_ai_at": first_ai,
        "first_ai_seconds": _measure("ai", begin, first_ai, None)["ai_seconds"],
        "first_rule_at": first_rule,
        "first_rule_seconds": _measure("rule", begin, first_rule, None)["rule_seconds"],
    }


def _count_next(said: Sequence[Mapping[str, Any]], hours: Hours | None) -> dict[str, Any]:
    """Go over the turns: each begins with a message of the customer, and ends with an answer."""
    waits: list[tuple[datetime, datetime]] = []
    since: datetime | None = None
    for message in said:
        if message["direction"] == "inbound":
            since = since or _sent_at(message)
        elif since is not None and message["sender_type"] in {"CS", "AI"}:
            waits.append((since, _sent_at(message)))
            since = None
    seconds = [(end - begin).total_seconds() for begin, end in waits[1:]]
    business = [count_business_seconds(hours, begin, end) for begin, end in waits[1:]]
    return {
        "next_answer_count": len(seconds),
        "next_answer_seconds_sum": sum(seconds),
        "next_answer_seconds_max": max(seconds, default=None),
        "next_answer_business_sum": sum(business),
        "next_answer_business_max": max(business, default=None),
        "unanswered_since": since,
    }
