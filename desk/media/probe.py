"""Detect what a file on our disk is, from its bytes; the declared type counts last."""

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
    """A file's type, size and further properties."""

    # The media type; for Ogg with its codec, in the exact form that providers expect.
    mime: str
    size: int
    # Whether the type is known from the bytes; otherwise it is the declared type.
    is_sure: bool = False
    # The codecs of a video's tracks, if they can be read.
    codecs: frozenset[str] | None = None
    # The size of a WebP in pixels, and whether it is animated.
    width: int | None = None
    height: int | None = None
    is_animated: bool = False


async def probe_file(path: Path, file: Mapping[str, Any]) -> MediaInfo:
    """Probe a file; `file` is its stored description. Raises OSError if it cannot be read."""
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
            found = "audio/mp4"  # a video file without pictures
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
    """Prefer a declared type that is more exact: an office document is a zip file."""
    if found != "application/zip":
        return found
    said = _check_claim(head, claimed)
    return found if said == UNKNOWN_TYPE else said
