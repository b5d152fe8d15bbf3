"""`osmodesk doctor`."""

# ruff: noqa: PLC0415 imported when it runs: the other commands start at once

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from desk.setup.findings import CheckResult


def doctor(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the results as JSON, in English, for a program.")
    ] = False,
) -> None:
    """Check every setting against the real services, and say how to fix each problem.

    In the language of DEFAULT_LANGUAGE. The exit code is 1 if anything is wrong.
    """
    import asyncio

    asyncio.run(_print_json() if as_json else _print_results())


async def _print_results() -> None:
    from desk.setup.findings import Severity
    from desk.setup.findings_translation import translate_result
    from scripts.commands.words import find_language
    from scripts.doctor.health_check import run_checks

    language, worst = find_language(), Severity.OK
    async for finding in run_checks():
        # Printed one at a time, because some checks take seconds.
        typer.echo(str(translate_result(finding, language)))
        worst = max(worst, finding.severity)
    _exit_if(worst is Severity.ERROR)


async def _print_json() -> None:
    import json

    from desk.setup.findings import Severity
    from scripts.doctor.health_check import run_checks

    findings = [finding async for finding in run_checks()]
    is_ok = all(finding.severity is not Severity.ERROR for finding in findings)
    report = {"ok": is_ok, "checks": [_to_json(finding) for finding in findings]}
    typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
    _exit_if(not is_ok)


def _to_json(finding: "CheckResult") -> dict[str, str | None]:
    return {
        "result": {"OK": "good", "WARN": "warn", "ERROR": "bad"}[finding.severity.name],
        "subject": finding.subject,
        "text": finding.text,
        "remedy": finding.remedy or None,
    }


def _exit_if(wrong: bool) -> None:
    if wrong:
        raise typer.Exit(1)
