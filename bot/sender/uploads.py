"""Upload local files: pictures as pictures, unknown types as documents."""

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
    SendVideoNote,
    SendVoice,
    TelegramMethod,
)
from aiogram.types import FSInputFile, Message

from bot.convert import to_telegram
from bot.sender.api_calls import ApiCaller
from db.tables import MessageType
from desk.content import Content
from desk.delivery.ports import Delivery
from desk.errors import Rejected

# Enough for 50 megabytes at three megabits a second.
_SECONDS = 150
# Telegram accepts a file as a document if it refuses it as a picture with one of these.
_REFUSED_PICTURE_ERRORS = (
    "IMAGE_PROCESS_FAILED",
    "PHOTO_INVALID_DIMENSIONS",
    "PHOTO_SAVE_FILE_INVALID",
)
_SEND_METHODS: dict[MessageType, tuple[Callable[..., TelegramMethod[Message]], str]] = {
    MessageType.IMAGE: (SendPhoto, "photo"),
    MessageType.VIDEO: (SendVideo, "video"),
    MessageType.ANIMATION: (SendAnimation, "animation"),
    MessageType.AUDIO: (SendAudio, "audio"),
    MessageType.VOICE: (SendVoice, "voice"),
    MessageType.VIDEO_NOTE: (SendVideoNote, "video_note"),
}
WITHOUT_CAPTION = frozenset({MessageType.STICKER, MessageType.VIDEO_NOTE})
# Telegram recognizes some types only by the file name.
_EXTENSIONS = {
    MessageType.IMAGE: ".jpg",
    MessageType.VIDEO: ".mp4",
    MessageType.VIDEO_NOTE: ".mp4",
    MessageType.ANIMATION: ".gif",
    MessageType.AUDIO: ".mp3",
    MessageType.VOICE: ".ogg",
    MessageType.STICKER: ".webp",
}


class MediaUploader:
    """Sends files and reads them from the disk while it sends."""

    def __init__(self, call: ApiCaller) -> None:
        self._call = call

    async def send(self, delivery: Delivery, path: Path) -> Any:
        """Send a delivery's file; return the resulting message.

        The text must fit a caption. A sticker has no caption.
        """
        kind = delivery.content.type
        try:
            return await self._call(
                _build_method(delivery, kind, path), delivery.side, seconds=_SECONDS
            )
        except Rejected as refusal:
            if kind is MessageType.FILE or not any(
                each in str(refusal) for each in _REFUSED_PICTURE_ERRORS
            ):
                raise
        document = _build_method(delivery, MessageType.FILE, path)
        return await self._call(document, delivery.side, seconds=_SECONDS)


def _build_method(delivery: Delivery, kind: MessageType, path: Path) -> TelegramMethod[Message]:
    content, place = delivery.content, delivery.destination
    file = FSInputFile(path, filename=_choose_file_name(content))
    common: dict[str, Any] = {
        "chat_id": place.chat,
        "message_thread_id": to_telegram.to_thread_id(place.topic),
        "caption": content.text,
        "caption_entities": to_telegram.to_entities(content.entities),
        "reply_parameters": to_telegram.to_reply_parameters(delivery.reply_to),
        "reply_markup": to_telegram.to_keyboard(delivery.buttons),
    }
    if kind in WITHOUT_CAPTION:
        del common["caption"], common["caption_entities"]
    if kind is MessageType.STICKER:
        return SendSticker(**common, sticker=file)
    if kind in _SEND_METHODS:
        method, parameter = _SEND_METHODS[kind]
        return method(**common, **{parameter: file})
    # Telegram would turn some documents into a video or a song.
    return SendDocument(**common, document=file, disable_content_type_detection=True)


def _choose_file_name(content: Content) -> str:
    name = (content.file or {}).get("name")
    return str(name) if name else "file" + _EXTENSIONS.get(content.type, "")
