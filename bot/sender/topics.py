"""Manage the topics of a staff group and the pinned card of each topic."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from aiogram.methods import (
    CloseForumTopic,
    CreateForumTopic,
    DeleteForumTopic,
    DeleteMessage,
    EditForumTopic,
    EditMessageText,
    GetForumTopicIconStickers,
    PinChatMessage,
    SendMessage,
)

from bot.convert import to_telegram
from bot.sender.api_calls import (
    ApiCaller,
    is_private,
    read_icons,
    read_message_id,
    read_topic,
)
from db.tables import Side
from desk.delivery.ports import Card, Destination
from desk.errors import DeliveryError, NoTopics, Rejected, TopicGone, Unavailable

_NO_RIGHT = "not enough rights"


class Topics:
    """Opens topics and updates their cards."""

    def __init__(self, call: ApiCaller) -> None:
        self._call = call
        # Groups that have topics, but whose Bot API server does not name topics in its responses.
        self._forums: set[str] = set()
        self._icons: Mapping[str, str] | None = None

    async def open_topic(self, chat: str, name: str, icon: str = "") -> str:
        """Open a topic; return its id."""
        opening = CreateForumTopic(
            chat_id=chat,
            name=to_telegram.to_topic_name(name),
            icon_custom_emoji_id=await self._find_icon(icon),
        )
        made = await self._call(opening, Side.STAFF)
        thread = made["message_thread_id"] if isinstance(made, dict) else made.message_thread_id
        return str(thread)

    async def is_forum(self, place: Destination) -> bool:
        """Check whether the group still has topics, with a call that changes nothing.

        Used only when a response does not name the topic, because not every Bot API server does.
        """
        if place.chat in self._forums:
            return True
        topic = to_telegram.to_thread_id(place.topic)
        no_change = EditForumTopic(chat_id=place.chat, message_thread_id=topic or 0)
        try:
            await self._call(no_change, Side.STAFF)
        except DeliveryError as error:
            if isinstance(error, NoTopics):
                return False
        self._forums.add(place.chat)
        return True

    async def post_card(self, place: Destination, card: Card) -> str:
        """Post a card; return the id of its message."""
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
        if is_private(place.chat) and place.topic not in {None, read_topic(posted)}:
            await self.require_own_topic(place, posted)
        return read_message_id(posted)

    async def require_own_topic(self, place: Destination, sent: Any) -> None:
        """Check that the topic of an own chat exists, although a message seems not to be in it.

        Telegram ignores a deleted topic, so that the message stands in the chat itself: then delete
        it and raise TopicGone, or NoTopics where topics were switched off. Not every Bot API server
        names topics in its responses.
        """
        topic = to_telegram.to_thread_id(place.topic) or 0
        try:
            with suppress(Rejected):  # nothing to change: it is there
                no_change = EditForumTopic(chat_id=place.chat, message_thread_id=topic)
                await self._call(no_change, Side.STAFF)
        except (TopicGone, NoTopics):
            stray = DeleteMessage(chat_id=place.chat, message_id=int(read_message_id(sent)))
            await self._call(stray, Side.STAFF)
            raise

    async def edit_card(self, place: Destination, card_id: str, card: Card) -> None:
        """Update a posted card."""
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
        """Pin a message without a notification."""
        await self._call(
            PinChatMessage(
                chat_id=place.chat, message_id=int(provider_id), disable_notification=True
            ),
            Side.STAFF,
        )

    async def rename_topic(self, place: Destination, name: str, icon: str = "") -> None:
        """Give a topic another name and icon; one that is gone, or has them, stays as it is."""
        renaming = EditForumTopic(
            chat_id=place.chat,
            message_thread_id=to_telegram.to_thread_id(place.topic) or 0,
            name=to_telegram.to_topic_name(name),
            icon_custom_emoji_id=await self._find_icon(icon),
        )
        try:
            await self._call(renaming, Side.STAFF)
        except (TopicGone, NoTopics, Rejected):
            return
        except Unavailable as refusal:
            if _NO_RIGHT not in str(refusal):
                raise

    async def _find_icon(self, emoji: str) -> str | None:
        """Return the id of the icon that Telegram offers for an emoji; None: it stays as it is."""
        if not emoji:
            return None
        if self._icons is None:
            try:
                found = await self._call(GetForumTopicIconStickers(), Side.STAFF)
            except DeliveryError:
                return None  # the next topic asks again
            self._icons = read_icons(found)
        return self._icons.get(emoji)

    async def delete_topic(self, place: Destination, name: str) -> None:
        """Delete a topic with all its messages.

        If the bot may not delete messages, rename the topic to `name` and close it.
        """
        chat, topic = place.chat, to_telegram.to_thread_id(place.topic) or 0
        try:
            await self._call(DeleteForumTopic(chat_id=chat, message_thread_id=topic), Side.STAFF)
        except (TopicGone, NoTopics):
            return  # someone deleted it by hand, or switched topics off
        except Unavailable as refusal:
            if _NO_RIGHT not in str(refusal):
                raise
            await self._rename_and_close(chat, topic, name)

    async def _rename_and_close(self, chat: str, topic: int, name: str) -> None:
        renaming = EditForumTopic(chat_id=chat, message_thread_id=topic, name=name)
        closing = CloseForumTopic(chat_id=chat, message_thread_id=topic)
        for call in (renaming, closing):
            with suppress(TopicGone, NoTopics, Rejected):  # already done, or impossible
                await self._call(call, Side.STAFF)
