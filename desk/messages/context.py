"""Show staff what a customer's message is about beside its words; the stored text stays as it is.

Channels put what they know into the content's attributes.
"""

from dataclasses import replace
from typing import Any

from db.tables import MessageType
from desk.content import Content
from desk.formatting.splitting import split_text, utf16_length
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
# Telegram's limit, in UTF-16 code units.
CAPTION_LIMIT = 1024
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
    shift = utf16_length(context.text or "") + 1
    moved = [{**each, "offset": each["offset"] + shift} for each in content.entities or ()]
    text = f"{context.text}\n{content.text}" if content.text else context.text
    shown = replace(content, text=text, entities=[*(context.entities or ()), *moved])
    return shown if content.is_text else _cut_caption(shown)


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


def _cut_caption(content: Content) -> Content:
    """Shorten a caption that the context made too long; the stored message keeps all of it."""
    if utf16_length(content.text or "") <= CAPTION_LIMIT:
        return content
    text, entities = next(split_text(content.text or "", content.entities, CAPTION_LIMIT - 1))
    return replace(content, text=f"{text}…", entities=entities)
