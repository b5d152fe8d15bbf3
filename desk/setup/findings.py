"""What an examination found: good, to be looked at, or wrong, with the remedy."""

from dataclasses import dataclass
from enum import IntEnum


class Mark(IntEnum):
    GOOD = 0
    WARN = 1
    BAD = 2

    @property
    def sign(self) -> str:
        return "✓!✗"[self]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    mark: Mark
    subject: str
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        line = f"{self.mark.sign} {self.subject}: {self.text}"
        return f"{line} → {self.remedy}" if self.remedy else line


def good(subject: str, text: str) -> Finding:
    """Report what is as it should be."""
    return Finding(Mark.GOOD, subject, text)


def warn(subject: str, text: str, remedy: str) -> Finding:
    """Report what works, and may not be meant so."""
    return Finding(Mark.WARN, subject, text, remedy)


def bad(subject: str, text: str, remedy: str) -> Finding:
    """Report what does not work."""
    return Finding(Mark.BAD, subject, text, remedy)
