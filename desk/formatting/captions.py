"""Put words above or before a message's own; what is stored stays as it is."""

from dataclasses import replace
from typing import Any

from desk.content import Content
from desk.formatting.splitting import split_text, utf16_length

# Telegram's limit, in UTF-16 code units; the customer's copy has room for the whole text.
CAPTION_LIMIT = 1024


def put_before(
    content: Content, words: str, entities: list[dict[str, Any]] | None, separator: str
) -> Content:
    """Put words before a text or a caption; a caption that gets too long is cut."""
    text = f"{words}{separator}{content.text}" if content.text else words
    shift = utf16_length(words) + len(separator)
    moved = [{**each, "offset": each["offset"] + shift} for each in content.entities or ()]
    shown = replace(content, text=text, entities=[*(entities or ()), *moved])
    return shown if content.is_text else _cut_caption(shown)


def _cut_caption(content: Content) -> Content:
    if utf16_length(content.text or "") <= CAPTION_LIMIT:
        return content
    text, entities = next(split_text(content.text or "", content.entities, CAPTION_LIMIT - 1))
    return replace(content, text=f"{text}…", entities=entities)
