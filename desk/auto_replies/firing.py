"""Let rules answer: at once, or when their delay is over and nobody answered before."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from db.ids import MessageId
from db.queries import auto_replies as queries
from db.queries.accounts.staff_lists import find_agent
from db.queries.auto_replies import Firing
from db.queries.conversations.threads import Thread
from db.queries.reply_files import find_file
from db.tables import AutoReplyRule, FiringState, MessageType, ReplyFile, RuleMatch
from desk.actors import ActorKind, rule
from desk.auto_replies.buttons import add_choices, build_buttons
from desk.auto_replies.decisions import (
    MAX_LIMIT_MINUTES,
    Decision,
    Outcome,
    Trigger,
    decide,
)
from desk.business_hours import is_open
from desk.canned.lookup import build_values
from desk.causes import Cause
from desk.channels import ServedChannel
from desk.content import Content
from desk.conversations.notices import notify_open_topic
from desk.formatting.variables import render
from desk.lanes import notice_key
from desk.messages import window
from desk.messages.attribution import add_author
from desk.messages.from_api import show_in_topic
from desk.messages.replies import reply
from desk.messages.reply_files import build_file_content, describe_file
from desk.messages.template_messages import HeaderFile, build_template_content
from desk.receiving.timers import Timer, set_timer
from desk.templates.lookup import get_template
from desk.templates.rendering import RenderingError
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

# The app sends these when somebody opens the chat; nobody wrote them.
COMMAND_PREFIX = "/start"
_HUMAN = frozenset({ActorKind.HUMAN.sender_type})
_HUMAN_OR_AI = _HUMAN | {ActorKind.AI.sender_type}
_MAX_REASON_LENGTH = 300


async def answer_message(
    uow: UnitOfWork,
    thread: Thread,
    rules: Sequence[AutoReplyRule],
    message_id: MessageId,
    text: str,
) -> None:
    """Let the rules of a channel answer a customer's message, each now or after its delay."""
    for decision in await decide_for_message(uow, thread, rules, text, message_id):
        if decision.due_at is None or thread.session_id is None:
            continue
        firing = await queries.add_firing(
            uow.tx,
            decision.rule.id,
            thread.conversation_id,
            thread.session_id,
            message_id,
            due_at=decision.due_at,
            now=uow.now,
        )
        if decision.due_at > uow.now:
            await set_timer(uow, thread, Timer.RULE, decision.due_at, about=firing.id)
        else:
            await _send(uow, thread, decision.rule, firing)


async def decide_for_message(
    uow: UnitOfWork,
    thread: Thread,
    rules: Sequence[AutoReplyRule],
    text: str,
    message_id: MessageId | None = None,
) -> list[Decision]:
    """Decide what rules do with a customer's words; without a message, as if they came now."""
    trigger = await _build_trigger(uow, thread, rules, text, message_id)
    decisions = decide(rules, trigger, (), thread.session_id, uow.now)
    if all(each.outcome is not Outcome.ANSWERS for each in decisions):
        return decisions  # which is what most messages come to, without a look at earlier answers
    since = uow.now - timedelta(minutes=MAX_LIMIT_MINUTES)
    past = await queries.list_firings(uow.tx, thread.conversation_id, thread.session_id, since)
    return decide(rules, trigger, past, thread.session_id, uow.now)


async def _build_trigger(
    uow: UnitOfWork,
    thread: Thread,
    rules: Sequence[AutoReplyRule],
    text: str,
    message_id: MessageId | None,
) -> Trigger:
    channel = uow.channel_of(thread)
    is_first = False
    if any(each.match_kind is RuleMatch.FIRST_MESSAGE for each in rules):
        is_first = thread.session_id is None or (
            message_id is not None
            and await queries.is_first_message(
                uow.tx, thread.session_id, message_id, COMMAND_PREFIX
            )
        )
    return Trigger(
        text=text,
        language=find_language(channel, thread.language),
        is_first=is_first,
        is_outside_hours=is_outside_hours(channel, uow.now),
    )


def find_language(channel: ServedChannel, spoken: str | None) -> str | None:
    """Return the language that counts for a customer: theirs, otherwise that of the channel."""
    return (spoken or channel.language).partition("-")[0].lower() or None


def is_outside_hours(channel: ServedChannel, at: datetime) -> bool:
    """Check whether a channel is closed; one without opening hours never is."""
    return channel.hours is not None and not is_open(channel.hours, at)


async def handle_rule_timer(uow: UnitOfWork, thread: Thread) -> None:
    """Give the answers of rules whose delay is over, unless somebody answered meanwhile."""
    for firing in await queries.list_due_firings(uow.tx, thread.conversation_id, uow.now):
        found = await queries.find_rule(uow.tx, firing.rule_id)
        if found is None or await _is_obsolete(uow, thread, found, firing):
            await queries.set_firing_state(uow.tx, firing.id, FiringState.CANCELLED)
        else:
            await _send(uow, thread, found, firing)


async def _is_obsolete(
    uow: UnitOfWork, thread: Thread, found: AutoReplyRule, firing: Firing
) -> bool:
    if not found.is_active or thread.is_blocked or thread.session_id != firing.session_id:
        return True
    senders = _HUMAN_OR_AI if found.match_kind is RuleMatch.UNANSWERED else _HUMAN
    return await queries.is_answered(uow.tx, thread.conversation_id, firing.message_id, senders)


async def _send(uow: UnitOfWork, thread: Thread, found: AutoReplyRule, firing: Firing) -> None:
    """Send a rule's answer and show it in the topic; tell staff if it cannot be sent."""
    try:
        content = await build_answer(uow, thread, found)
    except RenderingError as error:
        await _cancel(uow, thread, found, firing, str(error))
        return
    if not window.can_send(thread, uow.channel_of(thread), content, uow.now):
        # Nobody would send it later by hand.
        await _cancel(uow, thread, found, firing, uow.text_for_staff("reason.window_closed"))
        return
    await queries.set_firing_state(uow.tx, firing.id, FiringState.SENT)
    author = rule(found.name)
    message_id = await reply(
        uow, thread, author, content, cause=Cause.RULE_ANSWER, buttons=build_buttons(found)
    )
    name = uow.text_for_staff("topic.rule_author", rule=found.name)
    # The topic shows the preview of a template, and the words of the buttons.
    words = "\n".join([content.text or "", *(f"▫️ {each}" for each in found.reply_buttons)]).strip()
    shown = add_author(Content(content.type, words or None, file=content.file), name)
    show_in_topic(uow, thread, name, message_id, shown, cause=Cause.RULE_ANSWER, reply_to=None)


async def _cancel(
    uow: UnitOfWork, thread: Thread, found: AutoReplyRule, firing: Firing, reason: str
) -> None:
    await queries.set_firing_state(uow.tx, firing.id, FiringState.CANCELLED)
    log.warning("rule.not_sent", rule=found.id)
    text = uow.text_for_staff(
        "topic.rule_failed", rule=found.name, reason=reason[:_MAX_REASON_LENGTH]
    )
    key = notice_key(thread.conversation_id, f"rule:{found.id}:{firing.session_id}")
    notify_open_topic(uow, thread, text, dedup_key=key)


async def build_answer(uow: UnitOfWork, thread: Thread, found: AutoReplyRule) -> Content:
    """Build what a rule sends to a customer; raise RenderingError for a template."""
    agent = await _find_agent_name(uow, thread, found)
    values = build_values(uow, thread, agent)
    file = await _find_file(uow, found)
    if found.reply_template_id is None:
        text = render(found.reply_message or "", values)
        content = Content(text=text) if file is None else build_file_content(file, text)
        return add_choices(content, found.reply_buttons)
    template = await get_template(uow, thread, found.reply_template_id)
    if template is None:
        raise RenderingError("the template is not approved any more")
    header = None
    if file is not None:
        kept_as, kind = MessageId(file.id), MessageType(file.message_type)
        header = HeaderFile(kept_as, kind, describe_file(file))
    filled = {name: render(text, values) for name, text in found.reply_values.items()}
    return build_template_content(uow, thread, agent, template, filled, header=header)


async def _find_file(uow: UnitOfWork, found: AutoReplyRule) -> ReplyFile | None:
    return None if found.reply_file_id is None else await find_file(uow.tx, found.reply_file_id)


async def _find_agent_name(uow: UnitOfWork, thread: Thread, found: AutoReplyRule) -> str:
    named = None if found.agent_id is None else await find_agent(uow.tx, found.agent_id)
    return named.name if named else thread.holder_name or uow.channel_of(thread).name
