"""Show in the topic who wrote a message outside it."""

from typing import Any

from desk.content import Content
from desk.formatting.captions import put_before
from desk.formatting.splitting import utf16_length

# In a topic, a message that begins like this is a note, which the customer does not get.
_NOTE_PREFIX = "// "


def add_author(content: Content, author: str, *, is_note: bool = False) -> Content:
    """Put the author's name before a text or a caption."""
    name = f"{_NOTE_PREFIX if is_note else ''}{author}:"
    bold: dict[str, Any] = {"type": "bold", "offset": 0, "length": utf16_length(name)}
    return put_before(content, name, [bold], " ")
