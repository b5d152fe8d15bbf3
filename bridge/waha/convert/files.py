"""Convert files of messages to the desk's content, with pure functions."""

from typing import Any

from bridge.convert.from_whatsapp import parse_formatting
from bridge.waha.client.models import Media, Message
from bridge.waha.convert.engine_message import EngineMessage
from bridge.waha.convert.message_kinds import FILES, Kind
from bridge.waha.convert.summaries import find_text
from bridge.waha.identifiers.file_ids import FileId
from db.tables import MessageType
from desk.content import Content
from desk.media.file_names import clean_name

_TYPES = {
    Kind.IMAGE: MessageType.IMAGE,
    Kind.VIDEO: MessageType.VIDEO,
    Kind.VIDEO_NOTE: MessageType.VIDEO_NOTE,
    Kind.AUDIO: MessageType.AUDIO,
    Kind.VOICE: MessageType.VOICE,
    Kind.DOCUMENT: MessageType.FILE,
    Kind.STICKER: MessageType.STICKER,
}
# For engines that do not say what a message is. Voice messages are always of this format.
_TYPES_BY_MIME_PREFIX = {
    "image/webp": MessageType.STICKER,
    "audio/ogg": MessageType.VOICE,
    "image/": MessageType.IMAGE,
    "video/": MessageType.VIDEO,
    "audio/": MessageType.AUDIO,
}


def _has_file(message: Message, engine: EngineMessage) -> bool:
    """Check whether a message has a file, which WAHA may not have downloaded."""
    if engine.kind is Kind.LOTTIE_STICKER:
        return False  # no other program can open it
    if engine.is_view_once and not message.has_url:
        return False  # WhatsApp gives it to the phone alone
    return message.has_media or message.has_url or engine.kind in FILES


def to_file_content(
    message: Message, engine: EngineMessage, chat: str, tail: str
) -> Content | None:
    """Convert a message with a file; return None if it has none.

    `tail` identifies the message, or the message that it edits: an edit has the same file.
    """
    if not _has_file(message, engine):
        return None
    caption = message.body or find_text(engine.fields, "caption")
    text, entities = parse_formatting(caption)
    kind = _find_type(message, engine)
    return Content(kind, text or None, entities, file=_to_file(message, engine, chat, tail))


def _find_type(message: Message, engine: EngineMessage) -> MessageType:
    if engine.kind in FILES:
        return _TYPES[engine.kind]
    mime = ((message.media.mimetype if message.media else None) or "").lower()
    kinds = (kind for prefix, kind in _TYPES_BY_MIME_PREFIX.items() if mime.startswith(prefix))
    return next(kinds, MessageType.FILE)


def _to_file(message: Message, engine: EngineMessage, chat: str, tail: str) -> dict[str, Any]:
    media = message.media or Media()
    known = {
        "id": str(FileId(media.stored_path or "", chat, message.id)),
        "unique": tail,
        "mime": media.mimetype or find_text(engine.fields, "mimetype") or None,
        "name": clean_name(media.filename or find_text(engine.fields, "fileName", "filename")),
    }
    return {key: value for key, value in known.items() if value is not None}
