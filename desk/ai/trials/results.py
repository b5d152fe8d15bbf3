"""What a trial of an AI agent shows; imports nothing that thinks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from db.ids import AiLogId, MessageId, SessionId
from db.tables import AgentLevel, AiAction

_SPOKEN = {AiAction.ANSWER, AiAction.CLARIFY, AiAction.OFFER}
_HANDED_OVER = {AiAction.HANDOVER, AiAction.FAILED}


@dataclass(frozen=True, slots=True)
class ConfigChanges:
    """A configuration that is tried instead of the stored one: columns, and the agent's level."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    level: AgentLevel | None = None


@dataclass(frozen=True, slots=True)
class TriedAnswer:
    """What an AI agent does with a question."""

    action: AiAction
    text: str = ""
    # Why a person would answer; empty: the agent answers.
    reason: str = ""
    # From 0 to 1; None: nothing was calculated.
    confidence: float | None = None
    passages: Sequence[Mapping[str, Any]] = ()
    # The titles of offered articles.
    choices: Sequence[str] = ()
    model: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ReplayedTurn:
    """A past question, what the agent did then, and what it does now."""

    log_id: AiLogId
    session_id: SessionId
    message_id: MessageId | None
    asked_at: datetime
    question: str
    before: TriedAnswer
    after: TriedAnswer

    @property
    def is_changed(self) -> bool:
        """Return whether the agent does something else now, or says something else."""
        if _is_spoken(self.before) and _is_spoken(self.after):
            return (self.before.action, self.before.text) != (self.after.action, self.after.text)
        return _is_spoken(self.before) != _is_spoken(self.after)


@dataclass(frozen=True, slots=True)
class ReplayPage:
    """Replayed questions, newest first, and whether there are older ones."""

    turns: Sequence[ReplayedTurn]
    has_more: bool


@dataclass(frozen=True, slots=True)
class ReplayCounts:
    """How many of the replayed questions were answered and handed over, before and after."""

    questions: int
    answered_before: int
    answered_after: int
    handed_over_before: int
    handed_over_after: int
    changed: int


def count(turns: Sequence[ReplayedTurn]) -> ReplayCounts:
    """Count what replayed questions came to."""
    return ReplayCounts(
        questions=len(turns),
        answered_before=sum(_is_spoken(each.before) for each in turns),
        answered_after=sum(_is_spoken(each.after) for each in turns),
        handed_over_before=sum(each.before.action in _HANDED_OVER for each in turns),
        handed_over_after=sum(each.after.action in _HANDED_OVER for each in turns),
        changed=sum(each.is_changed for each in turns),
    )


def _is_spoken(answer: TriedAnswer) -> bool:
    return answer.action in _SPOKEN
