"""A short form of `make chaos`: a few seconds of faults; on MariaDB in the long tests."""

import itertools
from pathlib import Path

import pytest

from scripts.chaos.engines import Engine, MariaDBEngine, SqliteEngine
from scripts.chaos.plan import (
    ASSISTANT_FAULTS,
    FaultKind,
    build_answers_scale,
    build_desks_scale,
    build_volume_scale,
    draw_plan,
)
from scripts.chaos.run import run_plan
from tests.services.mariadb import MariaDB

_SECONDS = 5
# A number that hit a rate limit pauses for long, and a frozen desk does nothing meanwhile.
_LONG = {FaultKind.FLOOD, FaultKind.FREEZE}


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


def _seed_of_assistants(number: int) -> int:
    """Find an even seed (a short deadline) whose few seconds contain all faults of AI agents."""
    seeds = (
        seed
        for seed in range(0, 10_000, 2)
        if {each.kind for each in draw_plan(seed, build_answers_scale(_SECONDS)).injections}
        >= ASSISTANT_FAULTS
    )
    return next(itertools.islice(seeds, number, None))


@pytest.mark.parametrize(
    ("engine", "number"),
    [
        pytest.param(name, number, marks=pytest.mark.long)
        for name in ("sqlite", "mariadb")
        for number in range(3)
    ],
    indirect=["engine"],
)
async def test_ai_agents_and_rules_answer_once_and_talk_over_nobody(
    engine: Engine, tmp_path: Path, number: int
) -> None:
    plan = draw_plan(_seed_of_assistants(number), build_answers_scale(_SECONDS))
    result = await run_plan(plan, engine, tmp_path)
    assert result.verdict.violations == []
    assert result.starts > 1
    assert result.assistants is not None
    assert result.assistants.answered + result.assistants.handed_over > 0
    assert result.assistants.by_rules > 0


@pytest.mark.long
async def test_sessions_that_move_between_own_chats_lose_and_double_nothing(
    engine: Engine, tmp_path: Path
) -> None:
    result = await run_plan(draw_plan(2, build_desks_scale(_SECONDS)), engine, tmp_path)
    assert result.verdict.violations == []
