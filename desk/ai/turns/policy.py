"""Decide when an AI agent answers, and what becomes of what it thought; pure functions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from db.tables import AiMode, AiTakeover
from desk.session_times import TurnTimes


class Holder(Enum):
    """The kinds of holders of a session."""

    NOBODY = auto()
    AI = auto()
    HUMAN = auto()


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides about a customer's message."""

    takeover: AiTakeover
    # The minutes of the takeover.
    wait: timedelta
    # Of the agent, or what staff chose for the session.
    mode: AiMode
    is_available: bool
    holder: Holder
    handed_over_at: datetime | None
    last_human_at: datetime | None
    unanswered_since: datetime


@dataclass(frozen=True, slots=True)
class StartAt:
    """The AI agent answers, from this time on."""

    at: datetime


@dataclass(frozen=True, slots=True)
class StaySilent:
    """A human is responsible."""


@dataclass(frozen=True, slots=True)
class LetGo:
    """The AI agent holds the session and cannot answer: a human must."""


Decision = StartAt | StaySilent | LetGo


def decide_start(situation: Situation, now: datetime, times: TurnTimes) -> Decision:
    """Decide whether and when an AI agent answers a customer's message."""
    is_off = situation.takeover is AiTakeover.OFF or situation.mode is AiMode.OFF
    if is_off or not situation.is_available:
        return LetGo() if situation.holder is Holder.AI else StaySilent()
    soon = now + times.quiet
    if situation.mode is AiMode.SUGGEST:
        return LetGo() if situation.holder is Holder.AI else StartAt(soon)
    last_human_at, handed_over_at = situation.last_human_at, situation.handed_over_at
    if (
        situation.holder is not Holder.AI
        and handed_over_at is not None
        # At the same time: a human who had answered before would have had the session already.
        and (last_human_at is None or last_human_at < handed_over_at)
    ):
        return StaySilent()  # a person was called, and nobody has answered yet
    if situation.holder is not Holder.AI and _waits_for_human(situation):
        return StartAt(max(soon, situation.unanswered_since + situation.wait))
    if last_human_at is None:
        return StartAt(soon)
    return StartAt(max(soon, last_human_at + situation.wait))


def _waits_for_human(situation: Situation) -> bool:
    """Check whether a human may answer first: always, or because the session is theirs."""
    if situation.takeover is AiTakeover.DELAYED:
        return True
    return situation.holder is Holder.HUMAN and situation.last_human_at is None


def extend_burst(
    start_at: datetime, created_at: datetime, now: datetime, times: TurnTimes
) -> datetime:
    """Return when a turn starts after one more message."""
    return max(start_at, min(now + times.quiet, created_at + times.longest_burst))


class Finish(Enum):
    """What becomes of what an AI agent thought."""

    SPEAK = auto()
    THINK_AGAIN = auto()
    # What came meanwhile is another turn.
    SPEAK_AND_GO_ON = auto()


def decide_finish(
    *, has_newer: bool, rounds: int, deadline_at: datetime, now: datetime, times: TurnTimes
) -> Finish:
    """Decide about a thought whose turn is still open: neither human nor deadline was faster."""
    if not has_newer:
        return Finish.SPEAK
    if rounds < 2 and now + times.shortest_round <= deadline_at:  # noqa: PLR2004 "once more"
        return Finish.THINK_AGAIN
    return Finish.SPEAK_AND_GO_ON
