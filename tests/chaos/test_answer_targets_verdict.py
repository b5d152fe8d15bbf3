"""The verdict about late answers finds each notice that is missing, or was sent twice."""

import json
from typing import Any

import pytest

from scripts.chaos.answer_targets_verdict import judge_answer_targets
from scripts.chaos.verdict import UncertainPeriods

TEXT = "🔴 An answer was due at 09:00"
LATE = {"id": "s1", "status": "ACTIVE", "sla_state": "breached", "sla_target": "next"}
COUNTED = {**LATE, "first": None, "next": 1}


def notice(state: str = "done", key: str = "sla:s1:20260101:breached") -> dict[str, Any]:
    return {"dedup_key": key, "payload": json.dumps({"content": {"text": TEXT}}), "state": state}


def call(at: float = 1.0, *, ok: bool = True, text: str = TEXT) -> dict[str, Any]:
    return {"ok": ok, "method": "sendMessage", "at": at, "params": {"text": text}}


@pytest.mark.parametrize(
    ("notices", "late", "calls", "violations"),
    [
        ([notice()], [COUNTED], [call(), call(ok=False), call(text="u01-0001")], 0),
        ([notice()], [COUNTED], [call(), call(text="Customer: Ann\nAnswer due: 🔴")], 0),
        ([notice(key="about:c1:sla:s1:20260101:breached")], [COUNTED], [call()], 0),
        # Somebody answered too late, before a timer ran: there is nothing to say.
        ([], [{**COUNTED, "sla_state": "missed"}], [], 0),
        ([], [COUNTED], [], 1),
        ([notice()], [{**COUNTED, "next": None}], [call()], 1),
        ([notice()], [COUNTED], [], 1),
        ([notice()], [COUNTED], [call(), call(2.0)], 1),
        ([notice("failed")], [COUNTED], [], 0),
    ],
)
def test_each_is_told_once(
    notices: list[Any], late: list[Any], calls: list[Any], violations: int
) -> None:
    verdict = judge_answer_targets(notices, late, calls, UncertainPeriods())
    assert len(verdict.violations) == violations
    assert (verdict.warnings, verdict.breaches) == (0, len(notices))


def test_after_a_crash_a_notice_may_come_again() -> None:
    periods = UncertainPeriods([(0.5, 1.5)])
    assert judge_answer_targets([notice()], [COUNTED], [call(), call(9)], periods).violations == []
