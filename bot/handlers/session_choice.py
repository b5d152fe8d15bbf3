"""Let an agent say which session their words outside of topics are for, once or from now on."""

from aiogram.types import CallbackQuery, Message

from bot.handlers import staff_group
from bot.handlers.staff_location import get_location, say_in_chat
from bot.handlers.stray_topics import rename_stray_topic, show_in_own_topic
from db.ids import ConversationId
from db.queries.conversations import sessions, staff_places, threads
from db.queries.conversations.threads import Thread
from db.queues.payloads import Buttons, EditPayload
from desk.actors import AgentActor
from desk.channels import ServedChannel
from desk.content import Content
from desk.conversations.shared_chats import (
    choose_session,
    find_chosen_thread,
    find_shared_place,
    is_sequel_to_another,
)
from desk.conversations.threads import find_message, find_thread
from desk.delivery.choice_boards import PICK_VERB
from desk.outbox_items import build_for_chat
from desk.unit_of_work import UnitOfWork

SEND_VERB = "to"
_MOST_CHOICES = 20

__all__ = [
    "PICK_VERB",
    "SEND_VERB",
    "ask_which_session",
    "find_chosen",
    "on_pick",
    "on_send",
    "show_inbox",
]


async def find_chosen(message: Message, uow: UnitOfWork, channel: ServedChannel) -> Thread | None:
    """Find the conversation that plain words go to; None if the agent must be asked."""
    chat, topic = get_location(message)
    if topic is not None or message.reply_to_message is not None:
        return None  # a topic or a message that we do not know
    thread = await find_chosen_thread(uow, channel.id, chat, message.date)
    if thread is None:
        return None
    number = str(message.message_id)
    is_other = await is_sequel_to_another(uow, thread, channel.id, chat, number)
    return None if is_other else thread


async def ask_which_session(
    message: Message, uow: UnitOfWork, channel: ServedChannel, agent: AgentActor
) -> None:
    """Answer that nothing was sent, with a button for each session that it may be for.

    Some apps open a topic for words that were written outside of topics: its name says so, too.
    """
    rename_stray_topic(uow, channel, message, uow.text_for_staff("own_chat.topic_stray"))
    found = await _list_threads(uow, agent)
    if not found:
        say_in_chat(message, uow, channel, uow.text_for_staff("own_chat.no_session"))
        return
    buttons = _build_buttons(uow, found, SEND_VERB)
    say_in_chat(
        message, uow, channel, uow.text_for_staff("own_chat.which_session"), buttons=buttons
    )


async def show_inbox(
    message: Message, uow: UnitOfWork, channel: ServedChannel, agent: AgentActor
) -> None:
    """List the agent's sessions; without topics, a button chooses the one to write to."""
    found, (chat, _) = await _list_threads(uow, agent), get_location(message)
    waiting = await sessions.count_waiting(uow.tx)
    lines = [f"• {each.name} #{each.session_number}" for each in found]
    head = uow.text_for_staff("own_chat.inbox", count=len(found), waiting=waiting)
    shared = [each for each in found if find_shared_place(each, channel.id, chat)]
    say_in_chat(
        message,
        uow,
        channel,
        "\n".join([head, *lines]),
        buttons=_build_buttons(uow, shared, PICK_VERB),
    )


def _build_buttons(uow: UnitOfWork, found: list[Thread], verb: str) -> Buttons:
    names = [each.name for each in found]
    return [
        [
            {
                "text": each.name if names.count(each.name) == 1 else _tell_apart(uow, each),
                "data": f"{verb}:{each.conversation_id}",
            }
        ]
        for each in found[:_MOST_CHOICES]
    ]


def _tell_apart(uow: UnitOfWork, thread: Thread) -> str:
    return f"{thread.name} · #{thread.session_number} · {uow.channel_of(thread).name}"


async def _list_threads(uow: UnitOfWork, agent: AgentActor) -> list[Thread]:
    """List the conversations whose open sessions an agent has in their own chat."""
    places = await staff_places.list_places_of_agent(uow.tx, agent.agent_id)
    ids = [place.conversation_id for place in places if place.is_active]
    found = await threads.read_by_ids(uow.tx, ids) if ids else []
    return [each for each in found if each.session_id is not None]


async def on_pick(
    query: CallbackQuery, uow: UnitOfWork, channel: ServedChannel, conversation_id: ConversationId
) -> tuple[str, bool]:
    """Let the agent's plain messages go to a session from now on."""
    thread, chat = await find_thread(uow, conversation_id), _get_chat(query)
    if thread is None or not await choose_session(uow, thread, channel.id, chat):
        return uow.text_for_staff("button.out_of_date"), True
    return uow.text_for_staff("own_chat.picked", customer=thread.name), False


async def on_send(
    query: CallbackQuery, uow: UnitOfWork, channel: ServedChannel, conversation_id: ConversationId
) -> tuple[str, bool]:
    """Send words that were written outside a topic to the session that the agent chose."""
    notice, thread = query.message, await find_thread(uow, conversation_id)
    words = notice.reply_to_message if isinstance(notice, Message) else None
    is_theirs = words is not None and _is_writer(words, query)
    if thread is None or words is None or not isinstance(notice, Message) or not is_theirs:
        return uow.text_for_staff("own_chat.choice_lost"), True
    chat = _get_chat(query)
    place = thread.find_place_in(chat)
    if place is None or place.channel_id != channel.id:
        return uow.text_for_staff("button.out_of_date"), True
    if await find_message(uow, channel.id, chat, str(words.message_id)) is not None:
        return uow.text_for_staff("button.already_sent"), True
    await staff_group.handle(words, uow, channel, thread)
    await show_in_own_topic(uow, channel, thread, words)
    await choose_session(uow, thread, channel.id, chat)  # the next words, too
    name = uow.text_for_staff("own_chat.topic_chosen", customer=thread.name)
    rename_stray_topic(uow, channel, words, name)
    done = uow.text_for_staff("own_chat.chosen", customer=thread.name)
    at, topic = str(notice.message_id), get_location(notice)[1]
    edit = EditPayload(Content(text=done), at=at, chat=chat, topic=topic)
    uow.outbox_items.append(build_for_chat(channel.id, edit, uow.now))
    return done, False


def _get_chat(query: CallbackQuery) -> str:
    return str(query.message.chat.id) if query.message else ""


def _is_writer(words: Message, query: CallbackQuery) -> bool:
    return words.from_user is not None and words.from_user.id == query.from_user.id
