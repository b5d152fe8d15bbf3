"""A short form of `make chaos`: a few seconds of all faults at once, on each engine."""

import itertools
from pathlib import Path

import pytest

from scripts.chaos.engines import Engine, MariaDBEngine, SqliteEngine
from scripts.chaos.plan import FaultKind, build_volume_scale, draw_plan
from scripts.chaos.run import run_plan
from tests.services.mariadb import MariaDB

_SECONDS = 5
# A number that hit a rate limit pauses for long.
_LONG = {FaultKind.FLOOD}


@pytest.fixture(params=["sqlite", "mariadb"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "sqlite":
        return SqliteEngine()
    server: MariaDB = request.getfixturevalue("mariadb")
    server.start()
    return MariaDBEngine(server=server)


def _seed(number: int) -> int:
    """Find a seed whose few seconds contain some of every important fault."""
    wanted = {
        FaultKind.KILL_WHILE_SENDING,
        FaultKind.DROP_AFTER,
        FaultKind.DATABASE,
        FaultKind.MIXED,
        FaultKind.FALSE,
    }
    seeds = (
        seed
        for seed in range(10_000)
        if wanted
        <= (
            harms := {
                injection.kind
                for injection in draw_plan(seed, build_volume_scale(_SECONDS)).injections
            }
        )
        and not harms & _LONG
    )
    return next(itertools.islice(seeds, number, None))


@pytest.mark.parametrize(
    "number", [0, *(pytest.param(each, marks=pytest.mark.long) for each in range(1, 5))]
)
async def test_nothing_is_lost_doubled_or_out_of_order(
    engine: Engine, tmp_path: Path, number: int
) -> None:
    result = await run_plan(
        draw_plan(_seed(number), build_volume_scale(_SECONDS)), engine, tmp_path
    )
    assert result.verdict.violations == []
    assert all(each.received > 0 for each in result.verdict.kinds.values())
    assert result.starts > 1
