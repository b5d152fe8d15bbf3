"""Find the place of topics that the bot opened and whose id was lost: the process stopped then.

Telegram reports each topic that the bot opens. Normally its id is saved at that moment anyway.
"""

from aiogram.types import Message

from bot.bot_factory import Bot
from bot.convert.to_telegram import to_topic_name
from bot.handlers.staff_location import get_location
from db.ids import ChannelId
from db.queries.conversations import staff_places
from db.queries.conversations.threads import Thread
from desk.channels import ServedChannel
from desk.conversations.threads import find_thread, find_thread_by_topic
from desk.delivery.topic_titles import build_topic_title
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
