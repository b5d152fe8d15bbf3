"""Results of health checks: OK, warning or error, with the remedy."""

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
    """Report that something is as it should be."""
    return CheckResult(Severity.OK, subject, text)


def report_warning(subject: str, text: str, remedy: str) -> CheckResult:
    """Report something that works, but may not be intended."""
    return CheckResult(Severity.WARN, subject, text, remedy)


def report_error(subject: str, text: str, remedy: str) -> CheckResult:
    """Report something that does not work."""
    return CheckResult(Severity.ERROR, subject, text, remedy)
