"""Show staff what a customer's message is about beside its words; the stored text stays as it is.

Channels put what they know into the content's attributes.
"""

from typing import Any

from db.tables import MessageType
from desk.content import Content
from desk.formatting.captions import put_before
from desk.formatting.splitting import utf16_length
from desk.texts import translate

# Whose message this is, if it was forwarded; empty: the provider does not say.
FORWARDED_FROM = "forwarded_from"
# Set if it was forwarded through many chats.
FORWARDED_OFTEN = "forwarded_often"
# Whose message it answers, in a chat that we do not see.
ABOUT = "about"
# The words that it answers.
QUOTE = "quote"
# For how many seconds a place is shared while it moves.
LIVE = "live_period"
_MAX_NAME, _MAX_QUOTE = 100, 300
WITH_CAPTION = frozenset(
    {
        MessageType.IMAGE,
        MessageType.FILE,
        MessageType.VIDEO,
        MessageType.ANIMATION,
        MessageType.AUDIO,
        MessageType.VOICE,
    }
)


def has_context(content: Content) -> bool:
    """Check whether a message is about something beside its words."""
    return not {FORWARDED_FROM, ABOUT, QUOTE, LIVE}.isdisjoint(content.attributes or {})


def can_carry_context(content: Content) -> bool:
    """Check whether the context fits above a message's own words."""
    return content.is_text or (content.type in WITH_CAPTION and content.album is None)


def add_context(content: Content, language: str) -> Content:
    """Put the context above a text or a caption."""
    if not has_context(content):
        return content
    context = describe_context(content, language)
    return put_before(content, context.text or "", context.entities, "\n")


def describe_context(content: Content, language: str) -> Content:
    """Return the context as a text of its own."""
    attributes = content.attributes or {}
    lines: list[tuple[str, str]] = []
    if (source := attributes.get(FORWARDED_FROM)) is not None:
        key = "topic.forwarded_from" if source else "topic.forwarded"
        key = "topic.forwarded_often" if attributes.get(FORWARDED_OFTEN) else key
        lines.append(("italic", translate(language, key, name=source[:_MAX_NAME])))
    if (about := attributes.get(ABOUT)) is not None:
        lines.append(("italic", translate(language, "topic.about", name=about[:_MAX_NAME])))
    if LIVE in attributes:
        lines.append(("italic", translate(language, "topic.live_location")))
    if quote := attributes.get(QUOTE):
        lines.append(("blockquote", quote[:_MAX_QUOTE]))
    return _join(lines)


def _join(lines: list[tuple[str, str]]) -> Content:
    offset, entities = 0, []
    for style, line in lines:
        length = utf16_length(line)
        entity: dict[str, Any] = {"type": style, "offset": offset, "length": length}
        entities.append(entity)
        offset += length + 1
    return Content(text="\n".join(line for _, line in lines), entities=entities or None)
