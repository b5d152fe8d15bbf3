"""One run: play the plan, let the desk finish, collect evidence, judge."""

import asyncio
import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox.common.faults import DROP_AFTER
from scripts.chaos.absent_agents import bring_agents_back
from scripts.chaos.answer_targets_verdict import (
    LATE_SESSIONS,
    NOTICES,
    UNFINISHED_WAITS,
    TargetsVerdict,
    judge_answer_targets,
)
from scripts.chaos.assistants_verdict.records import OPEN, collect_records
from scripts.chaos.assistants_verdict.verdict import AssistantVerdict, judge_assistants
from scripts.chaos.broadcast_verdict import UNFINISHED_BROADCASTS, find_broadcast_violations
from scripts.chaos.bystanders import report_events
from scripts.chaos.conversation_driver import send_all
from scripts.chaos.customer_limit import WAITING_SUMS
from scripts.chaos.engines import Engine
from scripts.chaos.evidence import FINISHED, WAITING, find_moved, gather_evidence
from scripts.chaos.fault_injector import clear_all_faults, inject_faults
from scripts.chaos.history import add_histories
from scripts.chaos.message_log import Json
from scripts.chaos.plan import Plan
from scripts.chaos.stage import Stage, run_stage
from scripts.chaos.uncertain_sends import resolve_uncertain_sends
from scripts.chaos.verdict import UncertainPeriods, Verdict, judge_run

# After the faults are cleared: how long the desk may go without finishing any work, and how long
# it may take in all. A busy machine is slow, which is no fault of the desk.
_PROGRESSES_WITHIN = 75.0
_FINISHES_WITHIN = 600.0
_LOOK_EVERY = 0.25
# How long before a crash a message may have been sent but not settled yet.
_UNSETTLED_SECONDS = 12.0


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one run."""

    plan: Plan
    verdict: Verdict
    # None: no AI agent and no rule took part.
    assistants: AssistantVerdict | None
    # None: there were no targets.
    targets: TargetsVerdict | None
    resolved_sends: int
    starts: int
    injections: int
    repeats: int
    # From the end of the plan until everything was delivered, and the whole run, in seconds.
    finishing: float
    took: float


async def run_plan(plan: Plan, engine: Engine, keep: Path | None = None) -> Result:
    """Run a plan; its files are deleted, unless they are kept in the folder `keep`."""
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        folder = keep or Path(stack.enter_context(TemporaryDirectory(prefix="osmodesk-chaos-")))
        async with run_stage(plan, engine, folder) as stage:
            await _play_plan(stage)
            finishing = await _finish(stage)
            evidence, calls = await gather_evidence(stage), await stage.telegram.calls()
            outages = [*stage.engine.outages, *stage.desk_process.freezes]
            periods = list_uncertain_periods(stage.desk_process.kills, outages, calls)
            verdict = judge_run(
                stage.message_log,
                evidence,
                periods,
                floods_are_ours=plan.scale.limits,
                sessions_move=plan.scale.desks,
            )
            verdict.violations += [
                f"the desk stopped by itself: {each}" for each in stage.desk_process.crashes
            ]
            verdict.violations += [each async for each in find_broadcast_violations(stage)]
            assistants = None
            if plan.scale.has_assistants:
                assistants = judge_assistants(await collect_records(stage))
                verdict.violations += assistants.violations
            targets = None
            if plan.scale.has_targets:
                notices, late = [await stage.rows(each) for each in (NOTICES, LATE_SESSIONS)]
                targets = judge_answer_targets(notices, late, calls, periods)
                verdict.violations += targets.violations
            await add_histories(stage, verdict)
            settled = await resolve_uncertain_sends(stage, verdict)
            return Result(
                plan,
                verdict,
                assistants,
                targets,
                settled,
                stage.desk_process.starts,
                len(stage.injections),
                stage.webhook_proxy.repeats,
                finishing,
                time.monotonic() - began,
            )


async def _play_plan(stage: Stage) -> None:
    began = time.monotonic()
    await asyncio.gather(
        send_all(stage, began), inject_faults(stage, began), report_events(stage, began)
    )


async def _finish(stage: Stage) -> float:
    """Clear all faults, wait until the desk is done or stands still, and return the seconds."""
    began = progressed = time.monotonic()
    await clear_all_faults(stage)
    await stage.webhook_proxy.drain()
    await stage.desk_process.wait_until_ready()
    if stage.plan.scale.desks:
        await bring_agents_back(stage)
    quiet, finished = 0, -1
    while quiet < 2 and not _is_late(began, progressed):  # noqa: PLR2004 twice in a row is rest
        await asyncio.sleep(_LOOK_EVERY)
        quiet = quiet + 1 if await _is_done(stage) else 0
        before, finished = finished, await _count_finished(stage)
        if finished != before:
            progressed = time.monotonic()
    return time.monotonic() - began


def _is_late(began: float, progressed: float) -> bool:
    now = time.monotonic()
    return now - progressed > _PROGRESSES_WITHIN or now - began > _FINISHES_WITHIN


async def _count_finished(stage: Stage) -> int:
    [row] = await stage.rows(FINISHED)
    return int(row["finished"])


async def _is_done(stage: Stage) -> bool:
    kept = await stage.rows("SELECT message FROM messages")
    texts = {row["message"] for row in kept}
    moved: set[str] = set()
    if stage.plan.scale.desks:
        moved = await find_moved(stage, await stage.staff.read())
    if not all(
        message.token in moved or texts & {message.text, *message.same_second_texts}
        for message in stage.message_log.messages.values()
    ):
        return False
    is_told = await stage.graph.wait_until_settled(_LOOK_EVERY)
    is_told &= await stage.waha.wait_until_settled(_LOOK_EVERY)
    wanted = (WAITING, OPEN, WAITING_SUMS, UNFINISHED_BROADCASTS, UNFINISHED_WAITS)
    waiting = [await stage.rows(statement) for statement in wanted]
    return is_told and not any(waiting)


def list_uncertain_periods(
    kills: Iterable[float], outages: Iterable[tuple[float, float]], calls: Iterable[Json]
) -> UncertainPeriods:
    """List the periods in which a copy may be uncertain: a crash, an outage, a lost answer.

    Outages are those of the database, and of a desk that was frozen. The moments of the calls
    whose answer was lost are exact: a fault may wait for long for a call that it applies to.
    """
    spans = [(at - _UNSETTLED_SECONDS, at) for at in kills]
    spans += [(began - _UNSETTLED_SECONDS, ended) for began, ended in outages]
    spans += [(call["at"], call["at"]) for call in calls if call["fault"] == DROP_AFTER]
    return UncertainPeriods(spans)
