"""Topics of a staff group and the card that is pinned in each."""

from contextlib import suppress

from aiogram.methods import (
    CloseForumTopic,
    CreateForumTopic,
    DeleteForumTopic,
    EditForumTopic,
    EditMessageText,
    PinChatMessage,
    SendMessage,
)

from bot.convert import to_telegram
from bot.sender.api_calls import ApiCaller, read_message_id
from db.tables import Side
from desk.delivery.ports import Card, Destination
from desk.errors import DeliveryError, Rejected, TopicGone, Unavailable

_NO_RIGHT = "not enough rights"


class Topics:
    """Opens topics and keeps their cards."""

    def __init__(self, call: ApiCaller) -> None:
        self._call = call
        # Groups with topics whose Bot API server does not name them in its answers.
        self._forums: set[str] = set()

    async def open_topic(self, chat: str, title: str) -> str:
        """Open a topic; returns its id."""
        name = to_telegram.to_topic_name(title)
        made = await self._call(CreateForumTopic(chat_id=chat, name=name), Side.STAFF)
        thread = made["message_thread_id"] if isinstance(made, dict) else made.message_thread_id
        return str(thread)

    async def is_forum(self, place: Destination) -> bool:
        """Tell whether the group still has topics, by a call that changes nothing.

        Asked only where an answer does not name the topic: not every Bot API server does.
        """
        if place.chat in self._forums:
            return True
        topic = to_telegram.to_thread_id(place.topic)
        asking = EditForumTopic(chat_id=place.chat, message_thread_id=topic or 0)
        try:
            await self._call(asking, Side.STAFF)
        except DeliveryError as error:
            if "not a forum" in str(error):
                return False
        self._forums.add(place.chat)
        return True

    async def post_card(self, place: Destination, card: Card) -> str:
        """Post a card; returns its message's id."""
        text, entities = to_telegram.render_card(card)
        posted = await self._call(
            SendMessage(
                chat_id=place.chat,
                message_thread_id=to_telegram.to_thread_id(place.topic),
                text=text,
                entities=entities,
                reply_markup=to_telegram.to_keyboard(card.buttons),
                disable_notification=True,
            ),
            Side.STAFF,
        )
        return read_message_id(posted)

    async def edit_card(self, place: Destination, card_id: str, card: Card) -> None:
        """Bring a posted card up to date."""
        text, entities = to_telegram.render_card(card)
        await self._call(
            EditMessageText(
                chat_id=place.chat,
                message_id=int(card_id),
                text=text,
                entities=entities,
                reply_markup=to_telegram.to_keyboard(card.buttons),
            ),
            Side.STAFF,
        )

    async def pin(self, place: Destination, provider_id: str) -> None:
        """Pin a message without a sound."""
        await self._call(
            PinChatMessage(
                chat_id=place.chat, message_id=int(provider_id), disable_notification=True
            ),
            Side.STAFF,
        )

    async def delete_topic(self, place: Destination, name: str) -> None:
        """Delete a topic with all that is in it.

        Where the bot may not delete messages it is closed, and `name` stands in place of its own.
        """
        chat, topic = place.chat, to_telegram.to_thread_id(place.topic) or 0
        try:
            await self._call(DeleteForumTopic(chat_id=chat, message_thread_id=topic), Side.STAFF)
        except TopicGone:
            return  # somebody deleted it by hand
        except Unavailable as refusal:
            if _NO_RIGHT not in str(refusal):
                raise
            await self._rename_and_close(chat, topic, name)

    async def _rename_and_close(self, chat: str, topic: int, name: str) -> None:
        renaming = EditForumTopic(chat_id=chat, message_thread_id=topic, name=name)
        closing = CloseForumTopic(chat_id=chat, message_thread_id=topic)
        for call in (renaming, closing):
            with suppress(TopicGone, Rejected):  # done before, or not to be done
                await self._call(call, Side.STAFF)
