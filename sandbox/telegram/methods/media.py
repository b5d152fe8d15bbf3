"""Sends files, and replaces the file of a message."""

from collections.abc import Callable

from sandbox.common.json_shapes import Json
from sandbox.telegram.methods.attachments import file_content
from sandbox.telegram.methods.copies import CAPTIONED
from sandbox.telegram.methods.delivery import deliver, deliver_into
from sandbox.telegram.methods.edits import find_edit_target, replace_message
from sandbox.telegram.model import errors
from sandbox.telegram.model.errors import bad_request
from sandbox.telegram.state.call import Call, find_writable_room
from sandbox.telegram.text.formatting import caption_content

MEDIA_FIELDS = ("duration", "width", "height", "length", "performer", "title", "emoji")
ALBUM_LIMIT = 10
ALBUM_KINDS = frozenset({"photo", "video", "audio", "document"})
# An album of one of these kinds holds no other kind.
UNMIXED = ("audio", "document")
EDITABLE = ("animation", "audio", "document", "photo", "video")
_SHOWN = ("show_caption_above_media", "has_media_spoiler")
_REPLACED = (*EDITABLE, "caption", "caption_entities", *_SHOWN)


def _content(call: Call, kind: str, source: Json, value: object) -> Json:
    """Return a file's message fields with the caption that `source` names."""
    facts = {name: source[name] for name in MEDIA_FIELDS if name in source}
    content = file_content(call, kind, value, facts)
    content = content | caption_content(
        call.world,
        source.get("caption"),
        source.get("parse_mode"),
        source.get("caption_entities"),
    )
    if source.get("has_spoiler"):
        content["has_media_spoiler"] = True
    if source.get("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return content


def build_send_method(kind: str) -> Callable[[Call], Json]:
    """Return the method that sends a file of this kind."""

    def send(call: Call) -> Json:
        find_writable_room(call)
        return deliver(call, _content(call, kind, call.params, call.params[kind]))

    return send


def send_media_group(call: Call) -> list[Json]:
    """Send an album: one message for each file, all with one media_group_id."""
    room = find_writable_room(call)
    asked = call.params["media"]
    if not asked:
        raise bad_request("there are no messages to send")
    if len(asked) > ALBUM_LIMIT:
        raise bad_request("too many messages to send as an album")
    contents = [_album_item(call, media) for media in asked]
    for kind in UNMIXED:
        if 0 < sum(kind in content for content in contents) < len(contents):
            raise bad_request(f"{kind} can't be mixed with other media types")
    if len(contents) > 1:
        group = {"media_group_id": call.world.new_number()}
        contents = [{**group, **content} for content in contents]
    return [deliver_into(call, room, content) for content in contents]


def _album_item(call: Call, media: Json) -> Json:
    kind = media["type"]
    if kind not in ALBUM_KINDS:
        raise bad_request(f"can't parse InputMedia: Media type {kind} can't be used in albums")
    return _content(call, kind, media, media["media"])


def edit_message_media(call: Call) -> Json:
    """Put another file, with another caption, into a message."""
    room, old = find_edit_target(call)
    media = call.params["media"]
    if media["type"] not in EDITABLE:
        raise bad_request("can't parse InputMedia: Media type is unsupported")
    if not any(name in old for name in CAPTIONED) or "voice" in old:
        raise errors.no_media_to_edit()
    if "media_group_id" in old and media["type"] not in ALBUM_KINDS:
        raise errors.cannot_edit()
    content = _content(call, media["type"], media, media["media"])
    if "edit_date" in old:
        content["edit_date"] = old["edit_date"]
    return replace_message(call, room, old, _REPLACED, content)
