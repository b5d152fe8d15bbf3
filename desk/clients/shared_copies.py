"""Delete what stands of a customer in no topic of theirs, message by message.

That is everything in chats of staff without topics. In an agent's own chat with topics it is what
the agent wrote outside of them: these words have a second copy, in the customer's topic.
"""

from collections import Counter
from collections.abc import Collection, Sequence

from db.ids import ChannelId, ConversationId, MessageId
from db.queries.conversations import staff_messages
from db.queries.conversations.staff_places import KnownPlace
from db.queries.messages import copies
from db.queues.payloads import DeletePayload
from db.tables import Side
from desk.outbox_items import build_for_chat
from desk.unit_of_work import UnitOfWork


async def delete_shared_copies(
    uow: UnitOfWork, ids: Sequence[MessageId], places: Collection[KnownPlace]
) -> None:
    """Delete the copies of these messages that do not go with a topic."""
    shared = _list_shared_chats(places)
    own = {(each.channel_id, each.chat) for each in places if each.agent_id and each.in_topic}
    if not shared and not own:
        return
    for its in (await copies.list_copies(uow.tx, ids, Side.STAFF)).values():
        chats = Counter((each.channel_id, each.chat) for each in its)
        for copy in its:
            chat = copy.channel_id, copy.chat
            if chat in shared or (chat in own and chats[chat] > 1):
                _delete(uow, copy.channel_id, copy.chat, copy.provider_id, shared)


async def delete_shared_notices(
    uow: UnitOfWork, ids: Sequence[ConversationId], places: Collection[KnownPlace]
) -> None:
    """Delete the cards and notices of these conversations, and forget them."""
    shared = _list_shared_chats(places)
    for channel_id, chat, provider_id in await staff_messages.list_staff_messages(uow.tx, ids):
        _delete(uow, channel_id, chat, provider_id, shared)
    await staff_messages.forget_staff_messages(uow.tx, ids)


_Chat = tuple[ChannelId, str]


def _list_shared_chats(places: Collection[KnownPlace]) -> dict[_Chat, bool]:
    """List the chats without topics, each with whether it is a group."""
    shared = (each for each in places if not each.in_topic)
    return {(each.channel_id, each.chat): each.agent_id is None for each in shared}


def _delete(
    uow: UnitOfWork, channel_id: ChannelId, chat: str, provider_id: str, shared: dict[_Chat, bool]
) -> None:
    payload = DeletePayload(at=provider_id, chat=chat)
    in_group = shared.get((channel_id, chat), False)
    uow.outbox_items.append(build_for_chat(channel_id, payload, uow.now, group=in_group))
