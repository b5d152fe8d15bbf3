"""Show what rules would do with a text, without sending or storing anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.ids import ChannelId
from db.queries import auto_replies as queries
from db.queries.channels import channels
from db.queries.conversations.threads import Thread
from db.queries.reply_files import find_file
from db.tables import AutoReplyRule, StaffMode
from desk.auto_replies.decisions import Decision, Outcome, Trigger, decide
from desk.auto_replies.firing import (
    build_answer,
    decide_for_message,
    find_language,
    is_outside_hours,
)
from desk.canned.rendering import EXAMPLE_VALUES
from desk.formatting.variables import render
from desk.messages.reply_files import describe_file
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
    # The name of the file that it would send.
    file: str | None = None
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
    file = None if content.file is None else name_file(content.file)
    return Trial(decision.rule, decision.outcome, seconds, content.text, file)


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
    channel = uow.channels.read_row(
        row, enrols_members=False, language=uow.staff_language, staff_mode=StaffMode.GROUP
    )
    rules = await queries.get_auto_reply_rules(uow.tx, channel_id)
    trigger = Trigger(
        text=text,
        language=find_language(channel, language),
        is_first=is_first,
        is_outside_hours=is_outside_hours(channel, at),
    )
    decided = decide(rules, trigger, (), None, at)
    return [await _describe(uow, each) for each in decided]


async def _describe(uow: UnitOfWork, decision: Decision) -> Trial:
    rule = decision.rule
    if decision.outcome is not Outcome.ANSWERS:
        return Trial(rule, decision.outcome)
    text = None if rule.reply_message is None else render(rule.reply_message, EXAMPLE_VALUES)
    file = None if rule.reply_file_id is None else await find_file(uow.tx, rule.reply_file_id)
    name = None if file is None else name_file(describe_file(file))
    return Trial(rule, decision.outcome, rule.delay_seconds, text, name)


def name_file(file: Mapping[str, Any]) -> str:
    """Return how a file is called where it is not shown."""
    return str(file.get("name") or file.get("mime"))
