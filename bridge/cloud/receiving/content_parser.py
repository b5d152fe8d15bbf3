"""Convert a customer's message of any type to the desk's content, with pure functions."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bridge.cloud.receiving import summaries
from bridge.cloud.receiving.error_words import describe_errors
from bridge.cloud.receiving.kind_words import name_kind
from bridge.cloud.receiving.timestamps import to_datetime
from bridge.cloud.receiving.webhook_models import (
    CallPermission,
    Form,
    Media,
    MessageBody,
    SharedCompany,
    SharedContact,
    SharedName,
)
from bridge.convert.from_whatsapp import parse_formatting, to_text_content
from db.tables import MessageType
from desk.content import Content
from desk.formatting.vcards import parse_vcard
from desk.media.file_names import clean_name
from desk.messages.context import FORWARDED_FROM, FORWARDED_OFTEN
from desk.texts import Translate

_MAX_TYPE_LENGTH = 190
# How much of what was received is kept as data of a message, in characters.
_MAX_DATA = 10_000


def parse_contents(body: MessageBody, raw: dict[str, Any], translate: Translate) -> list[Content]:
    """Parse a message; return several contents if several contacts were shared.

    `raw` is the message as received. What this version does not know of it is kept as data.
    """
    body = body.model_copy(update={"type": find_type(body, raw)})
    if body.type == "contacts":
        cards = [_parse_contact(each, translate) for each in body.contacts]
        found = cards or [_describe_unknown(body, raw, translate)]
    else:
        describe = _PARSERS.get(body.type or "")
        content = describe(body, translate) if describe is not None else None
        if content is not None and body.errors and body.type not in _NOT_PASSED_ON:
            content = _append_errors(content, body, translate)
        found = [content or _describe_unknown(body, raw, translate)]
    return [_append_origin(found[0], body, translate), *found[1:]]


def find_type(body: MessageBody, raw: dict[str, Any]) -> str | None:
    """Return a message's type; of a message without one, the type whose content it has."""
    if body.type:
        return body.type
    return next((kind for kind in (*_PARSERS, "contacts", *_ACTIONS) if raw.get(kind)), None)


def _parse_text(body: MessageBody, translate: Translate) -> Content | None:
    del translate
    return to_text_content(body.text.body) if body.text and body.text.body else None


def _parse_file(kind: MessageType, media: Media | None) -> Content | None:
    if media is None or not media.id:
        return None
    text, entities = parse_formatting(media.caption) if media.caption else (None, None)
    file = {
        "id": media.id,
        "mime": media.mime_type,
        "name": clean_name(media.filename),
        "size": media.file_size,
        "sha256": media.sha256,
    }
    kept = {key: value for key, value in file.items() if value is not None}
    return Content(type=kind, text=text, entities=entities, file=kept)


def _parse_audio(body: MessageBody, translate: Translate) -> Content | None:
    del translate
    media = body.audio or body.voice
    is_voice = media is not None and (bool(media.voice) or body.audio is None)
    return _parse_file(MessageType.VOICE if is_voice else MessageType.AUDIO, media)


def _parse_location(body: MessageBody, translate: Translate) -> Content | None:
    """Convert a location; a coordinate that is left out is 0, and without both it is a text."""
    place = body.location
    if place is None:
        return None
    names = {"title": place.name, "address": place.address, "url": place.url}
    named = {key: value for key, value in names.items() if value}
    if place.latitude is None and place.longitude is None:
        words = " · ".join(named.values())
        return Content(text=translate("whatsapp.location", place=words)) if words else None
    attributes: dict[str, Any] = {
        "latitude": place.latitude or 0.0,
        "longitude": place.longitude or 0.0,
    }
    return Content(type=MessageType.LOCATION, attributes=attributes | named)


def _parse_contact(shared: SharedContact, translate: Translate) -> Content:
    """Convert a shared contact; without a phone number it becomes a text."""
    card = parse_vcard(shared.vcard or "")
    given, company = shared.name or SharedName(), shared.org or SharedCompany()
    name = summaries.format_contact_name(shared) or card.name
    numbers = [each.phone or each.wa_id for each in shared.phones] or list(card.phones)
    phones = [*dict.fromkeys(each for each in numbers if each)]
    emails = [each.email for each in shared.emails if each.email] or list(card.emails)
    companies = (company.company or card.company, company.department, company.title)
    details = summaries.join_words(*phones[1:], *emails, *companies)
    if not phones:
        words = summaries.join_words(name, details) or "—"
        return Content(text=translate("whatsapp.contact", name=words))
    more = {
        "first_name": given.first_name or card.first_name,
        "last_name": given.last_name or card.last_name,
        "phones": phones if len(phones) > 1 else None,
        "emails": emails,
        "company": company.company or card.company,
    }
    attributes: dict[str, Any] = {"phone": phones[0], "name": name or phones[0]}
    attributes |= {key: value for key, value in more.items() if value}
    return Content(type=MessageType.CONTACT, text=details or None, attributes=attributes)


def _parse_button(body: MessageBody, translate: Translate) -> Content | None:
    """Convert the press of a template's button."""
    del translate
    button = body.button
    if button is None or not (button.text or button.payload):
        return None
    attributes = {"choice": button.payload} if button.payload else None
    return Content(text=button.text or button.payload, attributes=attributes)


def _parse_interactive(body: MessageBody, translate: Translate) -> Content | None:
    """Convert a choice below a message of ours, a completed form, or a permission to call."""
    answer = body.interactive
    if answer is None:
        return None
    if answer.nfm_reply is not None:
        return _parse_form(answer.nfm_reply, translate)
    if answer.call_permission_reply is not None:
        return Content(text=_describe_permission(answer.call_permission_reply, translate))
    choice = answer.button_reply or answer.list_reply
    if choice is None and answer.body is not None and answer.body.text:
        return Content(text=answer.body.text)  # a question, which staff asked elsewhere
    if choice is None or not (choice.title or choice.id):
        return None
    words = [choice.title or choice.id, choice.description]
    attributes = {"choice": choice.id} if choice.id else None
    return Content(text="\n".join(filter(None, words)), attributes=attributes)


def _parse_form(filled: Form, translate: Translate) -> Content:
    """Convert a completed form; its answers are data of the message, too."""
    answers = summaries.parse_form(filled)
    attributes = {"form": answers} if _is_small(answers) else None
    return Content(text=summaries.summarize_form(filled, translate), attributes=attributes)


def _describe_permission(given: CallPermission, translate: Translate) -> str:
    if (given.response or "").lower() != "accept":
        return translate("whatsapp.may_not_call")
    until = to_datetime(given.expiration_timestamp)
    if until is None or given.is_permanent:
        return translate("whatsapp.may_call")
    return translate("whatsapp.may_call_until", date=until)


def _parse_order(body: MessageBody, translate: Translate) -> Content | None:
    return Content(text=summaries.summarize_order(body.order, translate)) if body.order else None


def _describe_not_passed_on(body: MessageBody, translate: Translate) -> Content:
    """Describe a message that WhatsApp does not pass on, with the reason."""
    kind = (body.unsupported.type if body.unsupported else None) or "message"
    text = translate(
        "whatsapp.unsupported",
        kind=name_kind(kind, translate),
        reason=describe_errors(body.errors, translate),
    )
    return Content(type=MessageType.OTHER, text=text, attributes=_describe_kind(kind))


def _describe_file_to_come(body: MessageBody, translate: Translate) -> Content:
    """Describe a file of the history, which comes in another webhook."""
    text, kind = translate("whatsapp.file_to_come"), body.type or ""
    return Content(type=MessageType.OTHER, text=text, attributes=_describe_kind(kind))


def _describe_unknown(body: MessageBody, raw: dict[str, Any], translate: Translate) -> Content:
    """Describe a message of unknown type, or one without its content."""
    kind = body.type or "message"
    answer = body.interactive
    sub_type = answer.type if answer is not None and answer.type else kind
    if body.errors or (kind == sub_type and kind in {*_PARSERS, "contacts"}):
        key, reason = "whatsapp.broken", describe_errors(body.errors, translate)
        text = translate(key, kind=name_kind(sub_type, translate), reason=reason)
    else:
        text = translate("whatsapp.unknown", kind=name_kind(sub_type, translate))
    received = raw.get(kind)
    data = {"received": received} if received and _is_small(received) else {}
    return Content(type=MessageType.OTHER, text=text, attributes={**_describe_kind(kind), **data})


def _describe_kind(kind: str) -> dict[str, Any]:
    """Build the data of content whose text already says what it is."""
    return {"kind": kind[:_MAX_TYPE_LENGTH], "in_words": True}


def _append_errors(content: Content, body: MessageBody, translate: Translate) -> Content:
    """Append why a part of the message is missing."""
    reason = describe_errors(body.errors, translate)
    line = translate("whatsapp.part_missing", reason=reason)
    return replace(content, text=f"{content.text}\n\n{line}" if content.text else line)


def _append_origin(content: Content, body: MessageBody, translate: Translate) -> Content:
    """Append what the message refers to, and keep that and a forwarding as data."""
    context = body.context
    product = context.referred_product if context else None
    lines = [
        summaries.summarize_referral(body.referral, translate) if body.referral else "",
        summaries.summarize_product(product, translate) if product else "",
    ]
    data: dict[str, Any] = {}
    if body.referral is not None:
        data["referral"] = body.referral.model_dump(exclude_none=True)
    if context is not None and (context.forwarded or context.frequently_forwarded):
        data[FORWARDED_FROM] = ""  # WhatsApp does not say whose it was
        if context.frequently_forwarded:
            data[FORWARDED_OFTEN] = True
    if data:
        content = replace(content, attributes={**(content.attributes or {}), **data})
    origin = "\n".join(filter(None, lines))
    if not origin:
        return content
    return replace(content, text=f"{content.text}\n\n{origin}" if content.text else origin)


def _is_small(data: Any) -> bool:
    return len(json.dumps(data, default=str)) <= _MAX_DATA


# What a customer does to a message, which has no content of its own.
_ACTIONS = ("reaction", "edit", "revoke", "system")
# Their errors say why there is no content.
_NOT_PASSED_ON = {"unsupported", "unknown"}
_PARSERS: dict[str, Callable[[MessageBody, Translate], Content | None]] = {
    "text": _parse_text,
    "image": lambda body, _: _parse_file(MessageType.IMAGE, body.image),
    "video": lambda body, _: _parse_file(MessageType.VIDEO, body.video),
    "document": lambda body, _: _parse_file(MessageType.FILE, body.document),
    "sticker": lambda body, _: _parse_file(MessageType.STICKER, body.sticker),
    "audio": _parse_audio,
    "voice": _parse_audio,
    "location": _parse_location,
    "button": _parse_button,
    "interactive": _parse_interactive,
    "order": _parse_order,
    "media_placeholder": _describe_file_to_come,
    "unsupported": _describe_not_passed_on,
    "unknown": _describe_not_passed_on,
}
