"""Show what rules would do with a text, without sending or storing anything."""

from dataclasses import dataclass
from datetime import datetime

from db.ids import ChannelId
from db.queries import auto_replies as queries
from db.queries.channels import channels
from db.queries.conversations.threads import Thread
from db.tables import AutoReplyRule
from desk.auto_replies.decisions import Decision, Outcome, Trigger, decide
from desk.auto_replies.firing import (
    build_answer,
    decide_for_message,
    find_language,
    is_outside_hours,
)
from desk.canned.rendering import EXAMPLE_VALUES, render
from desk.templates.rendering import RenderingError
from desk.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would do."""

    rule: AutoReplyRule
    outcome: Outcome
    # After how many seconds it would answer; None: it would not.
    seconds: int | None = None
    # What it would send; None: it would not answer, or nobody can say without a customer.
    text: str | None = None
    # Why its answer could not be sent.
    problem: str | None = None


async def try_rules(uow: UnitOfWork, thread: Thread, text: str) -> list[Trial]:
    """Show what the rules of a conversation's channel would do if the customer wrote this now."""
    rules = await queries.get_auto_reply_rules(uow.tx, thread.channel_id)
    decisions = await decide_for_message(uow, thread, rules, text)
    return [await _try_for_customer(uow, thread, each) for each in decisions]


async def _try_for_customer(uow: UnitOfWork, thread: Thread, decision: Decision) -> Trial:
    if decision.outcome is not Outcome.ANSWERS:
        return Trial(decision.rule, decision.outcome)
    seconds = decision.rule.delay_seconds
    try:
        content = await build_answer(uow, thread, decision.rule)
    except RenderingError as error:
        return Trial(decision.rule, decision.outcome, seconds, problem=str(error))
    return Trial(decision.rule, decision.outcome, seconds, content.text)


async def try_for_anybody(
    uow: UnitOfWork,
    channel_id: ChannelId,
    text: str,
    *,
    language: str | None,
    is_first: bool,
    at: datetime,
) -> list[Trial] | None:
    """Show what a channel's rules would do with this text of a customer whom nobody named.

    Returns None if there is no such channel.
    """
    row = await channels.find_channel(uow.tx, channel_id)
    if row is None:
        return None
    channel = uow.channels.read_row(row, enrols_members=False, language=uow.staff_language)
    rules = await queries.get_auto_reply_rules(uow.tx, channel_id)
    trigger = Trigger(
        text=text,
        language=find_language(channel, language),
        is_first=is_first,
        is_outside_hours=is_outside_hours(channel, at),
    )
    return [_describe(each) for each in decide(rules, trigger, (), None, at)]


def _describe(decision: Decision) -> Trial:
    rule = decision.rule
    if decision.outcome is not Outcome.ANSWERS:
        return Trial(rule, decision.outcome)
    text = None if rule.reply_message is None else render(rule.reply_message, EXAMPLE_VALUES)
    return Trial(rule, decision.outcome, rule.delay_seconds, text)
