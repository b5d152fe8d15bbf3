"""Read edits, with pure functions: an engine may have failed to decrypt the new words."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bridge.json_objects import as_mapping
from bridge.waha.client.models import Edit
from bridge.waha.convert.engine_message import EngineMessage, read_engine_message
from bridge.waha.convert.from_waha import to_content
from bridge.waha.convert.message_kinds import FILES
from bridge.waha.convert.summaries import find_text
from desk.content import Content
from desk.texts import Translate

Json = Mapping[str, Any]


def find_edited_id(edit: Edit) -> str | None:
    """Return the id of the edited message; WhatsApp Web gives only the message itself."""
    if edit.edited_id:
        return edit.edited_id
    inner = _find_protocol_message(edit)
    secret = as_mapping(as_mapping(inner.get("secretEncryptedMessage")).get("targetMessageKey"))
    plain = as_mapping(as_mapping(inner.get("protocolMessage")).get("key"))
    return find_text(secret, "id", "ID") or find_text(plain, "id", "ID") or edit.id or None


def has_new_content(edit: Edit) -> bool:
    """Check whether an edit says what the message says now.

    Without words it does so only for a file, whose caption was removed.
    """
    if edit.body or edit.has_media or edit.location or edit.vcards or _find_new_words(edit):
        return True
    return _find_edited_message(edit).kind in FILES


def to_edited_content(edit: Edit, chat: str, tail: str, translate: Translate) -> Content:
    """Convert the new content of a message."""
    if not edit.body:
        edit = edit.model_copy(update={"body": _find_new_words(edit) or None})
    if not (edit.has_media or edit.location or edit.vcards):
        # Only the words: the kind of the message stays what it is.
        edit = edit.model_copy(update={"data": None})
        if not edit.body:
            return Content()
    content = to_content(edit, chat, tail, translate)
    return replace(content, attributes=None) if content.is_text else content


def _find_new_words(edit: Edit) -> str:
    """Return the new words from the engine's own data, where WAHA did not find them."""
    fields = _find_edited_message(edit).fields
    return find_text(fields, "text", "caption")


def _find_edited_message(edit: Edit) -> EngineMessage:
    """Return the new message inside the engine's data, or the data themselves."""
    protocol = as_mapping(_find_protocol_message(edit).get("protocolMessage"))
    edited = as_mapping(protocol.get("editedMessage"))
    return read_engine_message({"message": edited} if edited else edit.data)


def _find_protocol_message(edit: Edit) -> Json:
    data = as_mapping(edit.data)
    inner = as_mapping(data.get("message")) or as_mapping(data.get("Message"))
    wrapped = as_mapping(as_mapping(inner.get("editedMessage")).get("message"))
    return wrapped or inner
