"""Refuse what is written where a conversation is no longer answered, and say where it went."""

from db.ids import ChannelId
from db.queries.conversations.threads import Thread
from desk.unit_of_work import UnitOfWork


def find_refusal(
    uow: UnitOfWork, thread: Thread, bot: ChannelId, chat: str, topic: str | None
) -> str | None:
    """Return why nothing can be sent from a topic; None: the conversation is answered there.

    Without a topic, it is the chat itself.

    A former topic of a group still leads to its conversation, where groups show it.
    """
    place = thread.find_place_in(chat)
    if place is not None and place.has(bot, chat) and (place.topic == topic or not place.in_topic):
        return None
    desk_bot = uow.channels.find_desk_bot(thread.channel_id)
    is_in_group = not uow.channels[bot].is_staff_bot
    if desk_bot is None and is_in_group:
        return None
    if place is not None:
        return uow.text_for_staff("own_chat.other_topic")
    if desk_bot is None:
        return uow.text_for_staff("own_chat.moved_to_group")
    if thread.holder_name is not None:
        return uow.text_for_staff("own_chat.moved", agent=thread.holder_name)
    if thread.session_id is not None:
        return uow.text_for_staff("own_chat.moved_to_queue")
    return uow.text_for_staff("own_chat.moved_ended")
