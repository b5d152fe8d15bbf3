"""Many runs: each seed on each engine, both parts of a run beside each other."""

import asyncio
import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.chaos import report
from scripts.chaos.engines import Engine, Sqlite, mariadb
from scripts.chaos.plan import Plan, draw, limited, volume
from scripts.chaos.run import Result, run
from scripts.private_servers.programs import ProgramMissingError

Say = Callable[[str], None]
_SCALES = {"volume": volume, "limits": limited}


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be run."""

    first_seed: int | None
    seeds: int
    seconds: float
    engines: tuple[str, ...]
    parts: tuple[str, ...]
    keep: Path | None = None


def perform(order: Order, say: Say) -> int:
    """Run everything that was ordered; returns the exit status."""
    return asyncio.run(_perform(order, say))


async def _perform(order: Order, say: Say) -> int:
    first = secrets.randbelow(100_000) if order.first_seed is None else order.first_seed
    results: list[Result] = []
    missing: list[str] = []
    for name in order.engines:
        try:
            with _engine(name) as engine:
                for seed in range(first, first + order.seeds):
                    results += await _seed(order, name, engine, seed, say)
        except ProgramMissingError as error:
            missing.append(f"NOT RUN {name}: {error}")
    for line in (*report.summary(results), *missing):
        say(line)
    must_run = bool(missing) and (not results or os.environ.get("CI", "") not in {"", "0", "false"})
    return int(must_run or not all(result.verdict.is_good for result in results))


@contextlib.contextmanager
def _engine(name: str) -> Iterator[Engine]:
    if name == "sqlite":
        yield Sqlite()
        return
    with TemporaryDirectory(prefix="osmodesk-chaos-") as folder, mariadb(Path(folder)) as server:
        yield server


async def _seed(order: Order, name: str, engine: Engine, seed: int, say: Say) -> list[Result]:
    plans = [draw(seed, _SCALES[part](order.seconds)) for part in order.parts]
    results = await asyncio.gather(
        *(run(plan, engine, _folder(order, name, plan)) for plan in plans)
    )
    for result in results:
        say(report.headline(name, result.plan))
        for line in report.lines(result):
            say(line)
    return list(results)


def _folder(order: Order, name: str, plan: Plan) -> Path | None:
    if order.keep is None:
        return None
    part = "limits" if plan.scale.limits else "volume"
    folder = (order.keep / f"{name}-{plan.seed}-{part}").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
