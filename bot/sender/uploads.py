"""Sends files that lie on our own disk: a picture as a picture, what is unknown as a document."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiogram.methods import (
    SendAnimation,
    SendAudio,
    SendDocument,
    SendPhoto,
    SendSticker,
    SendVideo,
    SendVoice,
    TelegramMethod,
)
from aiogram.types import FSInputFile, Message

from bot.convert import to_telegram
from bot.sender.api_calls import Calls
from db.tables import MessageType
from desk.content import Content
from desk.delivery.ports import Delivery
from desk.errors import Rejected

# Fifty megabytes over a line of three megabits a second.
_SECONDS = 150
# What Telegram refuses as a picture it takes as a document.
_NO_PICTURE = ("IMAGE_PROCESS_FAILED", "PHOTO_INVALID_DIMENSIONS", "PHOTO_SAVE_FILE_INVALID")
_SENDS: dict[MessageType, tuple[Callable[..., TelegramMethod[Message]], str]] = {
    MessageType.IMAGE: (SendPhoto, "photo"),
    MessageType.VIDEO: (SendVideo, "video"),
    MessageType.ANIMATION: (SendAnimation, "animation"),
    MessageType.AUDIO: (SendAudio, "audio"),
    MessageType.VOICE: (SendVoice, "voice"),
}
# Telegram tells some kinds by the name alone.
_ENDS = {
    MessageType.IMAGE: ".jpg",
    MessageType.VIDEO: ".mp4",
    MessageType.ANIMATION: ".gif",
    MessageType.AUDIO: ".mp3",
    MessageType.VOICE: ".ogg",
    MessageType.STICKER: ".webp",
}


class Uploads:
    """Sends files, read from the disk as they go out."""

    def __init__(self, call: Calls) -> None:
        self._call = call

    async def send(self, delivery: Delivery, path: Path) -> Any:
        """Send a delivery's file; returns the message that it became.

        What it says fits a caption, or it is a sticker, which has none.
        """
        kind = delivery.content.type
        try:
            return await self._call(_sending(delivery, kind, path), delivery.side, seconds=_SECONDS)
        except Rejected as refusal:
            if kind is MessageType.FILE or not any(each in str(refusal) for each in _NO_PICTURE):
                raise
        document = _sending(delivery, MessageType.FILE, path)
        return await self._call(document, delivery.side, seconds=_SECONDS)


def _sending(delivery: Delivery, kind: MessageType, path: Path) -> TelegramMethod[Message]:
    content, place = delivery.content, delivery.destination
    file = FSInputFile(path, filename=_name(content))
    common: dict[str, Any] = {
        "chat_id": place.chat,
        "message_thread_id": to_telegram.thread(place.topic),
        "caption": content.text,
        "caption_entities": to_telegram.entities(content.entities),
        "reply_parameters": to_telegram.reply(delivery.reply_to),
    }
    if kind is MessageType.STICKER:
        del common["caption"], common["caption_entities"]
        return SendSticker(**common, sticker=file)
    if kind in _SENDS:
        method, parameter = _SENDS[kind]
        return method(**common, **{parameter: file})
    # Whoever wants a document gets one: Telegram would make a video or a song of some.
    return SendDocument(**common, document=file, disable_content_type_detection=True)


def _name(content: Content) -> str:
    name = (content.file or {}).get("name")
    return str(name) if name else "file" + _ENDS.get(content.type, "")
