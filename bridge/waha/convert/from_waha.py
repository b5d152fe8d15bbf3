"""Convert WAHA's messages to the desk's content, with pure functions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bridge.convert.from_whatsapp import to_text_content
from bridge.json_objects import as_mapping
from bridge.waha.client.models import Message
from bridge.waha.convert.engine_message import EngineMessage, read_engine_message
from bridge.waha.convert.files import to_file_content
from bridge.waha.convert.locations import to_location
from bridge.waha.convert.message_kinds import Kind
from bridge.waha.convert.summaries import (
    ad_url,
    find_ad,
    find_choice,
    find_text,
    summarize,
    summarize_ad,
)
from bridge.waha.convert.vcard import parse_card
from bridge.waha.identifiers import chat_ids
from db.tables import MessageType
from desk.content import Content, Person
from desk.messages.context import FORWARDED_FROM, FORWARDED_OFTEN
from desk.texts import Translate

_MAX_NAME = 120
_MAX_CARDS = 50
# WhatsApp calls it "forwarded many times" from here on.
_MANY_FORWARDS = 5
# For content that is told in words, and needs no note that it cannot be shown.
_IN_WORDS = {"in_words": True}
_VIEW_ONCE = {
    Kind.IMAGE: "whatsapp_message.view_once_image",
    Kind.VIDEO: "whatsapp_message.view_once_video",
    Kind.AUDIO: "whatsapp_message.view_once_voice",
    Kind.VOICE: "whatsapp_message.view_once_voice",
}
# Marks a message whose words may come later, under the same id.
PLACEHOLDER = "placeholder"


def to_content(message: Message, chat: str, tail: str, translate: Translate) -> Content:
    """Convert the content of a message of any kind.

    `tail` identifies the message, or the message that it edits: an edit has the same file.
    """
    engine = read_engine_message(message.data)
    content = (
        to_location(message, engine, translate)
        or _to_contact(message, engine, translate)
        or to_file_content(message, engine, chat, tail)
        or _to_words(message, engine, translate)
    )
    return _mark_forwarded(_add_ad(content, engine, translate), engine)


def _to_words(message: Message, engine: EngineMessage, translate: Translate) -> Content:
    """Convert what is neither a location, a contact nor a file."""
    if engine.is_view_once:
        text = translate(_VIEW_ONCE.get(engine.kind, "whatsapp_message.view_once"))
        return Content(MessageType.OTHER, text, attributes={"kind": "view_once", **_IN_WORDS})
    if engine.kind is Kind.CHOICE and (words := message.body or find_choice(engine.fields)):
        return Content(text=words)
    if summary := summarize(engine, translate):
        return Content(text=summary, attributes={"kind": engine.kind.name.lower()})
    if words := message.body or find_text(engine.fields, "text", "caption"):
        return to_text_content(words)
    if engine.kind is Kind.PLACEHOLDER:
        text = translate("whatsapp_message.placeholder")
        return Content(MessageType.OTHER, text, attributes={"kind": PLACEHOLDER, **_IN_WORDS})
    text = translate("whatsapp_message.unknown_kind", kind=name_kind(engine))
    return Content(MessageType.OTHER, text, attributes={"kind": "unknown", **_IN_WORDS})


def name_kind(engine: EngineMessage) -> str:
    """Return a readable name of a kind that this version does not know."""
    name = (engine.name or "").removesuffix("Message").replace("_", " ")
    return name[:_MAX_NAME] or "?"


def _to_contact(message: Message, engine: EngineMessage, translate: Translate) -> Content | None:
    """Convert shared contacts: the first one, and all of them in words if that does not say all."""
    cards = [parse_card(each) for each in _list_vcards(message, engine)]
    if not cards and engine.kind is Kind.CONTACT:
        name = find_text(engine.fields, "displayName", "vcardFormattedName") or "?"
        return Content(text=translate("whatsapp.contact", name=name))
    if not cards:
        return None
    words = [card.in_words for card in cards if card.in_words]
    if not cards[0].phone:
        shown = "\n".join(translate("whatsapp.contact", name=each) for each in words)
        return Content(text=shown or translate("whatsapp.contact", name="?"))
    first = {"phone": cards[0].phone, "name": cards[0].name or cards[0].phone}
    more = "\n".join(words) if len(cards) > 1 or cards[0].more else None
    return Content(MessageType.CONTACT, more, attributes=first)


def _list_vcards(message: Message, engine: EngineMessage) -> list[str]:
    if message.vcards:
        return message.vcards[:_MAX_CARDS]
    if engine.kind is not Kind.CONTACT:
        return [message.body] if message.body and _is_card(message.body) else []
    listed = engine.fields.get("contacts") or engine.fields.get("vcardList")
    shared = [as_mapping(each) for each in listed] if isinstance(listed, list) else [engine.fields]
    found = [_find_card(each) for each in shared] + [message.body or ""]
    return [each for each in found if _is_card(each)][:_MAX_CARDS]


def _find_card(fields: Mapping[str, Any]) -> str:
    """Return the vCard of a contact as an engine has it, or an empty text."""
    return next((each for each in fields.values() if _is_card(each)), "")


def _is_card(value: object) -> bool:
    return isinstance(value, str) and value.lstrip().startswith("BEGIN:VCARD")


def _add_ad(content: Content, engine: EngineMessage, translate: Translate) -> Content:
    """Add the advertisement that led to a message."""
    line = summarize_ad(engine.context, translate)
    if not line:
        return content
    ad = find_ad(engine.context)
    known = {
        "source_id": find_text(ad, "sourceId", "sourceID"),
        "source_url": ad_url(ad),
        "ctwa_clid": find_text(ad, "ctwaClid"),
    }
    referral = {name: value for name, value in known.items() if value}
    attributes = {**(content.attributes or {}), "referral": referral}
    text = f"{content.text}\n\n{line}" if content.text else line
    return replace(content, text=text, attributes=attributes)


def _mark_forwarded(content: Content, engine: EngineMessage) -> Content:
    """Note that a message was forwarded; staff sees it beside the words."""
    context = engine.context
    score = context.get("forwardingScore")
    is_often = isinstance(score, int) and score >= _MANY_FORWARDS
    if not (is_often or context.get("isForwarded") is True):
        return content
    attributes = {**(content.attributes or {}), FORWARDED_FROM: ""}
    if is_often:
        attributes[FORWARDED_OFTEN] = True
    return replace(content, attributes=attributes)


def to_person(chat: str, phone_chat: str | None, lid: str | None, name: str | None) -> Person:
    """Convert the person of a chat, whose other ids are known or not."""
    known = phone_chat or chat
    phone = chat_ids.to_phone(known)
    alias = chat if chat != known else lid
    return Person(
        external_id=known,
        name=name,
        phone=phone,
        alias=alias if alias != known else None,
    )


def find_name(message: Message) -> str | None:
    """Find the author's own name, which each engine stores in another place."""
    data = as_mapping(message.data)
    places = (data, as_mapping(data.get("_data")), as_mapping(data.get("Info")))
    for place in places:
        for key in ("notifyName", "pushName", "PushName"):
            name = place.get(key)
            if isinstance(name, str) and name.strip():
                return " ".join(name.split())[:_MAX_NAME]
    return None
