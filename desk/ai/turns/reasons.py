"""Why an AI agent did not answer, in words for staff and as a code for logs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desk.unit_of_work import UnitOfWork

_MAX_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason: the name of its text, and the values of the text."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    def say(self, uow: UnitOfWork) -> str:
        """Return the reason in staff's language, as long as its columns allow."""
        return uow.text_for_staff(f"ai.{self.code}", **self.values)[:_MAX_LENGTH]


LIMIT = "reason_limit"
ASKED = Reason("reason_asked")
COMPLAINTS = Reason("reason_complaints")
UNAVAILABLE = Reason("reason_unavailable")
UNKNOWN = Reason("reason_unknown")
DEADLINE = Reason("reason_deadline")
ERROR = Reason("reason_error")


def unsure(confidence: float) -> Reason:
    """Return that the confidence is too low."""
    return Reason("reason_unsure", {"share": round(confidence * 100)})
