"""What an examination found: good, to be looked at, or wrong, with the remedy."""

from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    OK = 0
    WARN = 1
    ERROR = 2

    @property
    def symbol(self) -> str:
        return "✓!✗"[self]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of the report."""

    severity: Severity
    subject: str
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        line = f"{self.severity.symbol} {self.subject}: {self.text}"
        return f"{line} → {self.remedy}" if self.remedy else line


def report_ok(subject: str, text: str) -> CheckResult:
    """Report what is as it should be."""
    return CheckResult(Severity.OK, subject, text)


def report_warning(subject: str, text: str, remedy: str) -> CheckResult:
    """Report what works, and may not be meant so."""
    return CheckResult(Severity.WARN, subject, text, remedy)


def report_error(subject: str, text: str, remedy: str) -> CheckResult:
    """Report what does not work."""
    return CheckResult(Severity.ERROR, subject, text, remedy)
