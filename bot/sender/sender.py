"""Send messages, albums, edits, reactions and button answers to Telegram."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Any

import structlog
from aiogram.methods import (
    AnswerCallbackQuery,
    CopyMessage,
    CopyMessages,
    DeleteMessage,
    EditMessageCaption,
    EditMessageMedia,
    EditMessageText,
    ForwardMessage,
    SendChatAction,
    SendMediaGroup,
    SendMessage,
    SetChatMenuButton,
    SetMessageReaction,
)
from aiogram.types import EphemeralMessageParameters, MediaUnion, ReactionTypeEmoji

from bot.bot_factory import Bot
from bot.convert import media_constraints, to_telegram
from bot.sender.api_calls import ApiCaller, is_private, read_message_id, read_topic
from bot.sender.downloads import MediaDownloader
from bot.sender.drawn_pictures import send_picture
from bot.sender.error_mapping import is_topic_gone
from bot.sender.input_media import build_media, build_media_group
from bot.sender.local_files import LocalFileSender, split_caption
from bot.sender.qr_codes import QrCodeSender, is_qr_code
from bot.sender.topics import Topics
from db.tables import MessageType, Side
from desk.content import Content
from desk.delivery.ports import Delivery, Destination, SendResult
from desk.errors import FileNotReplaced, NoTopics, Rejected, TopicGone
from desk.formatting.splitting import Entities, split_text
from desk.media.ports import MediaConstraints
from desk.messages.context import WITH_CAPTION, has_context

log = structlog.get_logger(__name__)

_TEXT_LIMIT = 4096
_COPY_NOT_FOUND = "message to copy not found"
_NO_REPLY = {"reply_parameters": None}
_THREAD_NOT_FOUND = "message thread not found"
_MESSAGE_NOT_FOUND = "message to edit not found"
# A typing indicator is of no use later.
_TYPING_SECONDS = 3


class TelegramSender(Topics):
    """Sends messages to one bot's chats."""

    def __init__(self, bot: Bot, language: str) -> None:
        super().__init__(ApiCaller(bot, language))
        self._local_files = LocalFileSender(
            self._call, self._send_text, self._verify_placement, language
        )
        self._downloads = MediaDownloader(bot)
        self._qr_codes = QrCodeSender(self._call)

    async def deliver(self, delivery: Delivery) -> SendResult:
        """Send a text or a local file, copy a message of Telegram's, or send a description.

        If the topic of a customer's chat is gone, send to the chat without a topic.
        """
        place = delivery.destination
        try:
            return await self._deliver(delivery)
        except Rejected as refusal:
            is_to_topic = delivery.side is Side.CUSTOMER and place.topic
            if not is_to_topic or not is_topic_gone(str(refusal)):
                raise
        except TopicGone as refusal:
            # Telegram has answered this for topics of private chats that do exist.
            if not is_private(place.chat) or _THREAD_NOT_FOUND not in str(refusal):
                raise
            return await self._deliver(delivery)
        return await self._deliver(replace(delivery, destination=Destination(place.chat)))

    async def _deliver(self, delivery: Delivery) -> SendResult:
        content = delivery.content
        if content.is_text:
            return await self._send_text(delivery, content)
        if delivery.file is not None:
            return await self._local_files.send_file(delivery, delivery.file)
        if is_qr_code(content):
            return await self._verify_placement(delivery, await self._qr_codes.send(delivery))
        if (picture := content.picture) is not None:
            return await self._send_picture(delivery, picture)
        if content.source is not None:
            return await self._copy(delivery, *content.source)
        return await self._local_files.send_without_file(delivery)

    async def _send_picture(self, delivery: Delivery, picture: bytes) -> SendResult:
        """Send a picture that we drew; a chat that takes no pictures gets its text."""
        try:
            sent = await send_picture(self._call, delivery, picture)
        except Rejected as refusal:
            if is_topic_gone(str(refusal)):
                raise
            return await self._send_text(delivery, Content(text=delivery.content.text))
        return await self._verify_placement(delivery, sent)

    async def deliver_album(self, deliveries: Sequence[Delivery]) -> list[SendResult]:
        """Copy an album as one message group; Telegram skips messages that no longer exist."""
        first = deliveries[0]
        is_sent_anew = first.side is Side.CUSTOMER or first.is_labelled
        if is_sent_anew and (group := build_media_group(deliveries)):
            return await self._send_album_anew(deliveries, group)
        sources = [each.content.source for each in deliveries if each.content.source]
        if len(sources) != len(deliveries) or len({chat for chat, _ in sources}) != 1:
            return [await self.deliver(each) for each in deliveries]
        result = await self._call(
            CopyMessages(
                chat_id=first.destination.chat,
                message_thread_id=to_telegram.to_thread_id(first.destination.topic),
                from_chat_id=sources[0][0],
                message_ids=[int(original) for _, original in sources],
            ),
            first.side,
        )
        copies = [read_message_id(copy) for copy in result or ()]
        if len(copies) != len(deliveries):
            log.warning("album.partly_gone", wanted=len(deliveries), copied=len(copies))
            copies = []  # which copy belongs to which message is unknown
        return [SendResult((copy,)) for copy in copies] or [SendResult()] * len(deliveries)

    async def _send_album_anew(
        self, deliveries: Sequence[Delivery], group: list[MediaUnion]
    ) -> list[SendResult]:
        """Send an album with its stored captions, or with the customer's name above them.

        Copies would have the present captions: an agent may have turned the album into a note.
        """
        place = deliveries[0].destination
        sending = SendMediaGroup(
            chat_id=place.chat,
            message_thread_id=to_telegram.to_thread_id(place.topic),
            media=group,
            reply_parameters=to_telegram.to_reply_parameters(deliveries[0].reply_to),
        )
        sent = await self._call(sending, deliveries[0].side)
        return [SendResult((read_message_id(each),)) for each in sent]

    async def edit(self, delivery: Delivery) -> SendResult:
        """Update the copies of a message; return the parts that were added."""
        content = delivery.content
        if is_qr_code(content):
            await self._qr_codes.edit(delivery)
            return SendResult()
        if not content.is_text:
            for target in delivery.targets[:1]:
                await self._edit_caption(delivery, target)
            return SendResult()
        parts = list(split_text(content.text or "", content.entities, _TEXT_LIMIT))
        gone = []
        for target, (text, entities) in zip(delivery.targets, parts, strict=False):
            try:
                await self._edit_text(delivery, target, Content(text=text, entities=entities))
            except Rejected as refusal:
                if target == delivery.targets[0] or _MESSAGE_NOT_FOUND not in str(refusal):
                    raise
                gone.append((text, entities))  # it was deleted when the text was shorter
        for target in delivery.targets[len(parts) :]:
            await self._delete(delivery, target)
        # If no part was ever sent (rejected, held), an edit does not send one.
        more = parts[len(delivery.targets) :] if delivery.targets else []
        return await self._send_parts(delivery, [*gone, *more])

    async def _send_parts(
        self, delivery: Delivery, parts: list[tuple[str, Entities]]
    ) -> SendResult:
        ids: tuple[str, ...] = ()
        for text, entities in parts:
            sent = await self._send_text(delivery, Content(text=text, entities=entities))
            ids += sent.provider_ids
        return SendResult(ids)

    async def replace_file(self, delivery: Delivery) -> None:
        """Give the copy of a message another file; raise FileNotReplaced if that is refused."""
        media = build_media(delivery.content, delivery.file)
        if media is None or not delivery.targets:
            raise FileNotReplaced("a file of this type cannot be replaced", can_resend=True)
        editing = EditMessageMedia(
            chat_id=delivery.destination.chat, message_id=int(delivery.targets[0]), media=media
        )
        try:
            await self._call(editing, delivery.side)
        except Rejected as refusal:
            raise FileNotReplaced(str(refusal), can_resend=True) from refusal

    async def delete(self, delivery: Delivery) -> None:
        """Delete every copy of a message."""
        for target in delivery.targets:
            await self._delete(delivery, target)

    async def react(self, delivery: Delivery) -> None:
        """Set the bot's reaction on a copy; remove it when `emoji` is empty."""
        for target in delivery.targets[:1]:
            reaction = [ReactionTypeEmoji(emoji=delivery.emoji)] if delivery.emoji else []
            await self._call(
                SetMessageReaction(
                    chat_id=delivery.destination.chat, message_id=int(target), reaction=[*reaction]
                ),
                delivery.side,
            )

    async def answer_button(self, delivery: Delivery) -> None:
        """Show the result to the person who pressed a button."""
        await self._call(
            AnswerCallbackQuery(
                callback_query_id=delivery.callback,
                text=delivery.content.text,
                show_alert=delivery.alert,
            ),
            delivery.side,
        )

    async def set_menu_button(self, delivery: Delivery) -> None:
        """Set the button beside the input field of a private chat, or the bot's own one again."""
        menu = to_telegram.to_menu_button(delivery.buttons)
        chat = int(delivery.destination.chat)
        await self._call(SetChatMenuButton(chat_id=chat, menu_button=menu), delivery.side)

    async def show_typing(self, place: Destination) -> None:
        """Show a customer for some seconds that an agent is typing."""
        thread = to_telegram.to_thread_id(place.topic)
        action = SendChatAction(chat_id=place.chat, message_thread_id=thread, action="typing")
        await self._call(action, Side.CUSTOMER, seconds=_TYPING_SECONDS)

    def download(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of a file that was sent through the bot."""
        return self._downloads.download(file_id)

    def get_media_constraints(self, kind: MessageType) -> MediaConstraints | None:
        """Return which files bots may send as this message type."""
        return media_constraints.get_media_constraints(kind)

    async def _send_text(self, delivery: Delivery, content: Content) -> SendResult:
        place = delivery.destination
        sending = SendMessage(
            chat_id=place.chat,
            message_thread_id=to_telegram.to_thread_id(place.topic),
            text=content.text or "",
            entities=to_telegram.to_entities(content.entities),
            reply_parameters=to_telegram.to_reply_parameters(delivery.reply_to),
            reply_markup=to_telegram.to_keyboard(delivery.buttons),
        )
        if delivery.receiver and await self._send_to_one(delivery, sending):
            return SendResult()
        return await self._verify_placement(delivery, await self._call(sending, delivery.side))

    async def _send_to_one(self, delivery: Delivery, sending: SendMessage) -> bool:
        """Send a message that one person of a group sees; return False if Telegram refuses that.

        Such a message has no id: nothing can refer to it.
        """
        if is_private(delivery.destination.chat):
            return False
        only = EphemeralMessageParameters(receiver_user_id=int(delivery.receiver))
        try:
            alone = sending.model_copy(update={"ephemeral_message_parameters": only})
            await self._call(alone, delivery.side)
        except Rejected:
            return False
        return True

    async def _verify_placement(self, delivery: Delivery, result: Any) -> SendResult:
        """Check that a message to staff is in its topic."""
        place = delivery.destination
        is_misplaced = delivery.side is Side.STAFF and place.topic not in {
            None,
            read_topic(result),
        }
        if is_misplaced and is_private(place.chat):
            await self.require_own_topic(place, result)
        elif is_misplaced and not await self.is_forum(place):
            # Telegram ignores topics that are switched off: it stands in the group, without a name.
            await self._delete(delivery, read_message_id(result))
            raise NoTopics("topics are switched off in the staff group")
        return SendResult((read_message_id(result),))

    async def _copy(self, delivery: Delivery, chat: str, original: str) -> SendResult:
        place = delivery.destination
        copying = CopyMessage(
            chat_id=place.chat,
            message_thread_id=to_telegram.to_thread_id(place.topic),
            from_chat_id=chat,
            message_id=int(original),
            reply_parameters=to_telegram.to_reply_parameters(delivery.reply_to),
        )
        if delivery.side is Side.STAFF:
            return await self._copy_to_staff(delivery, copying)
        return await self._copy_to_customer(delivery, copying)

    async def _copy_to_staff(self, delivery: Delivery, copying: CopyMessage) -> SendResult:
        has_words = delivery.is_labelled or has_context(delivery.content)
        caption = _build_caption(delivery.content) if has_words else {}
        plain = copying.model_copy(update=_NO_REPLY)
        try:
            return await self._try_copy(copying.model_copy(update=caption), plain, delivery.side)
        except Rejected as refusal:
            if _COPY_NOT_FOUND in str(refusal):
                raise
        # Telegram can forward messages that it does not copy: a quiz, a game, an invoice, and the
        # long caption of somebody who pays for that.
        forwarding = ForwardMessage(
            chat_id=copying.chat_id,
            message_thread_id=copying.message_thread_id,
            from_chat_id=copying.from_chat_id,
            message_id=copying.message_id,
        )
        return SendResult((read_message_id(await self._call(forwarding, delivery.side)),))

    async def _copy_to_customer(self, delivery: Delivery, copying: CopyMessage) -> SendResult:
        # A copy would have the present caption: an agent may have turned it into a note.
        copying = copying.model_copy(update=_build_caption(delivery.content))
        plain = copying.model_copy(update=_NO_REPLY)
        try:
            return await self._try_copy(copying, plain, delivery.side)
        except Rejected as refusal:
            if "caption is too long" not in str(refusal):
                raise
        # As much of the caption as a bot may send; then the rest.
        caption, rest = split_caption(delivery.content)
        short = plain.model_copy(update=_build_caption(caption))
        sent = SendResult((read_message_id(await self._call(short, delivery.side)),))
        return await self._local_files.send_remaining_texts(delivery, sent, rest)

    async def _try_copy(self, copying: CopyMessage, plain: CopyMessage, side: Side) -> SendResult:
        """Copy a message; if Telegram refuses that, copy it in the plain form."""
        try:
            return SendResult((read_message_id(await self._call(copying, side)),))
        except Rejected as refusal:
            if plain == copying or _COPY_NOT_FOUND in str(refusal):
                raise
        return SendResult((read_message_id(await self._call(plain, side)),))

    async def _edit_text(self, delivery: Delivery, target: str, content: Content) -> None:
        await self._call(
            EditMessageText(
                chat_id=delivery.destination.chat,
                message_id=int(target),
                text=content.text or "",
                entities=to_telegram.to_entities(content.entities),
                reply_markup=to_telegram.to_keyboard(delivery.buttons),
            ),
            delivery.side,
        )

    async def _edit_caption(self, delivery: Delivery, target: str) -> None:
        await self._call(
            EditMessageCaption(
                chat_id=delivery.destination.chat,
                message_id=int(target),
                caption=delivery.content.text,
                caption_entities=to_telegram.to_entities(delivery.content.entities),
            ),
            delivery.side,
        )

    async def _delete(self, delivery: Delivery, target: str) -> None:
        await self._call(
            DeleteMessage(chat_id=delivery.destination.chat, message_id=int(target)), delivery.side
        )


def _build_caption(content: Content) -> dict[str, Any]:
    if content.type not in WITH_CAPTION:
        return {}
    return {
        "caption": content.text or "",
        "caption_entities": to_telegram.to_entities(content.entities),
    }
