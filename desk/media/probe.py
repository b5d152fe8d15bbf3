"""What a file on our disk is, by its bytes: what whoever sent it says of it counts last."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desk.media.mime_types import ANYTHING, HEAD, BytesDisagreeError, sniffed, type_of
from desk.media.mp4 import codecs_of
from desk.media.webp import shape_of

_BOXED = {"video/mp4", "video/3gpp", "audio/mp4", "video/quicktime"}


@dataclass(frozen=True, slots=True)
class Facts:
    """A file's type, its bytes, and what can be told of its kind."""

    # The media type; of Ogg with its codec, as it is written to the letter.
    mime: str
    size: int
    # Whether the type is known by the bytes; if not, it is what was claimed.
    is_sure: bool = False
    # What a film's tracks are coded with, where that can be read.
    codecs: frozenset[str] | None = None
    # Pixels of a WebP, and whether it moves.
    width: int | None = None
    height: int | None = None
    moves: bool = False


async def facts_of(path: Path, file: Mapping[str, Any]) -> Facts:
    """Look at a file; `file` is what was kept of it. Raises OSError where it cannot be read."""
    return await asyncio.to_thread(_look, path, str(file.get("mime") or ""))


def _look(path: Path, claimed: str) -> Facts:
    with path.open("rb") as file:
        head, size = file.read(HEAD), path.stat().st_size
        found = sniffed(head)
        if found is None:
            return Facts(_claimed(head, claimed), size)
        if found == "audio/ogg":
            return Facts("audio/ogg; codecs=opus", size, is_sure=True)
        if found == "image/webp":
            return _of_webp(head, size)
        codecs = codecs_of(file) if found in _BOXED else None
        if codecs == frozenset({"aac"}):
            found = "audio/mp4"  # a film without pictures
        return Facts(_refined(head, found, claimed), size, is_sure=True, codecs=codecs)


def _of_webp(head: bytes, size: int) -> Facts:
    shape = shape_of(head)
    if shape is None:
        return Facts("image/webp", size, is_sure=True)
    return Facts(
        "image/webp",
        size,
        is_sure=True,
        width=shape.width,
        height=shape.height,
        moves=shape.moves,
    )


def _claimed(head: bytes, claimed: str) -> str:
    try:
        return type_of(head, claimed)
    except BytesDisagreeError:
        return ANYTHING


def _refined(head: bytes, found: str, claimed: str) -> str:
    """Keep a claim that says more than the bytes do: an office document is a zip file."""
    if found != "application/zip":
        return found
    said = _claimed(head, claimed)
    return found if said == ANYTHING else said
