"""Parses, trims and measures texts and captions, with their entities."""

from sandbox.common.json_shapes import Json
from sandbox.telegram.model import errors
from sandbox.telegram.model.errors import bad_request
from sandbox.telegram.model.shapes import utf16_length
from sandbox.telegram.state.world import World
from sandbox.telegram.text.auto_entities import merge_entities
from sandbox.telegram.text.html_entities import parse_html
from sandbox.telegram.text.markdown_entities import parse_markdown

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


def parse_text(
    world: World, text: str, parse_mode: str | None, entities: list[Json] | None
) -> tuple[str, list[Json]]:
    """Return the text without markup and all its entities, written and found."""
    if parse_mode:
        text, entities = _parse_markup(text, parse_mode)
    text, kept = _trim(text, _clip_entities(text, entities or []))
    kept = [_add_user(world, entity) for entity in kept]
    return text, merge_entities(kept, text)


def text_content(
    world: World, text: str, parse_mode: str | None, entities: list[Json] | None
) -> Json:
    """Return a text message's content; an empty or an over-long text is a 400."""
    text, found = parse_text(world, text, parse_mode, entities)
    if not text:
        raise errors.text_empty()
    if utf16_length(text) > TEXT_LIMIT:
        raise errors.text_too_long()
    return {"text": text, "entities": found} if found else {"text": text}


def caption_content(
    world: World, caption: str | None, parse_mode: str | None, entities: list[Json] | None
) -> Json:
    """Return the caption's fields, none if it is empty; an over-long one is a 400."""
    if not caption:
        return {}
    caption, found = parse_text(world, caption, parse_mode, entities)
    if utf16_length(caption) > CAPTION_LIMIT:
        raise errors.caption_too_long()
    if not caption:
        return {}
    return {"caption": caption, "caption_entities": found} if found else {"caption": caption}


def _parse_markup(text: str, parse_mode: str) -> tuple[str, list[Json]]:
    mode = parse_mode.lower()
    if mode == "html":
        return parse_html(text)
    if mode in {"markdownv2", "markdown"}:
        return parse_markdown(text, legacy=mode == "markdown")
    raise bad_request("unsupported parse_mode")


def _clip_entities(text: str, entities: list[Json]) -> list[Json]:
    """Return the entities inside the text; Telegram drops the others silently."""
    end = utf16_length(text)
    return [
        entity
        for entity in entities
        if entity["offset"] >= 0 and entity["length"] > 0
        if entity["offset"] + entity["length"] <= end
    ]


def _trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    stripped = text.strip(" \t\r\n")
    if len(stripped) == len(text) or not entities:
        return stripped, entities
    cut = utf16_length(text) - utf16_length(text.lstrip(" \t\r\n"))
    end = utf16_length(stripped)
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - cut)
        length = min(end, entity["offset"] + entity["length"] - cut) - start
        if length > 0:
            kept.append({**entity, "offset": start, "length": length})
    return stripped, kept


def _add_user(world: World, entity: Json) -> Json:
    if entity["type"] != "text_mention":
        return entity
    person = world.people.get(int(entity.get("user", {}).get("id", 0)))
    if person is not None:
        return {**entity, "user": person.user}
    return {name: value for name, value in entity.items() if name != "user"} | {"type": "mention"}
