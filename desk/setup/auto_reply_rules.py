"""Create, change and delete auto-reply rules."""

from collections.abc import Mapping
from typing import Any

from db.ids import AutoReplyRuleId, new_id
from db.queries import auto_replies as queries
from db.queries.accounts.staff_lists import find_agent
from db.queries.channels import channels, templates
from db.queries.reply_files import find_existing_files
from db.tables import AutoReplyRule, RuleMatch
from desk.actors import Actor
from desk.audit import add_entry, describe_changes, shorten
from desk.auto_replies.matching import InvalidPatternError, check_pattern, normalize
from desk.canned.rendering import EXAMPLE_VALUES, find_unknown_variables
from desk.setup.errors import InvalidValueError, NotFoundError, NotPossibleError
from desk.unit_of_work import UnitOfWork

# Each message of a customer is compared with all rules of its channel.
MAX_RULES = 200
_BY_WORDS = frozenset({RuleMatch.EXACT, RuleMatch.CONTAINS, RuleMatch.WORD})


async def create(uow: UnitOfWork, values: Mapping[str, Any], *, by: Actor) -> AutoReplyRule:
    """Create a rule; raise InvalidValueError, or NotPossibleError if its channel has too many."""
    rule = AutoReplyRule(
        id=AutoReplyRuleId(new_id()), **values, created_at=uow.now, updated_at=uow.now
    )
    if await channels.find_channel(uow.tx, rule.channel_id) is None:
        raise InvalidValueError("channel_id", "names a channel that does not exist")
    await _check(uow, rule)
    if await queries.count_rules(uow.tx, rule.channel_id) >= MAX_RULES:
        raise NotPossibleError(f"the channel has {MAX_RULES} rules already; delete some first")
    await queries.add_rule(uow.tx, rule)
    add_entry(uow, by, "auto_reply_rule.created", _subject(rule.id), {"name": rule.name})
    return rule


async def change(
    uow: UnitOfWork, rule_id: AutoReplyRuleId, values: Mapping[str, Any], *, by: Actor
) -> AutoReplyRule:
    """Change fields of a rule; raise NotFoundError or InvalidValueError."""
    rule = await queries.find_rule(uow.tx, rule_id, lock=True)
    if rule is None:
        raise NotFoundError
    changed = {name: value for name, value in values.items() if getattr(rule, name) != value}
    if not changed:
        return rule
    before = {name: getattr(rule, name) for name in changed}
    with uow.tx.no_autoflush:
        for name, value in changed.items():
            setattr(rule, name, value)
        await _check(uow, rule)
    rule.updated_at = uow.now
    await uow.tx.flush()
    details = describe_changes(before, changed)
    add_entry(uow, by, "auto_reply_rule.changed", _subject(rule_id), details)
    return rule


async def delete(uow: UnitOfWork, rule_id: AutoReplyRuleId, *, by: Actor) -> None:
    """Delete a rule, with its answers that wait; raise NotFoundError."""
    rule = await queries.find_rule(uow.tx, rule_id, lock=True)
    if rule is None:
        raise NotFoundError
    details = {"name": rule.name, "text": shorten(rule.reply_message)}
    await queries.delete_rule(uow.tx, rule_id)
    add_entry(uow, by, "auto_reply_rule.deleted", _subject(rule_id), details)


async def _check(uow: UnitOfWork, rule: AutoReplyRule) -> None:
    """Raise InvalidValueError if the parts of a rule do not fit together."""
    _check_match(rule)
    _check_reply(rule)
    if rule.reply_file_id is not None and not await find_existing_files(
        uow.tx, [rule.reply_file_id]
    ):
        raise InvalidValueError("reply_file_id", "names a file that does not exist")
    if rule.agent_id is not None and await find_agent(uow.tx, rule.agent_id) is None:
        raise InvalidValueError("agent_id", "names an agent that does not exist")
    if rule.reply_template_id is not None:
        template = await templates.find_template(uow.tx, rule.reply_template_id)
        if template is None or template.channel_id != rule.channel_id:
            raise InvalidValueError("reply_template_id", "names no template of this channel")


def _check_reply(rule: AutoReplyRule) -> None:
    is_template = rule.reply_template_id is not None
    if is_template and rule.reply_message is not None:
        raise InvalidValueError("reply_message", "a rule has either a text or a template to send")
    if not is_template and rule.reply_message is None and rule.reply_file_id is None:
        raise InvalidValueError("reply_message", "a rule needs a text, a file or a template")
    if is_template and rule.reply_buttons:
        raise InvalidValueError("reply_buttons", "a template has its own buttons, and no others")
    if rule.reply_values and not is_template:
        raise InvalidValueError("reply_values", "are for the variables of a template")
    words = [normalize(each) for each in rule.reply_buttons]
    if len(set(words)) < len(words):
        raise InvalidValueError("reply_buttons", "must differ from each other")
    texts = {"reply_message": rule.reply_message or ""}
    texts |= {f"reply_values.{name}": text for name, text in rule.reply_values.items()}
    for field, text in texts.items():
        if unknown := find_unknown_variables(text):
            known = ", ".join(EXAMPLE_VALUES)
            reason = f"{{{{{unknown[0]}}}}} is not a known variable; the known ones are {known}"
            raise InvalidValueError(field, reason)


def _check_match(rule: AutoReplyRule) -> None:
    kind = rule.match_kind
    if kind in _BY_WORDS and not any(normalize(each) for each in rule.trigger_keywords):
        raise InvalidValueError("trigger_keywords", "this kind of rule needs at least one word")
    if kind is RuleMatch.UNANSWERED and rule.delay_seconds <= 0:
        reason = "must be the time in which nobody answered, for this kind of rule"
        raise InvalidValueError("delay_seconds", reason)
    if kind is not RuleMatch.PATTERN:
        return
    if not rule.pattern:
        raise InvalidValueError("pattern", "this kind of rule needs a regular expression")
    try:
        check_pattern(rule.pattern)
    except InvalidPatternError as error:
        raise InvalidValueError("pattern", f"is not a regular expression: {error}") from error


def _subject(rule_id: AutoReplyRuleId) -> str:
    return f"auto_reply_rule:{rule_id}"
