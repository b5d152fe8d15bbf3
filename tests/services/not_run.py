"""Lists tests that could not run at the end of the output, and fails the run in CI."""

import os
from collections.abc import Generator

import pytest

Reports = list[pytest.TestReport | pytest.CollectReport]


def is_ci() -> bool:
    """Check whether this is a CI run, where every test must run."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


def list_skipped(config: pytest.Config) -> Reports:
    """Return the reports of skipped tests and of whole skipped files."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return [] if reporter is None else list(reporter.stats.get("skipped", []))


def get_reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return why a test was skipped, in the words of the skip."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return str(report.longrepr)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a CI run that would have passed with tests left out."""
    if exitstatus == pytest.ExitCode.OK and is_ci() and list_skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


# The outermost wrapper, so that it prints after every other summary except pytest's last line.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Generator[None, None, None]:
    """Print what could not run, with the reason, as the last of the summaries."""
    yield
    reports = list_skipped(config)
    if not reports:
        return
    terminalreporter.section("NOT RUN")
    for report in reports:
        terminalreporter.line(f"NOT RUN {report.nodeid}: {get_reason(report)}")
    if is_ci():
        terminalreporter.line(
            f"CI is set and {len(reports)} did not run: this run fails.", red=True
        )
