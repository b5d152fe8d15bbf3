"""Schemas of the texts that customers read."""

from typing import Annotated, Any, Literal

from pydantic import Field

from api.channels.models import Language
from api.schemas.base import Line, QueryModel, RequestBody, ResponseModel, Text

_TEXT_HELP = "the text, with its variables in double braces"
_ENTITIES_HELP = (
    "formatting, as in Telegram's Bot API: type, offset and length in UTF-16 code units, for links"
    " `url`; WhatsApp gets it as its own marks, as far as it has them"
)
Name = Annotated[Line, Field(max_length=64, examples=["welcome"])]
_Place = Annotated[int, Field(ge=0, le=4096)]


class Entity(RequestBody):
    """The formatting of a part of a text."""

    type: Literal[
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "code",
        "pre",
        "blockquote",
        "expandable_blockquote",
    ]
    offset: _Place
    length: Annotated[int, Field(ge=1, le=4096)]


class LinkEntity(RequestBody):
    """A part of a text that is a link."""

    type: Literal["text_link"]
    offset: _Place
    length: Annotated[int, Field(ge=1, le=4096)]
    url: Annotated[Line, Field(pattern=r"^(https?|tg)://\S+$", max_length=190)]


Entities = Annotated[
    list[Annotated[Entity | LinkEntity, Field(discriminator="type")]], Field(max_length=100)
]


class CustomerTextOut(ResponseModel):
    """A text that customers of a channel read, in one language."""

    name: str
    language: str
    text: str = Field(description="what is sent now; empty: nothing is set")
    entities: list[dict[str, Any]] | None = Field(description=_ENTITIES_HELP)
    is_own: bool = Field(description="true: in the operator's own words; false: built in")
    default_text: str = Field(description="the built-in text")
    variables: list[str] = Field(description="variables that the text may contain")
    max_length: int = Field(description="in UTF-16 code units")
    is_plain: bool = Field(description="true: it cannot be formatted")


class CustomerTexts(ResponseModel):
    """The texts that customers of a channel read."""

    items: list[CustomerTextOut]


class CustomerTextQuery(QueryModel):
    """Which texts to list."""

    language: Language | None = None


class CustomerTextChoice(QueryModel):
    """Which texts to reset."""

    name: Name | None = Field(default=None, description="null: all texts")
    language: Language | None = Field(default=None, description="null: in all languages")


class NewCustomerText(RequestBody):
    """An operator's own wording of a text."""

    name: Name
    language: Language
    text: Text = Field(description=_TEXT_HELP)
    entities: Entities | None = Field(default=None, description=_ENTITIES_HELP)


class CustomerTextPreviewBody(RequestBody):
    """Which text to show with example values."""

    name: Name
    language: Language
    text: Text | None = Field(default=None, description="a wording to try; null: what is sent now")
    entities: Entities | None = Field(default=None, description=_ENTITIES_HELP)


class CustomerTextPreview(ResponseModel):
    """A text as a customer would read it, with example values."""

    text: str
    entities: list[dict[str, Any]] | None
