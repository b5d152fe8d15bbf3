"""Handle an agent's own chat with the staff bot: its topics, and the chat itself.

In a topic, everything works as in the topics of a staff group. Outside, nothing is sent by guess:
the agent is asked which session it is for.
"""

from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from bot.convert.causes import is_service_message
from bot.handlers import staff_group
from bot.handlers.command_parser import parse_command
from db.ids import ConversationId
from db.queries.conversations import sessions, staff_places, threads
from db.queries.conversations.threads import Thread
from db.queues.payloads import Buttons, EditPayload
from db.tables import OwnChatState
from desk.accounts.staff import find_bound_agent
from desk.actors import AgentActor
from desk.channels import ServedChannel
from desk.content import Content
from desk.conversations.moved import find_refusal
from desk.conversations.own_chats import close_own_chat, open_own_chat
from desk.conversations.threads import find_message, find_thread, find_thread_by_topic
from desk.outbox_items import build_for_chat
from desk.unit_of_work import UnitOfWork

CHOICE_VERB = "to"
_LEFT_STATUSES = {"left", "kicked"}
_MOST_CHOICES = 20


async def on_message(
    message: Message, uow: UnitOfWork, channel: ServedChannel, agent: AgentActor | None
) -> None:
    """Handle what is written to the staff bot."""
    if is_service_message(message):
        return
    if agent is None:
        _say(message, uow, channel, uow.text_for_staff("own_chat.not_staff"))
        return
    thread = await _find_thread(message, uow, channel)
    if thread is not None:
        await _handle_in_topic(message, uow, channel, thread)
    else:
        await _handle_outside(message, uow, channel, agent)


async def _handle_in_topic(
    message: Message, uow: UnitOfWork, channel: ServedChannel, thread: Thread
) -> None:
    refusal = find_refusal(uow, thread, channel.id, *_get_location(message))
    if refusal is not None:
        _say(message, uow, channel, refusal)
    else:
        await staff_group.handle(message, uow, channel, thread)


async def _handle_outside(
    message: Message, uow: UnitOfWork, channel: ServedChannel, agent: AgentActor
) -> None:
    match parse_command(message)[0]:
        case "start":
            await open_own_chat(uow, agent)
            _say(message, uow, channel, uow.text_for_staff("own_chat.welcome", name=agent.name))
        case "inbox":
            _say(message, uow, channel, await _describe_inbox(uow, agent))
        case None:
            await _ask_which_session(message, uow, channel, agent)
        case _:
            _say(message, uow, channel, uow.text_for_staff("own_chat.help"))


async def on_edit(message: Message, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Handle an edit in a topic; outside of topics nothing was sent that could change."""
    thread = await _find_thread(message, uow, channel)
    if thread is None:
        return
    refusal = find_refusal(uow, thread, channel.id, *_get_location(message))
    if refusal is not None:
        _say(message, uow, channel, refusal)
    else:
        await staff_group.handle_edit(message, uow, channel, thread)


async def on_own_membership(
    event: ChatMemberUpdated, uow: UnitOfWork, channel: ServedChannel
) -> None:
    """Stop using the chat of an agent who blocked the bot; /start opens it again."""
    agent = await find_bound_agent(uow, str(event.chat.id))
    if agent is not None and event.new_chat_member.status in _LEFT_STATUSES:
        await close_own_chat(uow, agent, OwnChatState.BLOCKED)


async def on_choice(
    query: CallbackQuery, uow: UnitOfWork, channel: ServedChannel, conversation_id: ConversationId
) -> tuple[str, bool]:
    """Send words that were written outside a topic to the session that the agent chose."""
    notice, thread = query.message, await find_thread(uow, conversation_id)
    words = notice.reply_to_message if isinstance(notice, Message) else None
    is_theirs = words is not None and _is_writer(words, query)
    if thread is None or words is None or not isinstance(notice, Message) or not is_theirs:
        return uow.text_for_staff("own_chat.choice_lost"), True
    chat = str(notice.chat.id)
    place = thread.find_place_in(chat)
    if place is None or place.channel_id != channel.id:
        return uow.text_for_staff("button.out_of_date"), True
    if await find_message(uow, channel.id, chat, str(words.message_id)) is not None:
        return uow.text_for_staff("button.already_sent"), True
    await staff_group.handle(words, uow, channel, thread)
    done = uow.text_for_staff("own_chat.chosen", customer=thread.name)
    at, topic = str(notice.message_id), _get_location(notice)[1]
    edit = EditPayload(Content(text=done), at=at, chat=chat, topic=topic)
    uow.outbox_items.append(build_for_chat(channel.id, edit, uow.now))
    return done, False


def _is_writer(words: Message, query: CallbackQuery) -> bool:
    return words.from_user is not None and words.from_user.id == query.from_user.id


async def _ask_which_session(
    message: Message, uow: UnitOfWork, channel: ServedChannel, agent: AgentActor
) -> None:
    found = await _list_threads(uow, agent)
    if not found:
        _say(message, uow, channel, uow.text_for_staff("own_chat.no_session"))
        return
    buttons = [
        [{"text": each.name, "data": f"{CHOICE_VERB}:{each.conversation_id}"}]
        for each in found[:_MOST_CHOICES]
    ]
    _say(message, uow, channel, uow.text_for_staff("own_chat.which_session"), buttons=buttons)


async def _list_threads(uow: UnitOfWork, agent: AgentActor) -> list[Thread]:
    """List the conversations whose open sessions an agent has in their own chat."""
    places = await staff_places.list_places_of_agent(uow.tx, agent.agent_id)
    ids = [place.conversation_id for place in places if place.is_active]
    found = await threads.read_by_ids(uow.tx, ids) if ids else []
    return [each for each in found if each.session_id is not None]


async def _describe_inbox(uow: UnitOfWork, agent: AgentActor) -> str:
    found = await _list_threads(uow, agent)
    waiting = await sessions.count_waiting(uow.tx)
    lines = [f"• {each.name} #{each.session_number}" for each in found]
    head = uow.text_for_staff("own_chat.inbox", count=len(found), waiting=waiting)
    return "\n".join([head, *lines])


async def _find_thread(message: Message, uow: UnitOfWork, channel: ServedChannel) -> Thread | None:
    chat, topic = _get_location(message)
    if topic is None:
        return None
    return await find_thread_by_topic(uow, channel.id, chat, topic)


def _get_location(message: Message) -> tuple[str, str | None]:
    """Return the chat and the topic of a message; replies outside topics name a thread too."""
    is_in_topic = message.is_topic_message and message.message_thread_id is not None
    return str(message.chat.id), str(message.message_thread_id) if is_in_topic else None


def _say(
    message: Message,
    uow: UnitOfWork,
    channel: ServedChannel,
    text: str,
    *,
    buttons: Buttons | None = None,
) -> None:
    chat, topic = _get_location(message)
    uow.enqueue_for_chat(
        channel.id,
        chat,
        text,
        topic=topic,
        buttons=buttons,
        reply_to=str(message.message_id),
    )
