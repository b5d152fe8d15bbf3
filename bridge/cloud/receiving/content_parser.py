"""A customer's message as the desk's content, whatever its type: pure functions."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bridge.cloud.receiving import summaries
from bridge.cloud.receiving.summaries import Say
from bridge.cloud.receiving.webhook_models import Media, Said, Shared
from bridge.convert.from_whatsapp import read_marks
from db.tables import MessageType
from desk.content import Content
from desk.media.file_names import clean_name

_LINKS = ("http://", "https://")
_LONGEST = 190


def contents_of(said: Said, raw: dict[str, Any], say: Say) -> list[Content]:
    """Describe what a message says: several contents where several contacts were shared.

    `raw` is the message as it came: what this version does not know is shown out of it.
    """
    if said.type == "contacts":
        return [_contact(each, say) for each in said.contacts] or [_unknown(said, raw, say)]
    describe = _DESCRIBED.get(said.type or "")
    content = describe(said, say) if describe is not None else None
    return [_with_origin(content or _unknown(said, raw, say), said, say)]


def _text(said: Said, say: Say) -> Content | None:
    del say
    return worded(said.text.body) if said.text and said.text.body else None


def worded(written: str) -> Content:
    """Describe a text of a customer's, its marks read."""
    text, entities = read_marks(written)
    has_link = any(each in text.lower() for each in _LINKS)
    kind = MessageType.LINK if has_link else MessageType.TEXT
    return Content(type=kind, text=text, entities=entities)


def _file(kind: MessageType, media: Media | None) -> Content | None:
    if media is None or not media.id:
        return None
    text, entities = read_marks(media.caption) if media.caption else (None, None)
    file = {
        "id": media.id,
        "mime": media.mime_type,
        "name": clean_name(media.filename),
        "size": media.file_size,
        "sha256": media.sha256,
    }
    kept = {key: value for key, value in file.items() if value is not None}
    return Content(type=kind, text=text, entities=entities, file=kept)


def _sound(said: Said, say: Say) -> Content | None:
    del say
    media = said.audio or said.voice
    is_voice = media is not None and (bool(media.voice) or said.audio is None)
    return _file(MessageType.VOICE if is_voice else MessageType.AUDIO, media)


def _place(said: Said, say: Say) -> Content | None:
    del say
    place = said.location
    if place is None or place.latitude is None or place.longitude is None:
        return None
    attributes: dict[str, Any] = {"latitude": place.latitude, "longitude": place.longitude}
    names = {"title": place.name, "address": place.address, "url": place.url}
    attributes |= {key: value for key, value in names.items() if value}
    return Content(type=MessageType.LOCATION, attributes=attributes)


def _contact(shared: Shared, say: Say) -> Content:
    """Describe a shared contact; one without a phone number is a text."""
    name = summaries.name_of(shared)
    phones = [each.phone or each.wa_id for each in shared.phones if each.phone or each.wa_id]
    more = summaries.more_of(shared, phones[1:])
    if not phones:
        return Content(text=say("whatsapp.contact", name=" · ".join(filter(None, (name, more)))))
    attributes = {"phone": phones[0], "name": name or phones[0]}
    return Content(type=MessageType.CONTACT, text=more or None, attributes=attributes)


def _pressed(said: Said, say: Say) -> Content | None:
    """Describe the press of a template's button."""
    del say
    button = said.button
    if button is None or not (button.text or button.payload):
        return None
    attributes = {"choice": button.payload} if button.payload else None
    return Content(text=button.text or button.payload, attributes=attributes)


def _chosen(said: Said, say: Say) -> Content | None:
    """Describe what was chosen below a message of ours, or filled in."""
    answer = said.interactive
    if answer is None:
        return None
    if answer.nfm_reply is not None:
        return Content(text=summaries.form(answer.nfm_reply, say))
    choice = answer.button_reply or answer.list_reply
    if choice is None or not (choice.title or choice.id):
        return None
    words = [choice.title or choice.id, choice.description]
    attributes = {"choice": choice.id} if choice.id else None
    return Content(text="\n".join(filter(None, words)), attributes=attributes)


def _ordered(said: Said, say: Say) -> Content | None:
    return Content(text=summaries.order(said.order, say)) if said.order else None


def _unsupported(said: Said, say: Say) -> Content:
    """Describe what WhatsApp does not hand out, by what it says of it."""
    kind = (said.unsupported.type if said.unsupported else None) or "unsupported"
    text = say("whatsapp.unsupported", kind=kind, reason=summaries.faults(said.errors))
    return Content(type=MessageType.OTHER, text=text, attributes={"kind": kind})


def _unknown(said: Said, raw: dict[str, Any], say: Say) -> Content:
    """Describe a type that this version does not know, or that came without what makes it up."""
    kind = said.type or "unknown"
    shown = summaries.compact(raw.get(kind)) if kind in raw else summaries.faults(said.errors)
    text = say("whatsapp.unknown", kind=kind, content=shown)
    return Content(type=MessageType.OTHER, text=text, attributes={"kind": kind[:_LONGEST]})


def _with_origin(content: Content, said: Said, say: Say) -> Content:
    """Say behind a message by which advertisement, or of which product, it was written."""
    product = said.context.referred_product if said.context else None
    lines = [
        summaries.referral(said.referral, say) if said.referral else "",
        summaries.product(product, say) if product else "",
    ]
    told = "\n".join(filter(None, lines))
    if not told:
        return content
    text = f"{content.text}\n\n{told}" if content.text else told
    return replace(content, text=text)


_DESCRIBED: dict[str, Callable[[Said, Say], Content | None]] = {
    "text": _text,
    "image": lambda said, _: _file(MessageType.IMAGE, said.image),
    "video": lambda said, _: _file(MessageType.VIDEO, said.video),
    "document": lambda said, _: _file(MessageType.FILE, said.document),
    "sticker": lambda said, _: _file(MessageType.STICKER, said.sticker),
    "audio": _sound,
    "voice": _sound,
    "location": _place,
    "button": _pressed,
    "interactive": _chosen,
    "order": _ordered,
    "unsupported": _unsupported,
}
