"""Many runs: each seed on each engine, with all parts of a run at the same time."""

import asyncio
import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.chaos import report
from scripts.chaos.engines import Engine, SqliteEngine, run_mariadb
from scripts.chaos.plan import SCALES, Part, Plan, draw_plan
from scripts.chaos.run import Result, run_plan
from scripts.private_servers.programs import ProgramMissingError

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """The options of `osmodesk chaos`."""

    first_seed: int | None
    seeds: int
    seconds: float
    engines: tuple[str, ...]
    parts: tuple[Part, ...]
    keep: Path | None = None


def run_batch(options: BatchOptions, say: Say, *, complain: Say) -> int:
    """Run everything that the options ask for, and return the exit status.

    Results go to `say`; what could not be run goes to `complain`.
    """
    return asyncio.run(_run_batch(options, say, complain))


async def _run_batch(options: BatchOptions, say: Say, complain: Say) -> int:
    first = secrets.randbelow(100_000) if options.first_seed is None else options.first_seed
    results: list[Result] = []
    missing: dict[str, ProgramMissingError] = {}
    for name in options.engines:
        try:
            with _open_engine(name) as engine:
                for seed in range(first, first + options.seeds):
                    results += await _run_seed(options, name, engine, seed, say)
        except ProgramMissingError as error:
            missing[name] = error
    for line in report.format_summary(results):
        say(line)
    for name, cause in missing.items():
        complain(f"NOT RUN {name}: {cause}")
    must_run = bool(missing) and (not results or os.environ.get("CI", "") not in {"", "0", "false"})
    return int(must_run or not all(result.verdict.is_good for result in results))


@contextlib.contextmanager
def _open_engine(name: str) -> Iterator[Engine]:
    if name == "sqlite":
        yield SqliteEngine()
        return
    with (
        TemporaryDirectory(prefix="osmodesk-chaos-") as folder,
        run_mariadb(Path(folder)) as server,
    ):
        yield server


async def _run_seed(
    options: BatchOptions, name: str, engine: Engine, seed: int, say: Say
) -> list[Result]:
    plans = [draw_plan(seed, SCALES[part](options.seconds)) for part in options.parts]
    results = await asyncio.gather(
        *(run_plan(plan, engine, _make_folder(options, name, plan)) for plan in plans)
    )
    for result in results:
        say(report.format_headline(name, result.plan))
        for line in report.format_result(result):
            say(line)
    return list(results)


def _make_folder(options: BatchOptions, name: str, plan: Plan) -> Path | None:
    if options.keep is None:
        return None
    folder = (options.keep / f"{name}-{plan.seed}-{plan.scale.part}").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
