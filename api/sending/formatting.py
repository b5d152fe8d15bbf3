"""The formatting of what is sent, in the same form in which messages have it."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from api.errors.problems import ValidationFailed
from api.schemas.base import RequestBody
from desk.content import Content
from desk.formatting.splitting import utf16_length

_MAX_ENTITIES = 100
_LinkUrl = Annotated[str, Field(pattern=r"^https?://[!#-;=?-\[\]_a-z~%]+$", max_length=2000)]


class FormatEntity(RequestBody):
    """How a part of a text looks; offset and length count UTF-16 code units."""

    type: Literal["bold", "italic", "underline", "strikethrough", "code", "pre", "text_link"]
    offset: Annotated[int, Field(ge=0, le=100_000)]
    length: Annotated[int, Field(ge=1, le=100_000)]
    url: _LinkUrl | None = Field(default=None, description="only of a text_link, which needs one")


Entities = Annotated[
    list[FormatEntity],
    Field(
        max_length=_MAX_ENTITIES,
        description="formatting, as in the answer's `entities`; parts lie in each other or apart."
        " Without it the text goes out as it is typed, also with `*` and `_` in it",
    ),
]


def build_text(text: str, entities: Sequence[FormatEntity] | None) -> Content:
    """Return a formatted text; raises ValidationFailed if an entity does not fit it."""
    return Content(text=text, entities=to_stored(text, entities))


def to_stored(
    text: str | None, entities: Sequence[FormatEntity] | None
) -> list[dict[str, Any]] | None:
    """Return entities as they are stored; raises ValidationFailed if one does not fit the text."""
    borders = _list_borders(text or "")
    for number, each in enumerate(entities or ()):
        field = f"entities.{number}"
        if not {each.offset, each.offset + each.length} <= borders:
            reason = "does not begin and end at characters of the text"
            raise ValidationFailed.field(field, reason, "range")
        if (each.url is not None) != (each.type == "text_link"):
            raise ValidationFailed.field(
                f"{field}.url", "belongs to a text_link, and only there", "url"
            )
        if any(_cross(each, other) for other in entities or ()):
            raise ValidationFailed.field(field, "lies partly in another entity", "overlap")
    return [each.model_dump(exclude_none=True) for each in entities or ()] or None


def _list_borders(text: str) -> set[int]:
    """Return the offsets at which a character begins, and the text's end."""
    borders, at = {0}, 0
    for character in text:
        at += utf16_length(character)
        borders.add(at)
    return borders


def _cross(one: FormatEntity, other: FormatEntity) -> bool:
    end = one.offset + one.length
    return one.offset < other.offset < end < other.offset + other.length
