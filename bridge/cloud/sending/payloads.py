"""Build the Graph API's message payloads, with pure functions."""

import re
from collections.abc import Mapping
from typing import Any

from desk.content import Content
from desk.formatting.splitting import utf16_length

_Json = dict[str, Any]
TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
_PHONE = re.compile(r"\+?[0-9]{4,20}")
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_MAX_NAME = 240


def build_recipient(chat: str) -> _Json:
    """Build the recipient fields: `to` for a phone number, `recipient` for an id that Meta made."""
    common = {"messaging_product": "whatsapp", "recipient_type": "individual"}
    return {**common, ("to" if _PHONE.fullmatch(chat) else "recipient"): chat}


def build_message(
    chat: str, kind: str, content: object, *, row_id: int, reply_to: str | None = None
) -> _Json:
    """Build a message; Meta returns `row_id` with the message's statuses."""
    built = {**build_recipient(chat), "type": kind, kind: content}
    if row_id > 0:
        built["biz_opaque_callback_data"] = str(row_id)
    if reply_to is not None and reply_to.startswith("wamid."):
        built["context"] = {"message_id": reply_to}
    return built


def build_text(body: str) -> _Json:
    """Build a text's content."""
    return {"body": body, "preview_url": _ADDRESS.search(body) is not None}


def build_media(
    kind: str, media_id: str, *, caption: str | None, name: str | None, is_voice: bool = False
) -> _Json:
    """Build a file's content: documents have names, some types have captions.

    A voice note is an audio with a mark; without it, phones show a file to download.
    """
    content: _Json = {"id": media_id}
    if is_voice:
        content["voice"] = True
    if caption:
        content["caption"] = caption
    if kind == "document":
        content["filename"] = name or "file"
    return content


def build_location(attributes: Mapping[str, Any]) -> _Json:
    """Build a location's content; raise KeyError without coordinates."""
    place = {"latitude": str(attributes["latitude"]), "longitude": str(attributes["longitude"])}
    names = {"name": attributes.get("title"), "address": attributes.get("address")}
    return place | {key: str(value) for key, value in names.items() if value}


def build_contacts(attributes: Mapping[str, Any]) -> list[_Json]:
    """Build the content of one shared contact, with all its numbers and addresses."""
    phones = [*map(str, attributes.get("phones") or [attributes.get("phone") or ""])]
    name = str(attributes.get("name") or phones[0] or "?")[:_MAX_NAME]
    parts = {"first_name": attributes.get("first_name"), "last_name": attributes.get("last_name")}
    given = {key: str(value)[:_MAX_NAME] for key, value in parts.items() if value}
    # Meta wants one of the parts beside the whole name.
    contact: _Json = {"name": {"formatted_name": name, **(given or {"first_name": name})}}
    if any(phones):
        contact["phones"] = [{"phone": each} for each in phones if each]
    if emails := attributes.get("emails"):
        contact["emails"] = [{"email": str(each)} for each in emails]
    if company := attributes.get("company"):
        contact["org"] = {"company": str(company)}
    return [contact]


def build_reaction(target: str, emoji: str) -> _Json:
    """Build a reaction; an empty emoji removes it."""
    return {"message_id": target, "emoji": emoji}


def build_template(content: Content, media_id: str | None) -> _Json:
    """Build a template's content; `media_id` is the uploaded file of its header."""
    about = (content.attributes or {})["template"]
    language = about["language"]
    code = language.get("code") if isinstance(language, dict) else language
    components = [_insert_header_file(each, media_id) for each in about.get("components") or []]
    built: _Json = {"name": about["name"], "language": {"policy": "deterministic", "code": code}}
    return {**built, "components": components} if components else built


def _insert_header_file(component: _Json, media_id: str | None) -> _Json:
    """Insert the uploaded file into the header's parameters."""
    if media_id is None or str(component.get("type", "")).lower() != "header":
        return component
    return {
        **component,
        "parameters": [
            _build_file_parameter(each, media_id) for each in component.get("parameters") or []
        ],
    }


def _build_file_parameter(parameter: _Json, media_id: str) -> _Json:
    kind = str(parameter.get("type", ""))
    if kind not in {"image", "video", "document"}:
        return parameter
    kept = {key: value for key, value in (parameter.get(kind) or {}).items() if key == "filename"}
    return {**parameter, kind: {**kept, "id": media_id}}


def build_read_mark(provider_id: str, *, typing: bool = False) -> _Json:
    """Build a read mark for a message and all before it, optionally with a typing indicator."""
    built: _Json = {"messaging_product": "whatsapp", "status": "read", "message_id": provider_id}
    return {**built, "typing_indicator": {"type": "text"}} if typing else built


def shorten(words: str, limit: int) -> str:
    """Cut a text to at most `limit` UTF-16 units and mark the cut."""
    if utf16_length(words) <= limit:
        return words
    while utf16_length(words) > limit - 1:
        words = words[:-1]
    return f"{words.rstrip()}…"
