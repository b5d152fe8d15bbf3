"""Auto-reply rules: agents see and try them, administrators write them."""

from typing import Any

from api.access.caller import Caller
from api.auto_replies.models import (
    AutoReplyRuleChanges,
    AutoReplyRuleOut,
    AutoReplyRuleQuery,
    NewAutoReplyRule,
    RuleTestBody,
    RuleTestOut,
    RuleTrialOut,
)
from api.errors.problems import NotFound
from api.schemas.pagination import Cursor, Page, build_page
from db.ids import AutoReplyRuleId, ChannelId
from db.queries import auto_replies as queries
from db.tables import AutoReplyRule
from desk.auto_replies.trial import Trial, try_for_anybody
from desk.setup import auto_reply_rules
from desk.setup.errors import InvalidValueError
from desk.unit_of_work import UnitOfWork

# Fields that may be empty; null in other fields means: not changed.
_MAY_BE_NULL = frozenset(
    {"pattern", "reply_message", "reply_template_id", "reply_file_id", "agent_id"}
)


async def list_rules(uow: UnitOfWork, query: AutoReplyRuleQuery) -> Page[AutoReplyRuleOut]:
    """List auto-reply rules, the newest first."""
    rows = await queries.list_rules(
        uow.tx,
        start=query.start,
        limit=query.limit,
        channel_id=None if query.channel_id is None else ChannelId(query.channel_id),
        is_active=query.is_active,
    )
    return build_page(rows, query, _to_schema, lambda row: Cursor(row.created_at, row.id))


async def show(uow: UnitOfWork, rule_id: AutoReplyRuleId) -> AutoReplyRuleOut:
    """Show one rule."""
    rule = await queries.find_rule(uow.tx, rule_id)
    if rule is None:
        raise NotFound
    return _to_schema(rule)


async def create(uow: UnitOfWork, caller: Caller, body: NewAutoReplyRule) -> AutoReplyRuleOut:
    """Create a rule; it answers messages from now on."""
    return _to_schema(await auto_reply_rules.create(uow, body.model_dump(), by=caller.actor))


async def change(
    uow: UnitOfWork, caller: Caller, rule_id: AutoReplyRuleId, body: AutoReplyRuleChanges
) -> AutoReplyRuleOut:
    """Change a rule, also for its answers that wait for their time."""
    values = _read_changes(body)
    return _to_schema(await auto_reply_rules.change(uow, rule_id, values, by=caller.actor))


def _read_changes(body: AutoReplyRuleChanges) -> dict[str, Any]:
    given = body.model_dump(include=body.model_fields_set)
    return {
        name: value for name, value in given.items() if value is not None or name in _MAY_BE_NULL
    }


async def delete(uow: UnitOfWork, caller: Caller, rule_id: AutoReplyRuleId) -> None:
    """Delete a rule, with its answers that wait; messages that it sent stay."""
    await auto_reply_rules.delete(uow, rule_id, by=caller.actor)


async def test_rules(uow: UnitOfWork, body: RuleTestBody) -> RuleTestOut:
    """Show what the active rules of a channel would do with a text; nothing is sent or stored.

    Limits are not asked, because they depend on the customer.
    """
    tried = await try_for_anybody(
        uow,
        ChannelId(body.channel_id),
        body.text,
        language=body.language,
        is_first=body.is_first,
        at=body.at or uow.now,
    )
    if tried is None:
        raise InvalidValueError("channel_id", "names a channel that does not exist")
    return RuleTestOut(rules=[_to_trial(each) for each in tried])


def _to_trial(trial: Trial) -> RuleTrialOut:
    return RuleTrialOut(
        rule_id=trial.rule.id,
        name=trial.rule.name,
        outcome=trial.outcome,
        seconds=trial.seconds,
        text=trial.text,
        file=trial.file,
        buttons=[] if trial.seconds is None else trial.rule.reply_buttons,
    )


def _to_schema(row: AutoReplyRule) -> AutoReplyRuleOut:
    return AutoReplyRuleOut(**{name: getattr(row, name) for name in AutoReplyRuleOut.model_fields})
