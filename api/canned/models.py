"""Schemas of canned replies."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.channels.models import Language
from api.schemas.base import Line, RequestBody, ResponseModel, SearchText, Text, Ulid
from api.schemas.pagination import PageQuery
from desk.canned.rendering import EXAMPLE_VALUES, SHORTCUT_PATTERN

_VARIABLES_HELP = "may contain the variables " + ", ".join(
    f"{{{{{name}}}}}" for name in EXAMPLE_VALUES
)

Shortcut = Annotated[str, Field(pattern=SHORTCUT_PATTERN, max_length=32, examples=["hello"])]
Title = Annotated[Line, Field(max_length=120)]
CannedText = Annotated[Text, Field(max_length=4000, description=_VARIABLES_HELP)]


class CannedReplyOut(ResponseModel):
    """A text with a shortcut for frequent use: `/r hello` in a topic."""

    id: Ulid
    shortcut: str
    title: str
    text: str
    language: str | None = Field(description="null: for every language")
    channel_id: Ulid | None = Field(description="null: for every channel")
    created_at: datetime
    updated_at: datetime


class CannedReplyQuery(PageQuery):
    """Which canned replies to list."""

    channel_id: Ulid | None = Field(
        default=None,
        description="only replies that this channel can use: its own, and those for every channel",
    )
    language: Language | None = None
    shortcut: Shortcut | None = None
    q: SearchText | None = Field(
        default=None, description="text in the shortcut, the title or the text"
    )


class NewCannedReply(RequestBody):
    """A new canned reply."""

    shortcut: Shortcut
    title: Title
    text: CannedText
    language: Language | None = None
    channel_id: Ulid | None = None


class CannedReplyChanges(RequestBody):
    """Changes of a canned reply; omitted fields stay as they are."""

    shortcut: Shortcut | None = None
    title: Title | None = None
    text: CannedText | None = None
    language: Language | None = Field(default=None, description="null: for every language")
    channel_id: Ulid | None = Field(default=None, description="null: for every channel")


class PreviewBody(RequestBody):
    """The session for which to fill in the text."""

    session_id: Ulid | None = Field(default=None, description="null: fill in example values")


class TextToPreview(RequestBody):
    """A text that is not stored yet."""

    text: CannedText


class Preview(ResponseModel):
    """The text as it would be sent."""

    text: str
