"""How soon `osmodesk run` is ready on a small machine, and what it needs memory for when idle."""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.bench.processes import start_python
from scripts.bench.stage import GROUP, TOKEN, run_stage

# Start-up work that goes on behind "ready" (menus, webhooks, caches) is over by then.
_IDLE_SECONDS = 8.0
_SECRET = "benchmark-secret-of-forty-characters-000"  # noqa: S105 guards nothing


@dataclass(frozen=True, slots=True)
class Start:
    """One start of the desk: seconds of time and of CPU until ready, and megabytes when idle."""

    seconds: float
    cpu_seconds: float
    idle_megabytes: float


def report_starts(times: int, say: Callable[[str], None]) -> None:
    """Start the desk on an empty SQLite file, then `times` again, and print the medians."""
    first, *warm = asyncio.run(_run_starts(times))
    say(f"first start, with migrations: ready after {first.seconds:.1f} s")
    seconds, cpu, memory = (
        statistics.median(values)
        for values in zip(
            *((each.seconds, each.cpu_seconds, each.idle_megabytes) for each in warm), strict=True
        )
    )
    say(f"{times} warm starts, median: ready after {seconds:.2f} s ({cpu:.2f} s of CPU)")
    say(f"resident memory {_IDLE_SECONDS:.0f} s later, idle: {memory:.0f} MB")
    say(_run("scripts.bench.import_costs"))
    say(_run("scripts.bench.start_floor"))


def _run(program: str) -> str:
    """Run a program of ours in a process of its own, and return what it prints."""
    command = (sys.executable, "-m", program)
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.rstrip()  # noqa: S603 our own program


async def _run_starts(times: int) -> list[Start]:
    with tempfile.TemporaryDirectory() as folder:
        async with run_stage(customers=1) as stage:
            environment = {
                "DATABASE_URL": f"sqlite+aiosqlite:///{Path(folder) / 'desk.db'}",
                "TELEGRAM_API_URL": stage.url,
                "TELEGRAM_BOT_TOKEN": TOKEN,
                "TELEGRAM_STAFF_GROUP": str(GROUP),
                "SECRET_KEY": _SECRET,
                "JWT_SECRET": _SECRET,
                "PORT": "0",
                "PATH": os.environ["PATH"],
            }
            return [await _start(environment) for _ in range(times + 1)]


async def _start(environment: dict[str, str]) -> Start:
    begun = time.monotonic()
    async with start_python(
        "-m", "scripts.cli", "run", environment=environment, ready_text='"event": "ready"'
    ) as (desk, _):
        seconds, cpu_seconds = time.monotonic() - begun, desk.cpu_seconds()
        await asyncio.sleep(_IDLE_SECONDS)
        return Start(seconds, cpu_seconds, desk.megabytes())
