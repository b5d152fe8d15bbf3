"""Buttons below cards and notices: what they carry is `verb:argument[:argument]`."""

from aiogram.types import CallbackQuery

from bot.handlers import merging, templates
from db.ids import AgentId, ConversationId, MessageId
from db.queries.accounts import agents
from db.queries.accounts.accounts import BoundAgent
from db.queries.conversations.threads import Thread
from db.tables import OutboxKind
from desk.accounts.staff import agent_in_group
from desk.channels import ServedChannel
from desk.content import Content
from desk.conversations import sessions
from desk.conversations.threads import thread_by_id, thread_of_topic
from desk.messages import delivery_status, outbound, uncertain, window
from desk.unit_of_work import Desk

_GROUP_ANONYMOUS_BOT = 1087968824
# A longer number fits into no BIGINT: no row of ours has it.
_ROW_ID_DIGITS = 18


async def on_button(query: CallbackQuery, desk: Desk, channel: ServedChannel) -> None:
    """Do what a button says, if whoever pressed it may."""
    by_admin = query.from_user.id == _GROUP_ANONYMOUS_BOT
    agent = None
    if not by_admin:
        agent = await agent_in_group(
            desk, channel, str(query.from_user.id), query.from_user.full_name
        )
    if agent is None and not by_admin:
        desk.answer_button(channel.id, query.id, desk.for_staff("agent.not_agent"), alert=True)
        return
    text, alert = await _press(query, desk, agent)
    desk.answer_button(channel.id, query.id, text, alert=alert)


async def _press(query: CallbackQuery, desk: Desk, agent: BoundAgent | None) -> tuple[str, bool]:
    """Do it; returns what to show whoever pressed, and whether they must confirm it."""
    verb, _, argument = (query.data or "").partition(":")
    match verb:
        case "claim" if agent is not None:
            return await _claim(desk, agent, ConversationId(argument))
        case "end":
            return await _end(desk, agent, ConversationId(argument), query.from_user.full_name)
        case "ticks":
            return await _ticks(desk, ConversationId(argument))
        case "as":
            message_id, _, choice = argument.partition(":")
            return await _send_as(query, desk, agent, MessageId(message_id), choice)
        case "again" | "arrived" if argument.isdecimal() and len(argument) <= _ROW_ID_DIGITS:
            return await _settle_uncertain(desk, agent, verb, int(argument))
        case "join" | "unjoin" if agent is not None:
            return await merging.on_button(desk, agent, verb, argument)
        case _ if verb in templates.VERBS:
            return await templates.on_button(query, desk, agent, verb, argument)
    return desk.for_staff("button.out_of_date"), True


async def _claim(
    desk: Desk, agent: BoundAgent, conversation_id: ConversationId
) -> tuple[str, bool]:
    thread = await thread_by_id(desk, conversation_id)
    if thread is None or thread.session_id is None:
        return desk.for_staff("button.out_of_date"), True
    if thread.cs_id == agent.agent_id:
        return desk.for_staff("button.already_yours"), False
    if await sessions.claim(desk, thread, agent):
        return desk.for_staff("button.claimed"), False
    return desk.for_staff("button.taken", agent=thread.cs_name), True


async def _ticks(desk: Desk, conversation_id: ConversationId) -> tuple[str, bool]:
    thread = await thread_by_id(desk, conversation_id)
    if thread is None:
        return desk.for_staff("button.out_of_date"), True
    return await delivery_status.ticks_of(desk, thread), True


async def _end(
    desk: Desk, agent: BoundAgent | None, conversation_id: ConversationId, name: str
) -> tuple[str, bool]:
    thread = await thread_by_id(desk, conversation_id)
    name = agent.name if agent else name
    if thread is None or not await sessions.end(desk, thread, agent, name):
        return desk.for_staff("button.out_of_date"), True
    return desk.for_staff("button.ended"), False


async def _send_as(
    query: CallbackQuery,
    desk: Desk,
    presser: BoundAgent | None,
    message_id: MessageId,
    choice: str,
) -> tuple[str, bool]:
    """Send a held answer as the chosen agent; `me` is whoever pressed."""
    sender = presser if choice == "me" else await agents.find_agent(desk.tx, AgentId(choice))
    message = query.message
    if sender is None or message is None:
        return desk.for_staff("agent.not_agent"), True
    topic = str(getattr(message, "message_thread_id", ""))
    thread = await thread_of_topic(desk, str(message.chat.id), topic)
    if thread is None:
        return desk.for_staff("button.out_of_date"), True
    if not await outbound.send_held(desk, thread, message_id, sender):
        return desk.for_staff("button.already_sent"), True
    content = Content(text=desk.for_staff("topic.sent_as", agent=sender.name)).to_json()
    payload = {"content": content, "at": str(message.message_id)}
    desk.to_staff(thread, OutboxKind.EDIT, payload)
    return _told_sent(desk, thread), False


def _told_sent(desk: Desk, thread: Thread) -> str:
    is_open = window.is_open(thread, desk.channel_of(thread), desk.now)
    return desk.for_staff("button.sent" if is_open else "button.kept")


async def _settle_uncertain(
    desk: Desk, agent: BoundAgent | None, verb: str, row_id: int
) -> tuple[str, bool]:
    conversation_id = await uncertain.conversation_of(desk, row_id)
    thread = await thread_by_id(desk, conversation_id) if conversation_id else None
    if thread is None:
        return desk.for_staff("button.out_of_date"), True
    if verb == "arrived":
        done, said = await uncertain.it_arrived(desk, agent, row_id), "button.settled"
    else:
        done, said = await uncertain.send_again(desk, thread, agent, row_id), "button.sent"
        if done:
            return _told_sent(desk, thread), False
    return desk.for_staff(said if done else "button.already_settled"), not done
