"""How several workers share one installation's messages: speed and CPU, beside one worker."""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from db.migrations import open_migrated
from db.url import parse_database_url
from scripts.bench.processes import MeasuredProcesses
from scripts.bench.relay import Figures, measure_both_ways, run_desk
from scripts.bench.stage import run_stage
from scripts.private_servers.mariadb import DURABLE, MariaDB
from scripts.private_servers.redis import Redis


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent: messages each way, of so many customers."""

    messages: int
    customers: int


async def compare_workers(
    counts: Sequence[int], rounds: int, load: Load
) -> dict[int, list[Figures]]:
    """Measure each number of workers in every round; return the figures by number.

    Interleaved, because a shared machine is faster at some times than at others.
    """
    found: dict[int, list[Figures]] = {count: [] for count in counts}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for server in (folder / "mariadb", folder / "redis"):
            server.mkdir()
        database, redis = MariaDB(folder / "mariadb", DURABLE), Redis(folder / "redis")
        try:
            database.start()
            redis.start()
            for _ in range(rounds):
                for count in counts:
                    with database.fresh_database() as url:
                        found[count] += await _measure(url, redis.url, count, load)
        finally:
            redis.stop()
            database.stop()
    return found


async def _measure(url: str, redis_url: str, count: int, load: Load) -> list[Figures]:
    async with open_migrated(parse_database_url(url)):
        pass  # the workers find it ready
    async with run_stage(load.customers) as play, AsyncExitStack() as stack:
        workers = [
            await stack.enter_async_context(run_desk(play, url, "worker", REDIS_URL=redis_url))
            for _ in range(count)
        ]
        desk = MeasuredProcesses(workers)
        return await measure_both_ways(play, desk, load.messages // load.customers)


def print_workers(found: dict[int, list[Figures]], say: Callable[[str], None]) -> None:
    """Print the medians for each number of workers, and what they are beside the first."""
    say(f"{'':28}{'messages/s':>12}{'times':>8}{'CPU µs':>10}{'times':>8}{'peak MB':>10}")
    first: dict[str, tuple[float, float]] = {}
    for count, figures in found.items():
        for way in dict.fromkeys(each.name for each in figures):
            its = [each for each in figures if each.name == way]
            speed = median(each.per_second for each in its)
            cpu = median(each.cpu_microseconds for each in its)
            memory = max(each.peak_megabytes for each in its)
            one_speed, one_cpu = first.setdefault(way, (speed, cpu))
            say(
                f"{count} workers, {way:18}{speed:12.0f}{speed / one_speed:8.2f}"
                f"{cpu:10.0f}{cpu / one_cpu:8.2f}{memory:10.0f}"
            )
