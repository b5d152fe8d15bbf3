"""`osmodesk doctor`."""

# ruff: noqa: PLC0415 imported when it runs: the other commands start at once

import typer


def doctor() -> None:
    """Check every setting against the real services, and say how to fix each problem."""
    import asyncio

    asyncio.run(_print_results())


async def _print_results() -> None:
    from desk.setup.findings import Severity
    from scripts.doctor.health_check import run_checks

    worst = Severity.OK
    async for finding in run_checks():
        # Printed one at a time, because some checks take seconds.
        typer.echo(str(finding))
        worst = max(worst, finding.severity)
    if worst is Severity.ERROR:
        raise typer.Exit(1)
