"""Builds a user's message from the control API's description."""

import base64

from sandbox.common.control_api import ControlRequestError
from sandbox.common.json_shapes import Json
from sandbox.common.upload import Upload
from sandbox.telegram.methods.copies import CAPTIONED
from sandbox.telegram.methods.messages import DICE, poll_shape
from sandbox.telegram.rooms.media import media_content, sample_file
from sandbox.telegram.schema.parameters import MismatchError, check_object
from sandbox.telegram.state.world import World
from sandbox.telegram.text.formatting import caption_content, text_content

PLAIN = {"location": "Location", "contact": "Contact"}


def build_content(world: World, body: Json, bots: list[int]) -> Json:
    """Return a message's content, whose file these bots see; exactly one kind must be given."""
    content = _kind(world, body, bots)
    if body.get("forward_origin"):
        content = {"forward_origin": _to_shape("MessageOrigin", body["forward_origin"]), **content}
    if body.get("protect"):
        content["has_protected_content"] = True
    return content


def _kind(world: World, body: Json, bots: list[int]) -> Json:
    if body.get("media"):
        return _media(world, body["media"], body, bots)
    for name, kind in PLAIN.items():
        if body.get(name):
            return {name: _to_shape(kind, body[name])}
    if body.get("venue"):
        venue = _to_shape("Venue", body["venue"])
        return {"venue": venue, "location": venue["location"]}
    if body.get("poll"):
        return {"poll": poll_shape(world, body["poll"])}
    if body.get("dice"):
        return {"dice": _dice(body["dice"])}
    if body.get("text") is None:
        raise ControlRequestError("give text, media, album, location, contact, venue, dice or poll")
    return text_content(world, str(body["text"]), None, body.get("entities"))


def _to_shape(kind: str, value: Json) -> Json:
    try:
        return check_object(kind, value)
    except MismatchError as error:
        raise ControlRequestError(str(error)) from None


def _dice(asked: object) -> Json:
    if isinstance(asked, dict):
        return {"emoji": asked.get("emoji", "🎲"), "value": int(asked.get("value", 1))}
    emoji = asked if isinstance(asked, str) and asked in DICE else "🎲"
    return {"emoji": emoji, "value": 1}


def _media(world: World, media: Json, words: Json, bots: list[int]) -> Json:
    kind = str(media["kind"])
    upload = sample_file(kind)
    if media.get("data") is not None:
        upload = Upload(upload.name, upload.mime, base64.b64decode(media["data"], validate=True))
    upload = Upload(media.get("name") or upload.name, media.get("mime") or upload.mime, upload.data)
    content = media_content(world, kind, upload, bots=bots, claimed_size=media.get("size"))
    if kind not in CAPTIONED:
        return content
    caption, entities = words.get("caption"), words.get("caption_entities")
    return content | caption_content(world, caption, None, entities)


def build_album(world: World, body: Json, bots: list[int]) -> list[Json]:
    """Return the contents of an album's messages; the caption is the first one's."""
    group = world.new_number()
    contents = []
    for position, media in enumerate(body["album"]):
        words = {**media, **body} if position == 0 else media
        content = _media(world, media, words, bots)
        content["media_group_id"] = group
        if body.get("protect"):
            content["has_protected_content"] = True
        contents.append(content)
    return contents
