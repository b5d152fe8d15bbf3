"""Formats the results of runs for a person."""

from collections.abc import Iterator, Sequence

from scripts.chaos.assistants_verdict.verdict import AssistantVerdict, sum_up
from scripts.chaos.plan import Plan, Provider
from scripts.chaos.run import Result
from scripts.chaos.verdict import Tally

_MOST_FAULTS = 20


def format_headline(engine: str, plan: Plan) -> str:
    """Return the headline of a run."""
    intake = "webhook" if plan.webhook else "polling"
    return (
        f"seed {plan.seed} on {engine}, {plan.scale.part}: "
        f"{plan.scale.customers} customers, {plan.scale.agents} agents, {intake}, "
        f"{plan.scale.seconds:.0f} s, {len(plan.injections)} faults"
    )


def format_result(result: Result) -> Iterator[str]:
    """Yield a run's figures, and the evidence of every violation."""
    it = result.verdict
    yield (
        f"  sent {it.sent}, received {it.received}, lost {it.lost}, "
        f"doubled to customers {it.doubled_to_customers}, out of order {it.out_of_order}, "
        f"notes at customers {it.leaks}, texts to who wrote nothing {it.uninvited}"
    )
    yield (
        f"  doubled to staff {it.doubled_to_staff} (without reason {it.unexplained_to_staff}), "
        f"uncertain {it.uncertain}, refused {it.refused} (not shown {it.not_shown}), "
        f"settled by agents {result.resolved_sends}"
    )
    yield (
        f"  stale edits {it.stale_edits}, wrong replies {it.wrong_replies}, parked {it.parked}, "
        f"429s {it.floods}, starts {result.starts}, repeated webhook calls {result.repeats}"
    )
    yield (
        f"  settled by receipts {it.by_receipt}, wrong states {it.wrong_states}, "
        f"wrong reactions {it.wrong_reactions}, delivered late by WhatsApp {it.told_late}, "
        f"over the customer limit {it.hidden}, "
        f"answers to moved sessions {it.moved}"
    )
    for kind, each in it.kinds.items():
        yield (
            f"  {kind}: sent {each.sent}, received {each.received}, lost {each.lost}, "
            f"doubled to customers {each.doubled_to_customers}, "
            f"out of order {each.out_of_order}, uncertain {each.uncertain}, "
            f"refused {each.refused}, 429s {each.floods}"
        )
    if result.targets is not None:
        told = result.targets
        yield f"  late answers: {told.warnings} warnings, {told.breaches} breach notices"
    if result.assistants is not None:
        yield from _format_assistants(result.assistants)
    yield f"  finished {result.finishing:.1f} s after the last fault, {result.took:.0f} s in all"
    for fault in it.violations[:_MOST_FAULTS]:
        yield f"  BROKEN {fault}"
    if len(it.violations) > _MOST_FAULTS:
        yield f"  … and {len(it.violations) - _MOST_FAULTS} more"
    for line in it.histories:
        yield f"    {line}"


def _format_assistants(it: AssistantVerdict) -> Iterator[str]:
    yield (
        f"  AI agents: questions {it.questions}, turns {it.turns}, answered {it.answered}, "
        f"handed over {it.handed_over}, overtaken by humans {it.overtaken}; "
        f"rules: answered {it.by_rules}, cancelled {it.rules_cancelled}"
    )
    yield (
        f"  AI agents and rules: lost {it.lost}, doubled {it.doubled}, "
        f"out of order {it.out_of_order}, talked over humans {it.talked_over}"
    )


def format_summary(results: Sequence[Result]) -> Iterator[str]:
    """Yield the sums of all runs."""
    verdicts = [result.verdict for result in results]
    names = (
        ("sent", "sent"),
        ("received", "received"),
        ("lost", "lost"),
        ("doubled to customers", "doubled_to_customers"),
        ("out of order", "out_of_order"),
        ("doubled to staff", "doubled_to_staff"),
        ("uncertain", "uncertain"),
        ("refused", "refused"),
        ("not shown", "not_shown"),
        ("parked", "parked"),
        ("settled by receipts", "by_receipt"),
        ("wrong states", "wrong_states"),
    )
    added = ", ".join(f"{name} {sum(getattr(v, field) for v in verdicts)}" for name, field in names)
    yield f"{len(results)} runs: {added}"
    for kind in Provider:
        tallies = [verdict.kinds[kind] for verdict in verdicts]
        figures = ", ".join(
            f"{name.replace('_', ' ')} {sum(getattr(tally, name) for tally in tallies)}"
            for name in Tally.__slots__
        )
        yield f"  {kind}: {figures}"
    assistants = [result.assistants for result in results if result.assistants is not None]
    if assistants:
        yield from _format_assistants(sum_up(assistants))
    broken = sorted({result.plan.seed for result in results if not result.verdict.is_good})
    yield f"BROKEN with seeds {broken}" if broken else "kept: nothing lost, doubled or out of order"
