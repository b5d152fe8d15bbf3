"""Handle topics that belong to no conversation, or not yet.

The bot opened some of them, and their id was lost because the process stopped then; Telegram
reports each topic that the bot opens. Others are opened by an agent's app, for words that the agent
wrote outside of topics.
"""

from aiogram.types import Message

from bot.bot_factory import Bot
from bot.convert.from_telegram import to_content
from bot.convert.to_telegram import to_topic_name
from bot.handlers.staff_location import get_location
from db.ids import ChannelId
from db.queries.conversations import staff_places
from db.queries.conversations.threads import Thread
from db.queues.payloads import EditPayload
from desk.channels import ServedChannel
from desk.content import Content
from desk.conversations.threads import find_message, find_thread, find_thread_by_topic
from desk.delivery.topic_titles import build_topic_title
from desk.messages.attribution import add_author
from desk.messages.staff_copies import show_message
from desk.outbox_items import build_for_chat
from desk.unit_of_work import UnitOfWork


async def on_topic_created(
    message: Message, uow: UnitOfWork, channel: ServedChannel, bot: Bot
) -> None:
    """Use a topic of our own for the one conversation that waits for it.

    Where several customers have this name, nothing is guessed. Topics that people open stay.
    """
    chat, topic = get_location(message)
    created = message.forum_topic_created
    is_ours = message.from_user is not None and message.from_user.id == bot.id
    if topic is None or created is None or not is_ours:
        return
    if await find_thread_by_topic(uow, channel.id, chat, topic) is not None:
        return
    waiting = await _list_waiting(uow, channel.id, chat, created.name)
    if len(waiting) == 1:
        place = waiting[0].find_place_in(chat)
        assert place is not None  # noqa: S101 it was found by it
        await staff_places.save_topic(uow.tx, waiting[0].conversation_id, place, topic)


async def _list_waiting(
    uow: UnitOfWork, channel_id: ChannelId, chat: str, name: str
) -> list[Thread]:
    """List the conversations of this name in a chat that have no topic yet."""
    ids = await staff_places.list_unopened(uow.tx, channel_id, chat)
    found = [await find_thread(uow, each) for each in ids]
    return [each for each in found if each and to_topic_name(build_topic_title(each).name) == name]


def rename_stray_topic(
    uow: UnitOfWork, channel: ServedChannel, message: Message, name: str
) -> None:
    """Give the topic that an agent's app opened for a message another name.

    It is not deleted: it may have other words, which were sent to nobody.
    """
    chat, topic = get_location(message)
    if topic is not None:
        payload = EditPayload(Content(text=name), chat=chat, topic=topic, whole_topic=True)
        uow.outbox_items.append(build_for_chat(channel.id, payload, uow.now))


async def show_in_own_topic(
    uow: UnitOfWork, channel: ServedChannel, thread: Thread, words: Message
) -> None:
    """Show words that were written elsewhere in the conversation's topic, below their author."""
    chat, written_in = get_location(words)
    place = thread.find_place_in(chat)
    if place is None or not place.in_topic or place.topic == written_in:
        return
    message_id = await find_message(uow, channel.id, chat, str(words.message_id))
    if message_id is not None and words.from_user is not None:
        content = add_author(to_content(words), words.from_user.full_name)
        show_message(uow, thread, message_id, content, None, places=[place])
