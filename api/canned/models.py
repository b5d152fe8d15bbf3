"""What is said about canned replies."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.channels.models import Language
from api.schemas.base import Body, Line, Reply, Text, Ulid, Words
from api.schemas.pagination import PageQuery
from desk.canned.rendering import EXAMPLE_VALUES, SHORTCUT_PATTERN

_LEAVES_OUT = "may leave out " + ", ".join(f"{{{{{name}}}}}" for name in EXAMPLE_VALUES)

Shortcut = Annotated[str, Field(pattern=SHORTCUT_PATTERN, max_length=32, examples=["hello"])]
Title = Annotated[Line, Field(max_length=120)]
CannedText = Annotated[Text, Field(max_length=4000, description=_LEAVES_OUT)]


class CannedOut(Reply):
    """A text that is sent often, under a shortcut: `/r hello` in a topic."""

    id: Ulid
    shortcut: str
    title: str
    text: str
    language: str | None = Field(description="null: for customers of every language")
    channel_id: Ulid | None = Field(description="null: for customers of every channel")
    created_at: datetime
    updated_at: datetime


class CannedQuery(PageQuery):
    """Which canned replies."""

    channel_id: Ulid | None = Field(
        default=None, description="those that its customers may be sent: its own, and all channels'"
    )
    language: Language | None = None
    shortcut: Shortcut | None = None
    q: Words | None = Field(default=None, description="words in shortcut, title or text")


class NewCanned(Body):
    """A text to be sent often."""

    shortcut: Shortcut
    title: Title
    text: CannedText
    language: Language | None = None
    channel_id: Ulid | None = None


class CannedChanges(Body):
    """What to change about a canned reply; what is left out stays."""

    shortcut: Shortcut | None = None
    title: Title | None = None
    text: CannedText | None = None
    language: Language | None = Field(default=None, description="null: for every language")
    channel_id: Ulid | None = Field(default=None, description="null: for every channel")


class PreviewFor(Body):
    """For whom to fill a text in."""

    session_id: Ulid | None = Field(default=None, description="null: with examples")


class Preview(Reply):
    """The text as it would be sent."""

    text: str
