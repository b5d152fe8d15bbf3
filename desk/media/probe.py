"""What a file on our disk is, by its bytes: what whoever sent it says of it counts last."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desk.media.mime_types import (
    HEAD_SIZE,
    UNKNOWN_TYPE,
    TypeMismatchError,
    resolve_type,
    sniff_type,
)
from desk.media.mp4 import read_codecs
from desk.media.webp import read_webp_info

_MP4_TYPES = {"video/mp4", "video/3gpp", "audio/mp4", "video/quicktime"}


@dataclass(frozen=True, slots=True)
class MediaInfo:
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
    is_animated: bool = False


async def probe_file(path: Path, file: Mapping[str, Any]) -> MediaInfo:
    """Look at a file; `file` is what was kept of it. Raises OSError where it cannot be read."""
    return await asyncio.to_thread(_probe, path, str(file.get("mime") or ""))


def _probe(path: Path, claimed: str) -> MediaInfo:
    with path.open("rb") as file:
        head, size = file.read(HEAD_SIZE), path.stat().st_size
        found = sniff_type(head)
        if found is None:
            return MediaInfo(_check_claim(head, claimed), size)
        if found == "audio/ogg":
            return MediaInfo("audio/ogg; codecs=opus", size, is_sure=True)
        if found == "image/webp":
            return _probe_webp(head, size)
        codecs = read_codecs(file) if found in _MP4_TYPES else None
        if codecs == frozenset({"aac"}):
            found = "audio/mp4"  # a film without pictures
        return MediaInfo(_refine_type(head, found, claimed), size, is_sure=True, codecs=codecs)


def _probe_webp(head: bytes, size: int) -> MediaInfo:
    shape = read_webp_info(head)
    if shape is None:
        return MediaInfo("image/webp", size, is_sure=True)
    return MediaInfo(
        "image/webp",
        size,
        is_sure=True,
        width=shape.width,
        height=shape.height,
        is_animated=shape.is_animated,
    )


def _check_claim(head: bytes, claimed: str) -> str:
    try:
        return resolve_type(head, claimed)
    except TypeMismatchError:
        return UNKNOWN_TYPE


def _refine_type(head: bytes, found: str, claimed: str) -> str:
    """Keep a claim that says more than the bytes do: an office document is a zip file."""
    if found != "application/zip":
        return found
    said = _check_claim(head, claimed)
    return found if said == UNKNOWN_TYPE else said
