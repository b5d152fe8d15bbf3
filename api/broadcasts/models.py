"""Schemas of broadcasts."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from api.channels.models import Language
from api.schemas.base import Line, RequestBody, ResponseModel, Text, Timestamp, Ulid
from api.schemas.pagination import PageQuery
from api.texts.models import Entities
from db.tables import BroadcastState, RecipientState, SkipReason
from desk.broadcasts.content import CAPTION_LIMIT, TEXT_LIMIT, VARIABLES

_VARIABLES = ", ".join(f"{{{{{name}}}}}" for name in VARIABLES)
_TEXT_HELP = (
    f"at most {TEXT_LIMIT} characters, {CAPTION_LIMIT} below a file; it may contain the variables"
    f" {_VARIABLES}. null: everybody gets the template or the file alone"
)
_TEMPLATE_HELP = (
    "for WhatsApp numbers at Meta: customers who did not write in the last 24 hours get this"
    " template instead of the text; without one they are skipped"
)
_ENTITIES_HELP = "formatting of the text, as in `/channels/{id}/texts`"
_FILE_HELP = "a file (`/reply-files`) that is sent with the text, or as the template's header"
_COUNTS_HELP = "recipients by state; without those that are still to be listed"
_REASON_HELP = "of a skipped recipient: why, as in `skipped` of the preview; of others: in words"
_WROTE_HELP = "only customers who wrote at this time or later"
_SILENT_HELP = "only customers who have not written since this time"

Name = Annotated[Line, Field(max_length=120)]
Ids = Annotated[list[Ulid], Field(max_length=100)]


class AudienceBody(RequestBody):
    """Which customers a broadcast is for; an empty filter means all of them."""

    channel_ids: Ids = Field(default=[], description="only customers of these channels")
    tag_ids: Ids = Field(default=[], description="only customers with a session with one of these")
    languages: Annotated[list[Language], Field(max_length=2)] = Field(
        default=[], description="only customers with one of these languages"
    )
    wrote_since: Timestamp | None = Field(default=None, description=_WROTE_HELP)
    silent_since: Timestamp | None = Field(default=None, description=_SILENT_HELP)


class BroadcastTemplate(RequestBody):
    """A template for customers who can be sent nothing else."""

    name: Annotated[Line, Field(max_length=190)]
    values: Annotated[
        dict[Annotated[Line, Field(max_length=60)], Annotated[Text, Field(max_length=1000)]],
        Field(max_length=30),
    ] = Field(default={}, description="for its variables; may contain the variables of a broadcast")
    is_always_used: bool = Field(
        default=False, description="also where the text could be sent, on channels with templates"
    )


class NewBroadcastBody(RequestBody):
    """A new broadcast. Nothing is sent before it is started."""

    name: Name = Field(description="for staff")
    text: Text | None = Field(default=None, description=_TEXT_HELP)
    entities: Entities | None = Field(default=None, description=_ENTITIES_HELP)
    file_id: Ulid | None = Field(default=None, description=_FILE_HELP)
    template: BroadcastTemplate | None = Field(default=None, description=_TEMPLATE_HELP)
    audience: AudienceBody = Field(default_factory=AudienceBody)


class BroadcastChanges(RequestBody):
    """Changes of a broadcast that has not begun; omitted fields stay as they are."""

    name: Name | None = Field(default=None, description="for staff")
    text: Text | None = Field(default=None, description=_TEXT_HELP)
    entities: Entities | None = Field(
        default=None, description=f"{_ENTITIES_HELP}; only together with the text"
    )
    file_id: Ulid | None = Field(default=None, description=_FILE_HELP)
    template: BroadcastTemplate | None = Field(default=None, description=_TEMPLATE_HELP)
    audience: AudienceBody | None = Field(default=None, description="replaces all filters")


class AudienceOut(ResponseModel):
    """Which customers a broadcast is for."""

    channel_ids: list[Ulid]
    tag_ids: list[Ulid]
    languages: list[str]
    wrote_since: datetime | None
    silent_since: datetime | None


class BroadcastTemplateOut(ResponseModel):
    """The template of a broadcast."""

    name: str
    values: dict[str, str]
    is_always_used: bool


class BroadcastOut(ResponseModel):
    """A broadcast, and how far it is."""

    id: Ulid
    name: str
    state: BroadcastState
    text: str | None
    entities: list[dict[str, Any]] | None
    file_id: Ulid | None
    template: BroadcastTemplateOut | None
    audience: AudienceOut
    author_name: str
    counts: dict[RecipientState, int] = Field(description=_COUNTS_HELP)
    is_listed: bool = Field(description="true: all recipients are listed")
    starts_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    created_at: datetime


class BroadcastQuery(PageQuery):
    """Which broadcasts to list."""

    state: BroadcastState | None = None


class ChannelPeople(ResponseModel):
    """How many people would get a broadcast on one channel."""

    channel_id: Ulid
    people: int


class BroadcastPreview(ResponseModel):
    """The people who would get a broadcast if it began now; each counts once."""

    people: int
    channels: list[ChannelPeople]
    skipped: dict[SkipReason, int] = Field(description="people who would not get it, by reason")
    example_text: str = Field(description="the text with example values")


class StartBody(RequestBody):
    """When to start."""

    at: Timestamp | None = Field(default=None, description="null: now")


class TestBody(RequestBody):
    """Where to send a broadcast to try it."""

    conversation_id: Ulid | None = Field(
        default=None,
        description="your own conversation as a customer; null: your linked Telegram account",
    )


class RecipientQuery(PageQuery):
    """Which recipients to list."""

    state: RecipientState | None = None


class RecipientOut(ResponseModel):
    """What became of a broadcast for one customer."""

    client_id: Ulid
    client_name: str | None
    channel_id: Ulid
    conversation_id: Ulid
    state: RecipientState
    reason: str | None = Field(description=_REASON_HELP)
    message_id: Ulid | None
    changed_at: datetime
