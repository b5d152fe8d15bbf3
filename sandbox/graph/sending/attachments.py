"""Files of messages: the types and sizes of each kind, and the files behind links."""

import base64
import hashlib
import re

from sandbox.common.json_shapes import Json
from sandbox.graph.model.errors import GraphError, wrong_content
from sandbox.graph.model.records import Media, Number
from sandbox.graph.state.world import World

MB = 1024 * 1024
UPLOADED_DAYS = 30
WEBHOOK_DAYS = 7
DAY = 86_400.0
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCUMENTS = (
    "text/plain",
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    f"{_OFFICE}wordprocessingml.document",
    f"{_OFFICE}spreadsheetml.sheet",
    f"{_OFFICE}presentationml.presentation",
)
AUDIO = ("audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg", "audio/opus")
TYPES: dict[str, tuple[str, ...]] = {
    "image": ("image/jpeg", "image/png"),
    "video": ("video/mp4", "video/3gpp"),
    "audio": AUDIO,
    "sticker": ("image/webp",),
    "document": DOCUMENTS,
}
SIZES = {"image": 5 * MB, "video": 16 * MB, "audio": 16 * MB, "document": 100 * MB}
STATIC_STICKER = 100 * 1024
ANIMATED_STICKER = 500 * 1024
UPLOADABLE = frozenset(mime for mimes in TYPES.values() for mime in mimes)
OPUS = re.compile(r"audio/(ogg\s*;\s*codecs\s*=\s*\"?opus\"?|opus)", re.IGNORECASE)


def base_type(mime: str) -> str:
    """Return a MIME type without its parameters."""
    return mime.partition(";")[0].strip().lower()


def store_file(
    world: World, mime: str, data: bytes, *, days: int, number: Number, filename: str = ""
) -> Media:
    """Store a file under a new id that is valid for so many days."""
    sha256 = base64.b64encode(hashlib.sha256(data).digest()).decode()
    expires = world.clock.now() + days * DAY
    media = Media(world.new_id(), mime, data, sha256, expires, number.id, filename)
    world.media[media.id] = media
    return media


def find_media(world: World, media_id: str, number: Number) -> Media:
    """Return a file that a message names; an unknown, foreign or expired id is refused at once."""
    media = world.media.get(media_id)
    if media is None or media.number_id != number.id or media.expires <= world.clock.now():
        raise wrong_content(f"The media ID {media_id} is not known to this phone number")
    return media


def check_file(kind: str, media: Media, *, any_document: bool = False) -> None:
    """Raise 131053 if WhatsApp does not show this file as this kind."""
    mime = base_type(media.mime)
    if kind == "document" and (any_document or mime in UPLOADABLE):
        _check_size(kind, media, SIZES["document"])
        return
    if mime not in TYPES[kind]:
        names = ", ".join(TYPES[kind])
        raise GraphError(
            131053, f"Unsupported {kind} mime type {media.mime}. Please use one of {names}."
        )
    if mime == "audio/ogg" and not OPUS.fullmatch(media.mime):
        raise GraphError(
            131053, "audio/ogg is taken with the OPUS codec only: audio/ogg; codecs=opus"
        )
    if kind == "sticker":
        is_animated = b"ANIM" in media.data[:64]
        _check_size(kind, media, ANIMATED_STICKER if is_animated else STATIC_STICKER)
    else:
        _check_size(kind, media, SIZES[kind])


def _check_size(kind: str, media: Media, limit: int) -> None:
    if len(media.data) > limit:
        words = f"Max file size we currently support for {kind}: {limit} bytes"
        raise GraphError(131053, f"Media file size too big. {words}. Media size: {len(media.data)}")


async def fetch_link(world: World, link: str, number: Number, filename: str) -> Media:
    """Return the file behind a link; a failed download raises 131053."""
    mime, data = await world.webhook_sender.fetch(link, SIZES["document"] + 1)
    return store_file(world, mime, data, days=WEBHOOK_DAYS, number=number, filename=filename)


def list_file_parts(kind: str, content: Json | list[Json]) -> list[tuple[str, Json]]:
    """Return the (kind, media object) pairs of a message: its own, its header's, its template's."""
    if isinstance(content, list):
        return []
    if kind in TYPES:
        return [(kind, content)]
    header = content.get("header") or {}
    parts = [(str(header.get("type")), header.get(str(header.get("type"))))]
    for component in content.get("components") or []:
        sent = component.get("parameters") or []
        parts += [(str(one.get("type")), one.get(str(one.get("type")))) for one in sent]
    return [(name, part) for name, part in parts if name in TYPES and isinstance(part, dict)]
