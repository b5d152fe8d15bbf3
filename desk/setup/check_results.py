"""Store the results of a channel's last health check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.tables import Channel
from desk.setup.findings import CheckResult, Severity
from desk.setup.providers import HealthCheck


@dataclass(frozen=True, slots=True)
class StoredCheckResult:
    """A check result and its time."""

    result: CheckResult
    at: datetime


def save_health_check(channel: Channel, found: HealthCheck, now: datetime) -> None:
    """Store the results; groups that were not checked keep their earlier results."""
    groups = {group: _to_json([finding], now) for group, finding in found.groups.items()}
    before = (channel.last_check or {}).get("groups", {})
    channel.last_check = {
        "channel": _to_json(found.channel, now),
        "groups": {**before, **groups},
    }


def save_group_checks(channel: Channel, found: HealthCheck, now: datetime) -> None:
    """Store the results of some groups, and keep all other results."""
    groups = {group: _to_json([finding], now) for group, finding in found.groups.items()}
    before = channel.last_check or {}
    channel.last_check = {**before, "groups": {**before.get("groups", {}), **groups}}


def load_channel_checks(channel: Channel) -> list[StoredCheckResult]:
    """Load the last results for the channel itself; empty if it was never checked."""
    return _from_json((channel.last_check or {}).get("channel", ()))


def load_group_checks(channel: Channel) -> dict[str, StoredCheckResult]:
    """Load the last result of each of its groups that was checked."""
    kept: Mapping[str, Any] = (channel.last_check or {}).get("groups", {})
    return {group: results[0] for group, each in kept.items() if (results := _from_json(each))}


def _to_json(findings: Sequence[CheckResult], now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "severity": finding.severity.name.lower(),
            "subject": finding.subject,
            "text": finding.text,
            "remedy": finding.remedy,
            "at": now.isoformat(),
        }
        for finding in findings
    ]


def _from_json(kept: Sequence[Mapping[str, str]]) -> list[StoredCheckResult]:
    return [
        StoredCheckResult(
            CheckResult(
                Severity[each["severity"].upper()], each["subject"], each["text"], each["remedy"]
            ),
            datetime.fromisoformat(each["at"]),
        )
        for each in kept
    ]
