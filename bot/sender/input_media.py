"""Describe files that Telegram has, or that are on our disk, for albums and replaced files."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from aiogram.types import (
    FSInputFile,
    InputMediaAnimation,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    MediaUnion,
)

from bot.convert import to_telegram
from db.tables import MessageType
from desk.content import Content
from desk.delivery.ports import Delivery
from desk.formatting.captions import CAPTION_LIMIT
from desk.formatting.splitting import utf16_length

_ALBUM_TYPES: dict[MessageType, Callable[..., MediaUnion]] = {
    MessageType.IMAGE: InputMediaPhoto,
    MessageType.VIDEO: InputMediaVideo,
    MessageType.FILE: InputMediaDocument,
    MessageType.AUDIO: InputMediaAudio,
}
_TYPES: dict[MessageType, Callable[..., Any]] = {
    **_ALBUM_TYPES,
    MessageType.ANIMATION: InputMediaAnimation,
}


def build_media(content: Content, path: Path | None) -> Any:
    """Build the description of a file with its caption; None if Telegram has none for its type."""
    build = _TYPES.get(content.type)
    file = FSInputFile(path) if path else (content.file or {}).get("id")
    if build is None or file is None or utf16_length(content.text or "") > CAPTION_LIMIT:
        return None
    entities = to_telegram.to_entities(content.entities)
    return build(media=file, caption=content.text, caption_entities=entities)


def build_media_group(deliveries: Sequence[Delivery]) -> list[MediaUnion] | None:
    """Build the description of an album; None if not all of its files can be in one."""
    if any(each.content.type not in _ALBUM_TYPES for each in deliveries):
        return None
    found = [build_media(each.content, None) for each in deliveries]
    return None if None in found else found
