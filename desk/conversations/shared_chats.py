"""Find which conversation is meant in a chat of staff without topics, where several stand."""

from datetime import datetime, timedelta

from db.ids import ChannelId, ConversationId, MessageId
from db.queries.conversations import boards, staff_messages, staff_places
from db.queries.conversations.boards import Choice
from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread, read_by_ids
from db.queries.messages import copies, message_rows
from desk.conversations.boards import refresh_choice
from desk.conversations.threads import find_referenced_in_group, find_thread
from desk.unit_of_work import UnitOfWork

# Telegram names times of messages in whole seconds, and its clock and ours differ a little.
_CLOCKS_DIFFER = timedelta(seconds=2)
# An app sends a longer text as several messages, of which only the first is a reply.
_LONG_TEXT = 4000


async def find_thread_of_message(
    uow: UnitOfWork, channel_id: ChannelId, chat: str, provider_id: str, *, is_ours: bool
) -> Thread | None:
    """Find the conversation that a message of a chat belongs to: a copy, a card or a notice.

    Raises NotSettledYetError if it `is_ours` and may be being sent right now.
    """
    await uow.flush_messages()
    where = channel_id, chat, provider_id
    about = await staff_messages.find_conversation(uow.tx, *where)
    if about is None:
        find = find_referenced_in_group if is_ours else _find_settled
        found = await find(uow, *where)
        # A card or a notice may have been settled since the first lookup.
        about = found[1] if found else await staff_messages.find_conversation(uow.tx, *where)
    return await find_thread(uow, about) if about is not None else None


async def _find_settled(
    uow: UnitOfWork, channel_id: ChannelId, chat: str, provider_id: str
) -> tuple[MessageId, ConversationId] | None:
    return await copies.find_message_at(uow.tx, channel_id, chat, provider_id)


async def find_chosen_thread(
    uow: UnitOfWork, channel_id: ChannelId, chat: str, written_at: datetime
) -> Thread | None:
    """Find the conversation that an agent writes to in their own chat; None if that is not clear.

    It is not clear if they chose nothing, the session ended or moved, or they chose another one
    after they had written.
    """
    choice = await boards.find_choice(uow.tx, channel_id, chat)
    if choice is None or written_at < choice.chosen_at.replace(microsecond=0) - _CLOCKS_DIFFER:
        return None
    places = await staff_places.list_places_without_topic(uow.tx, channel_id, chat)
    found = await read_by_ids(uow.tx, [each.conversation_id for each in places])
    chosen = [each.conversation_id for each in found if each.session_id == choice.session_id]
    thread = await find_thread(uow, chosen[0]) if chosen else None
    if thread is None or thread.session_id != choice.session_id:
        return None  # it has just ended
    return thread if find_shared_place(thread, channel_id, chat) is not None else None


async def choose_session(uow: UnitOfWork, thread: Thread, channel_id: ChannelId, chat: str) -> bool:
    """Let plain messages go to this session from now on; return False if it is not there."""
    if thread.session_id is None or find_shared_place(thread, channel_id, chat) is None:
        return False
    at = uow.came_at or uow.now
    await boards.save_choice(uow.tx, channel_id, chat, Choice(thread.session_id, at))
    refresh_choice(uow, channel_id, chat)
    return True


def find_shared_place(thread: Thread, channel_id: ChannelId, chat: str) -> Place | None:
    """Return the place of a conversation in a chat without topics, if it is answered there."""
    place = thread.find_place_in(chat)
    is_there = place is not None and place.has(channel_id, chat) and not place.in_topic
    return place if is_there else None


async def is_sequel_to_another(
    uow: UnitOfWork, thread: Thread, channel_id: ChannelId, chat: str, provider_id: str
) -> bool:
    """Check whether a message goes on with one that was written to somebody else.

    Of an album, or of a long text that the app has split, only the first part may be a reply.
    """
    await uow.flush_messages()
    before = await copies.find_message_at(uow.tx, channel_id, chat, str(int(provider_id) - 1))
    if before is None or before[1] == thread.conversation_id:
        return False
    row = await message_rows.read_message(uow.tx, before[0])
    is_album = (row.attributes or {}).get("album") is not None
    return is_album or len(row.message or "") >= _LONG_TEXT
