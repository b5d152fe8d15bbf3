"""Handle the buttons below cards and notices; their data is `verb:argument[:argument]`.

A client program may send any data. So what the data names must belong to the conversation in whose
topic the button stands.
"""

from aiogram.types import CallbackQuery, InaccessibleMessage

from bot.commands import session_commands
from bot.handlers import agents as agent_commands
from bot.handlers import ai, board, customer_commands, doubtful, merging, session_choice, templates
from db.ids import AgentId, ConversationId, MessageId
from db.queries.accounts import agents
from db.queries.conversations.threads import Thread
from desk.accounts.staff import find_bound_agent
from desk.actors import Actor, AgentActor, anonymous_admin, to_actor
from desk.channels import ServedChannel
from desk.conversations import sessions
from desk.conversations.notices import edit_notice
from desk.conversations.rights import may_change_open
from desk.conversations.shared_chats import find_shared_place, find_thread_of_message
from desk.conversations.threads import find_thread, find_thread_by_topic
from desk.messages import delivery_status, outbound, uncertain, window
from desk.unit_of_work import UnitOfWork

_GROUP_ANONYMOUS_BOT = 1087968824
# A longer number does not fit a BIGINT, so it is no id of ours.
_MAX_ROW_ID_DIGITS = 18


async def on_button(query: CallbackQuery, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Run a button's action if the person who pressed it has the right to."""
    actor = await _find_actor(query, uow)
    if isinstance(actor, AgentActor) and await _run_outside(query, uow, channel, actor):
        return
    if actor is None:
        uow.answer_button(channel.id, query.id, uow.text_for_staff("agent.not_agent"), alert=True)
        return
    text, alert = await _run_button(query, uow, channel, actor)
    uow.answer_button(channel.id, query.id, text, alert=alert)


async def _run_outside(
    query: CallbackQuery, uow: UnitOfWork, channel: ServedChannel, agent: AgentActor
) -> bool:
    """Run a button that is about no topic: of a queue board, a status, an agent's own chat."""
    verb, _, argument = (query.data or "").partition(":")
    conversation_id = ConversationId(argument)
    if verb == board.TAKE_VERB and not channel.is_staff_bot:
        text, alert = await board.on_take(query, uow, channel, agent, conversation_id)
    elif verb == agent_commands.BUTTON_VERB:
        text, alert = await agent_commands.press(query, uow, channel, agent, argument)
    elif verb == session_choice.SEND_VERB and channel.is_staff_bot:
        text, alert = await session_choice.on_send(query, uow, channel, conversation_id)
    elif verb == session_choice.PICK_VERB and channel.is_staff_bot:
        text, alert = await session_choice.on_pick(query, uow, channel, conversation_id)
    else:
        return False
    uow.answer_button(channel.id, query.id, text, alert=alert)
    return True


async def _find_actor(query: CallbackQuery, uow: UnitOfWork) -> Actor | None:
    """Find who pressed: an agent, or an administrator who acts as the group.

    Pressing a button does not make someone an agent, even where every member may answer.
    """
    user = query.from_user
    if user.id != _GROUP_ANONYMOUS_BOT:
        return await find_bound_agent(uow, str(user.id))
    assert query.message is not None  # noqa: S101 only buttons in a group are routed here
    chat = query.message.chat
    return anonymous_admin(chat.title or user.full_name, str(chat.id))


async def _run_button(
    query: CallbackQuery, uow: UnitOfWork, channel: ServedChannel, actor: Actor
) -> tuple[str, bool]:
    """Run the action; return the text to show and whether it must be confirmed."""
    verb, _, argument = (query.data or "").partition(":")
    match verb:
        case "claim" if isinstance(actor, AgentActor):
            return await _claim(query, uow, channel, actor, ConversationId(argument))
        case "end":
            return await _end(query, uow, channel, actor, ConversationId(argument))
        case "status":
            return await _describe_delivery_status(query, uow, channel, ConversationId(argument))
        case "as":
            return await _send_as(query, uow, channel, actor, argument)
        case "again" | "arrived" if argument.isdecimal() and len(argument) <= _MAX_ROW_ID_DIGITS:
            return await _resolve_uncertain(
                query, uow, channel, actor, verb=verb, row_id=int(argument)
            )
        case "join" | "unjoin" if isinstance(actor, AgentActor):
            here = await _find_thread_here(query, uow, channel)
            if here is not None or _is_old(query):
                return await merging.on_button(uow, actor, verb, argument, here)
        case _ if (handle := _TOPIC_BUTTONS.get(verb)) is not None:
            here = await _find_thread_here(query, uow, channel)
            here = here or await _find_thread_of_card(query, uow, channel)
            if here is not None and query.message is not None:
                at = str(query.message.chat.id), str(query.message.message_id)
                return await handle(uow, here, actor, query.data or "", at)
    return uow.text_for_staff("button.out_of_date"), True


# Buttons below notices of a topic: they concern the conversation in whose topic they stand.
_TOPIC_BUTTONS = {
    **dict.fromkeys(ai.BUTTON_VERBS, ai.on_button),
    **dict.fromkeys(customer_commands.STAFF_BUTTON_VERBS, customer_commands.on_grant),
    session_commands.BUTTON_VERB: session_commands.press,
    **dict.fromkeys(doubtful.BUTTON_VERBS, doubtful.on_button),
    **dict.fromkeys(templates.BUTTON_VERBS, templates.on_button),
}


def _is_old(query: CallbackQuery) -> bool:
    """Check whether the message is so old that Telegram does not say in which topic it stands."""
    return isinstance(query.message, InaccessibleMessage)


async def _find_thread_here(
    query: CallbackQuery, uow: UnitOfWork, channel: ServedChannel
) -> Thread | None:
    """Find the conversation in whose topic the button stands, or below whose message."""
    if query.message is None:
        return None
    chat, topic = str(query.message.chat.id), getattr(query.message, "message_thread_id", None)
    found = await find_thread_by_topic(uow, channel.id, chat, str(topic)) if topic else None
    if found is not None or query.message.chat.is_forum:
        return found
    number, is_known = str(query.message.message_id), not _is_old(query)
    thread = await find_thread_of_message(uow, channel.id, chat, number, is_ours=is_known)
    return thread if thread is not None and find_shared_place(thread, channel.id, chat) else None


async def _find_thread_of_card(
    query: CallbackQuery, uow: UnitOfWork, channel: ServedChannel
) -> Thread | None:
    """Find the conversation that a button of an old card names, at the end of its data."""
    if not _is_old(query):
        return None
    named = ConversationId((query.data or "").rpartition(":")[2])
    return await _find_named_thread(query, uow, channel, named)


async def _find_named_thread(
    query: CallbackQuery,
    uow: UnitOfWork,
    channel: ServedChannel,
    conversation_id: ConversationId | None,
) -> Thread | None:
    """Find the conversation that the button names; None unless the button stands there."""
    here = await _find_thread_here(query, uow, channel)
    if here is not None:
        return here if here.conversation_id == conversation_id else None
    if conversation_id is None or not _is_old(query):
        return None
    thread = await find_thread(uow, conversation_id)
    chat = str(query.message.chat.id) if query.message else ""
    return thread if thread is not None and thread.find_place_in(chat) else None


async def _claim(
    query: CallbackQuery,
    uow: UnitOfWork,
    channel: ServedChannel,
    agent: AgentActor,
    conversation_id: ConversationId,
) -> tuple[str, bool]:
    thread = await _find_named_thread(query, uow, channel, conversation_id)
    if thread is None or thread.session_id is None:
        return uow.text_for_staff("button.out_of_date"), True
    if thread.holder_id == agent.agent_id:
        return uow.text_for_staff("button.already_yours"), False
    if await sessions.claim(uow, thread, agent):
        return uow.text_for_staff("button.claimed"), False
    return uow.text_for_staff("button.taken", agent=thread.holder_name), True


async def _describe_delivery_status(
    query: CallbackQuery,
    uow: UnitOfWork,
    channel: ServedChannel,
    conversation_id: ConversationId,
) -> tuple[str, bool]:
    thread = await _find_named_thread(query, uow, channel, conversation_id)
    if thread is None:
        return uow.text_for_staff("button.out_of_date"), True
    return await delivery_status.describe_deliveries(uow, thread), True


async def _end(
    query: CallbackQuery,
    uow: UnitOfWork,
    channel: ServedChannel,
    actor: Actor,
    conversation_id: ConversationId,
) -> tuple[str, bool]:
    thread = await _find_named_thread(query, uow, channel, conversation_id)
    if thread is not None and not may_change_open(actor, thread):
        return uow.text_for_staff("topic.not_yours", agent=thread.holder_name), True
    if thread is None or not await sessions.end(uow, thread, actor):
        return uow.text_for_staff("button.out_of_date"), True
    return uow.text_for_staff("button.ended"), False


async def _send_as(
    query: CallbackQuery,
    uow: UnitOfWork,
    channel: ServedChannel,
    presser: Actor,
    argument: str,
) -> tuple[str, bool]:
    """Send a held answer as the chosen agent; `me` is the person who pressed the button."""
    message_id, _, choice = argument.partition(":")
    sender = presser if choice == "me" else await _find_agent(uow, AgentId(choice))
    message = query.message
    if not isinstance(sender, AgentActor) or message is None:
        return uow.text_for_staff("agent.not_agent"), True
    thread = await _find_thread_here(query, uow, channel)
    if thread is None:
        return uow.text_for_staff("button.out_of_date"), True
    if not await outbound.send_held_reply(uow, thread, MessageId(message_id), sender):
        return uow.text_for_staff("button.already_sent"), True
    at = str(message.chat.id), str(message.message_id)
    edit_notice(uow, thread, at, uow.text_for_staff("topic.sent_as", agent=sender.name))
    return _describe_sent(uow, thread), False


async def _find_agent(uow: UnitOfWork, agent_id: AgentId) -> AgentActor | None:
    agent = await agents.find_agent(uow.tx, agent_id)
    return to_actor(agent) if agent else None


def _describe_sent(uow: UnitOfWork, thread: Thread) -> str:
    is_open = window.is_open(thread, uow.channel_of(thread), uow.now)
    return uow.text_for_staff("button.sent" if is_open else "button.kept")


async def _resolve_uncertain(
    query: CallbackQuery,
    uow: UnitOfWork,
    channel: ServedChannel,
    actor: Actor,
    *,
    verb: str,
    row_id: int,
) -> tuple[str, bool]:
    found = await uncertain.find_reply(uow, row_id)
    thread = await _find_named_thread(query, uow, channel, found[0] if found else None)
    if thread is None or found is None:
        return uow.text_for_staff("button.out_of_date"), True
    if not await outbound.may_decide(uow, thread, actor, found[1]):
        return uow.text_for_staff("button.not_your_reply"), True
    if verb == "arrived":
        done, key = await uncertain.mark_arrived(uow, actor, row_id), "button.settled"
    else:
        done, key = await uncertain.resend(uow, thread, actor, row_id), "button.sent"
        if done:
            return _describe_sent(uow, thread), False
    return uow.text_for_staff(key if done else "button.already_settled"), not done
