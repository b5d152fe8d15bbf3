"""What a channel's provider said when it was last asked, kept for whoever looks later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.tables import Channel
from desk.setup.findings import CheckResult, Severity
from desk.setup.providers import Examination


@dataclass(frozen=True, slots=True)
class Told:
    """A finding, and when it was one."""

    finding: CheckResult
    at: datetime


def keep_examination(channel: Channel, found: Examination, now: datetime) -> None:
    """Keep what was found; groups that were not asked about keep what was found before."""
    groups = {group: _written([finding], now) for group, finding in found.groups.items()}
    before = (channel.last_check or {}).get("groups", {})
    channel.last_check = {
        "channel": _written(found.channel, now),
        "groups": {**before, **groups},
    }


def keep_of_groups(channel: Channel, found: Examination, now: datetime) -> None:
    """Keep what was found of some groups, beside all that was found before."""
    groups = {group: _written([finding], now) for group, finding in found.groups.items()}
    before = channel.last_check or {}
    channel.last_check = {**before, "groups": {**before.get("groups", {}), **groups}}


def of_channel(channel: Channel) -> list[Told]:
    """Read what was last found of the channel itself; empty: nobody asked."""
    return _read((channel.last_check or {}).get("channel", ()))


def of_groups(channel: Channel) -> dict[str, Told]:
    """Read what was last found of each of its groups that somebody asked about."""
    kept: Mapping[str, Any] = (channel.last_check or {}).get("groups", {})
    return {group: told[0] for group, each in kept.items() if (told := _read(each))}


def _written(findings: Sequence[CheckResult], now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "mark": finding.mark.name.lower(),
            "subject": finding.subject,
            "text": finding.text,
            "remedy": finding.remedy,
            "at": now.isoformat(),
        }
        for finding in findings
    ]


def _read(kept: Sequence[Mapping[str, str]]) -> list[Told]:
    return [
        Told(
            CheckResult(
                Severity[each["mark"].upper()], each["subject"], each["text"], each["remedy"]
            ),
            datetime.fromisoformat(each["at"]),
        )
        for each in kept
    ]
