"""Reads a prompt as a model would: the passages, the last message, what is asked for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.common.json_shapes import Json

_PASSAGE = re.compile(r'<passage id="([^"]+)"[^>]*>\n?(.*?)\n?</passage>', re.DOTALL)
# Lines in which the prompt says something about the message.
_NOTE = re.compile(r"^\(.*:.*\)$", re.MULTILINE)
_TAG = re.compile(r"</?[a-z_]+(?: [^>]*)?>")


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of the knowledge, under the id that citations name."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """The parts of a prompt."""

    passages: tuple[Passage, ...]
    # The customer's last message, without marks.
    last: str
    whole: str


def read_prompt(messages: Iterable[Json]) -> Prompt:
    """Return the parts of a chat completion's messages."""
    texts = [(str(each.get("role")), read_text(each.get("content"))) for each in messages]
    whole = "\n".join(text for _, text in texts)
    last = next((text for role, text in reversed(texts) if role == "user"), "")
    passages = tuple(Passage(name, text.strip()) for name, text in _PASSAGE.findall(whole))
    return Prompt(passages, _NOTE.sub("", _TAG.sub("", last)).strip(), whole)


def read_text(content: object) -> str:
    """Return the text of a message, which is a text or a list of parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = [part for part in content if isinstance(part, dict)]
    return "\n".join(str(part.get("text", "")) for part in parts if part.get("type") == "text")


def has_images(messages: Iterable[Json]) -> bool:
    """Check whether a prompt contains pictures."""
    contents = [each.get("content") for each in messages]
    parts = [part for content in contents if isinstance(content, list) for part in content]
    return any(isinstance(part, dict) and part.get("type") == "image_url" for part in parts)
