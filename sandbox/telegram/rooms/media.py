"""Stores files and returns the Bot API's shape for each kind."""

import hashlib
import mimetypes
import re
import secrets
import struct

from sandbox.common.json_shapes import Json
from sandbox.common.upload import Upload
from sandbox.telegram.model.records import FILE, StoredFile
from sandbox.telegram.model.sample_files import SAMPLES
from sandbox.telegram.state.world import World

KINDS = {
    "photo": ("AgAC", "photos"),
    "document": ("BQAC", "documents"),
    "video": ("BAAC", "videos"),
    "audio": ("CQAC", "music"),
    "voice": ("AwAC", "voice"),
    "sticker": ("CAAC", "stickers"),
    "animation": ("CgAC", "animations"),
    "video_note": ("DQAC", "video_notes"),
    "thumbnail": ("AAMC", "thumbnails"),
}
SIDE = 320
THUMB_SIDE = 90
_MIME = re.compile(r"[\w.+-]+/[\w.+-]+")


def sample_file(kind: str) -> Upload:
    """Return a small generated file of a kind."""
    if kind not in SAMPLES:
        raise ValueError(f"unknown kind of media {kind!r}")
    name, mime, data = SAMPLES[kind]
    return Upload(name, mime, data)


def store_file(
    world: World, kind: str, upload: Upload, bots: list[int], claimed_size: int | None = None
) -> StoredFile:
    """Store a file under a new id for these bots; `claimed_size` replaces its true size."""
    prefix, folder = KINDS[kind]
    mime = upload.mime if _MIME.fullmatch(upload.mime) else "application/octet-stream"
    number = len(world.files) + 1
    extension = mimetypes.guess_extension(upload.mime) or _suffix(upload.name)
    stored = StoredFile(
        file_id=f"{prefix}{secrets.token_urlsafe(36)}",
        unique_id=f"AQAD{hashlib.sha256(upload.data).hexdigest()[:12]}",
        kind=kind,
        path=f"{folder}/file_{number}{extension}",
        mime=mime,
        size=claimed_size or len(upload.data),
        data=upload.data,
        bots=bots,
    )
    world.files[stored.file_id] = stored
    world.paths[stored.path] = stored
    world.mark_changed(FILE + stored.file_id)
    return stored


def _suffix(name: str) -> str:
    return "." + name.rpartition(".")[2] if "." in name else ""


def media_content(
    world: World,
    kind: str,
    upload: Upload,
    *,
    bots: list[int],
    claimed_size: int | None = None,
    facts: Json | None = None,
) -> Json:
    """Store a file and return the message field of its kind; `facts` come from the sender.

    Only these bots can use its id.
    """
    stored = store_file(world, kind, upload, bots, claimed_size)
    shape: Json = {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": stored.size,
    }
    shape |= _describe_media(kind, upload, facts or {})
    stored.fields = _wrap_shape(world, kind, shape, upload, bots)
    return stored.fields


def file_fields(stored: StoredFile) -> Json:
    """Return the message fields that a file had when it was first sent."""
    return stored.fields


def _wrap_shape(world: World, kind: str, shape: Json, upload: Upload, bots: list[int]) -> Json:
    """Return the message fields for a file's shape: photos come in sizes, animations twice."""
    if kind == "photo":
        return {"photo": _sizes(world, shape, upload, bots)}
    if kind == "animation":
        document = {name: shape[name] for name in shape if name in _DOCUMENT}
        return {"animation": shape, "document": document}
    return {kind: shape}


_DOCUMENT = ("file_id", "file_unique_id", "file_size", "file_name", "mime_type", "thumbnail")


def _sizes(world: World, shape: Json, upload: Upload, bots: list[int]) -> list[Json]:
    """Return a thumbnail and the photo itself, smallest first."""
    ratio = THUMB_SIDE / max(shape["width"], shape["height"], THUMB_SIDE)
    small = store_file(world, "photo", upload, bots)
    small.unique_id += "s"
    thumb: Json = {
        "file_id": small.file_id,
        "file_unique_id": small.unique_id,
        "file_size": small.size,
        "width": max(1, round(shape["width"] * ratio)),
        "height": max(1, round(shape["height"] * ratio)),
    }
    small.fields = {"photo": [thumb]}
    return [thumb, shape]


def _describe_media(kind: str, upload: Upload, facts: Json) -> Json:
    if kind == "photo":
        width, height = image_size(upload.data)
        return {"width": width, "height": height}
    if kind == "document":
        return {"file_name": upload.name, "mime_type": upload.mime}
    if kind == "sticker":
        emoji = {"emoji": facts["emoji"]} if "emoji" in facts else {"emoji": "🙂"}
        moving = {"is_animated": False, "is_video": upload.mime == "video/webm"}
        return {"type": "regular", "width": 512, "height": 512, **moving, **emoji}
    duration = {"duration": int(facts.get("duration", 1))}
    if kind == "voice":
        return {**duration, "mime_type": upload.mime}
    if kind == "video_note":
        return {**duration, "length": int(facts.get("length", SIDE))}
    named = {**duration, "file_name": upload.name, "mime_type": upload.mime}
    if kind == "audio":
        return named | {name: facts[name] for name in ("performer", "title") if name in facts}
    return {
        **named,
        "width": int(facts.get("width", SIDE)),
        "height": int(facts.get("height", SIDE)),
    }


def image_size(data: bytes) -> tuple[int, int]:
    """Return the width and height of a PNG or JPEG; anything else counts as 320 x 320."""
    if data.startswith(b"\x89PNG") and len(data) >= 24:  # noqa: PLR2004 - the end of PNG's header
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    return _jpeg_size(data) if data.startswith(b"\xff\xd8") else (SIDE, SIDE)


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:  # noqa: PLR2004 - JPEG's marker byte
        if 0xC0 <= data[at + 1] <= 0xCF and data[at + 1] not in {0xC4, 0xC8, 0xCC}:  # noqa: PLR2004 - frame headers
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return SIDE, SIDE
