"""Convert a customer's message of any type to the desk's content, with pure functions."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bridge.cloud.receiving import summaries
from bridge.cloud.receiving.summaries import Translate
from bridge.cloud.receiving.webhook_models import Media, MessageBody, SharedContact
from bridge.convert.from_whatsapp import parse_formatting, to_text_content
from db.tables import MessageType
from desk.content import Content
from desk.media.file_names import clean_name

_MAX_TYPE_LENGTH = 190


def parse_contents(body: MessageBody, raw: dict[str, Any], translate: Translate) -> list[Content]:
    """Parse a message; return several contents if several contacts were shared.

    `raw` is the message as received. Types that this version does not know are shown from it.
    """
    if body.type == "contacts":
        return [_parse_contact(each, translate) for each in body.contacts] or [
            _parse_unknown(body, raw, translate)
        ]
    describe = _PARSERS.get(body.type or "")
    content = describe(body, translate) if describe is not None else None
    return [_append_origin(content or _parse_unknown(body, raw, translate), body, translate)]


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
    del translate
    place = body.location
    if place is None or place.latitude is None or place.longitude is None:
        return None
    attributes: dict[str, Any] = {"latitude": place.latitude, "longitude": place.longitude}
    names = {"title": place.name, "address": place.address, "url": place.url}
    attributes |= {key: value for key, value in names.items() if value}
    return Content(type=MessageType.LOCATION, attributes=attributes)


def _parse_contact(shared: SharedContact, translate: Translate) -> Content:
    """Convert a shared contact; without a phone number it becomes a text."""
    name = summaries.format_contact_name(shared)
    phones = [each.phone or each.wa_id for each in shared.phones if each.phone or each.wa_id]
    more = summaries.format_contact_details(shared, phones[1:])
    if not phones:
        return Content(
            text=translate("whatsapp.contact", name=" · ".join(filter(None, (name, more))))
        )
    attributes = {"phone": phones[0], "name": name or phones[0]}
    return Content(type=MessageType.CONTACT, text=more or None, attributes=attributes)


def _parse_button(body: MessageBody, translate: Translate) -> Content | None:
    """Convert the press of a template's button."""
    del translate
    button = body.button
    if button is None or not (button.text or button.payload):
        return None
    attributes = {"choice": button.payload} if button.payload else None
    return Content(text=button.text or button.payload, attributes=attributes)


def _parse_interactive(body: MessageBody, translate: Translate) -> Content | None:
    """Convert a choice below a message of ours, or a completed form."""
    answer = body.interactive
    if answer is None:
        return None
    if answer.nfm_reply is not None:
        return Content(text=summaries.summarize_form(answer.nfm_reply, translate))
    choice = answer.button_reply or answer.list_reply
    if choice is None or not (choice.title or choice.id):
        return None
    words = [choice.title or choice.id, choice.description]
    attributes = {"choice": choice.id} if choice.id else None
    return Content(text="\n".join(filter(None, words)), attributes=attributes)


def _parse_order(body: MessageBody, translate: Translate) -> Content | None:
    return Content(text=summaries.summarize_order(body.order, translate)) if body.order else None


def _parse_unsupported(body: MessageBody, translate: Translate) -> Content:
    """Describe a message that WhatsApp does not pass on, with WhatsApp's own reason."""
    kind = (body.unsupported.type if body.unsupported else None) or "unsupported"
    text = translate(
        "whatsapp.unsupported", kind=kind, reason=summaries.summarize_errors(body.errors)
    )
    return Content(type=MessageType.OTHER, text=text, attributes={"kind": kind})


def _parse_unknown(body: MessageBody, raw: dict[str, Any], translate: Translate) -> Content:
    """Describe a message of unknown type, or one without its content."""
    kind = body.type or "unknown"
    shown = (
        summaries.to_short_json(raw.get(kind))
        if kind in raw
        else summaries.summarize_errors(body.errors)
    )
    text = translate("whatsapp.unknown", kind=kind, content=shown)
    return Content(type=MessageType.OTHER, text=text, attributes={"kind": kind[:_MAX_TYPE_LENGTH]})


def _append_origin(content: Content, body: MessageBody, translate: Translate) -> Content:
    """Append the advertisement or the product that the message refers to."""
    product = body.context.referred_product if body.context else None
    lines = [
        summaries.summarize_referral(body.referral, translate) if body.referral else "",
        summaries.summarize_product(product, translate) if product else "",
    ]
    origin = "\n".join(filter(None, lines))
    if not origin:
        return content
    text = f"{content.text}\n\n{origin}" if content.text else origin
    return replace(content, text=text)


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
    "unsupported": _parse_unsupported,
}
