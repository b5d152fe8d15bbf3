"""Show in the topic who wrote a message outside it."""

from dataclasses import replace
from typing import Any

from desk.content import Content
from desk.formatting.splitting import split_text, utf16_length

# In a topic, a message that begins like this is a note, which the customer does not get.
_NOTE_PREFIX = "// "
# Telegram's limit, in UTF-16 code units; the customer's copy has room for the whole text.
CAPTION_LIMIT = 1024


def add_author(content: Content, author: str, *, is_note: bool = False) -> Content:
    """Put the author's name before a text or a caption."""
    name = f"{_NOTE_PREFIX if is_note else ''}{author}:"
    words = f"{name} {content.text}" if content.text else name
    shift = utf16_length(name) + 1
    bold: dict[str, Any] = {"type": "bold", "offset": 0, "length": utf16_length(name)}
    moved = [{**each, "offset": each["offset"] + shift} for each in content.entities or ()]
    return _cut_caption(replace(content, text=words, entities=[bold, *moved]))


def _cut_caption(content: Content) -> Content:
    """Shorten a caption that the name made too long; the stored message keeps the whole text."""
    words = content.text or ""
    if content.is_text or utf16_length(words) <= CAPTION_LIMIT:
        return content
    text, entities = next(split_text(words, content.entities, CAPTION_LIMIT - 1))
    return replace(content, text=f"{text}…", entities=entities)
