"""Judges what staff was told about late answers: each warning and breach once, and all of them."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scripts.chaos.engines import Row
from scripts.chaos.message_log import Json, get_text
from scripts.chaos.verdict import UncertainPeriods

# A run is not over before each wait is answered or breached.
UNFINISHED_WAITS = (
    "SELECT id FROM sessions WHERE status = 'ACTIVE' AND sla_state IN ('running', 'warned')"
)
NOTICES = (
    "SELECT dedup_key, payload, state FROM outbox"
    " WHERE dedup_key LIKE 'sla:%' OR dedup_key LIKE 'about:%:sla:%'"
)
LATE_SESSIONS = (
    "SELECT s.id, s.status, s.sla_state, s.sla_target, m.is_first_answer_breached AS first,"
    " m.is_next_answer_breached AS next FROM sessions s"
    " JOIN conversation_metrics m ON m.session_id = s.id"
    " WHERE s.sla_state IN ('breached', 'missed')"
)
_SIGNS = ("⏰", "🔴")


@dataclass(slots=True)
class TargetsVerdict:
    """How often staff was told, and a sentence for every violation."""

    warnings: int = 0
    breaches: int = 0
    violations: list[str] = field(default_factory=list)


def judge_answer_targets(
    notices: Sequence[Row], late: Sequence[Row], calls: Sequence[Json], periods: UncertainPeriods
) -> TargetsVerdict:
    """Compare late sessions, the notices in the outbox, and the calls of the bots."""
    return TargetsVerdict(
        sum(row["dedup_key"].count(":warned") for row in notices),
        sum(row["dedup_key"].count(":breached") for row in notices),
        [
            *_find_untold(late, notices),
            *_find_miscounted(late),
            *_compare(notices, _find_sends(calls), periods),
        ],
    )


def _find_sends(calls: Sequence[Json]) -> Mapping[str, list[float]]:
    """Return when each notice's text was sent."""
    sent = defaultdict(list)
    for call in calls:
        text = get_text(call["params"])
        # Cards have these signs, too, further down.
        has_sign = any(each in text.partition("\n")[0] for each in _SIGNS)
        if call["ok"] and call["method"] == "sendMessage" and has_sign:
            sent[text].append(call["at"])
    return sent


def _find_untold(late: Sequence[Row], notices: Sequence[Row]) -> Iterator[str]:
    """Yield the open sessions that are breached without a notice."""
    keys = [row["dedup_key"] for row in notices if ":breached" in row["dedup_key"]]
    for row in late:
        is_open = (row["status"], row["sla_state"]) == ("ACTIVE", "breached")
        if is_open and not any(f"sla:{row['id']}:" in key for key in keys):
            yield f"the answer in session {row['id']} is late, and staff was not told"


def _find_miscounted(late: Sequence[Row]) -> Iterator[str]:
    """Yield the sessions whose figures do not know that an answer was late."""
    for row in late:
        if not row[row["sla_target"]]:
            yield f"session {row['id']} has a late answer, which its figures do not count"


def _compare(
    notices: Sequence[Row], sent: Mapping[str, list[float]], periods: UncertainPeriods
) -> Iterator[str]:
    """Yield each text that was sent more or less often than it was written.

    After a crash the same notice may be sent again, as all that goes to staff.
    """
    written: defaultdict[str, int] = defaultdict(int)
    for row in notices:
        if row["state"] == "done":
            written[_read_text(row)] += 1
    for text in written.keys() | sent.keys():
        times, many = sent.get(text, []), written[text]
        if len(times) < many:
            yield f"sent {len(times)} of {many} times: {text}"
        elif sum(map(periods.covers, times)) < len(times) - many:
            yield f"sent {len(times)} instead of {many} times: {text}"


def _read_text(row: Row) -> str:
    payload = row["payload"]
    return str((json.loads(payload) if isinstance(payload, str) else payload)["content"]["text"])
