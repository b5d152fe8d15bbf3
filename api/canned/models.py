"""Schemas of canned replies."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.channels.models import Language
from api.schemas.base import Line, OptionalText, RequestBody, ResponseModel, SearchText, Ulid
from api.schemas.pagination import PageQuery
from db.tables import MAX_TAG_LENGTH, Priority
from desk.canned.actions import MAX_SNOOZE_MINUTES
from desk.canned.rendering import EXAMPLE_VALUES, SHORTCUT_PATTERN

_VARIABLES_HELP = "may contain the variables " + ", ".join(
    f"{{{{{name}}}}}" for name in EXAMPLE_VALUES
)

Shortcut = Annotated[str, Field(pattern=SHORTCUT_PATTERN, max_length=32, examples=["hello"])]
Title = Annotated[Line, Field(max_length=120)]
CannedText = Annotated[OptionalText, Field(max_length=4000, description=_VARIABLES_HELP)]
_Tag = Annotated[str, Field(min_length=1, max_length=MAX_TAG_LENGTH)]


class Actions(RequestBody):
    """What a canned reply does with the session after its text; all of it, or nothing.

    Of `agent_id`, `snooze_minutes` and `end`, one is possible.
    """

    tags: list[_Tag] = Field(default=[], max_length=10, description="names of tags to add")
    priority: Priority | None = None
    agent_id: Ulid | None = Field(default=None, description="the agent who gets the session")
    snooze_minutes: int | None = Field(
        default=None, ge=1, le=MAX_SNOOZE_MINUTES, description="for how long it is put aside"
    )
    end: bool = False


class CannedReplyOut(ResponseModel):
    """A text with a shortcut for frequent use: `/r hello` in a topic."""

    id: Ulid
    shortcut: str
    title: str
    text: str = Field(description="empty: it only does its actions")
    actions: Actions | None = Field(description="null: it is a text only")
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
    actions: Actions | None = None
    language: Language | None = None
    channel_id: Ulid | None = None


class CannedReplyChanges(RequestBody):
    """Changes of a canned reply; omitted fields stay as they are."""

    shortcut: Shortcut | None = None
    title: Title | None = None
    text: CannedText | None = None
    actions: Actions | None = Field(default=None, description="null: it is a text only")
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
