"""Schemas of templates."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.messages.models import MessageOut
from api.schemas.base import Line, RequestBody, ResponseModel, TemplateBrief, Text, Ulid
from api.schemas.pagination import PageQuery
from db.tables import TemplateStatus, WhatsAppMessageTemplate
from desk.templates.obstacles import find_obstacle
from desk.templates.rendering import get_outline, list_variables

_KEY_HELP = "`1` or `name` in the text, `header.1` in the header, `header` for its file, `button.0`"
_MAX_VARIABLES = 60
Key = Annotated[Line, Field(max_length=80)]


class VariableOut(ResponseModel):
    """A variable of a template."""

    key: str = Field(description=_KEY_HELP)
    kind: Literal["text", "image", "video", "document", "code"] = Field(
        description="type of the value; for a file, a link to it"
    )
    example: str | None


class TemplateOut(TemplateBrief):
    """A template in one language, as its provider stores it."""

    channel_id: Ulid
    category: str
    status: TemplateStatus = Field(description="GONE: the provider no longer has it")
    reason: str | None = Field(description="why it was rejected")
    cannot_be_sent: str | None = Field(description="why this desk cannot send it")
    components: list[dict[str, Any]] = Field(description="the provider's description")
    gaps: list[VariableOut] = Field(description="its variables, with the type of each")
    synced_at: datetime = Field(description="when the provider last had it")
    created_at: datetime


def template_to_brief(row: WhatsAppMessageTemplate) -> TemplateBrief:
    """Convert a template's row to a brief."""
    return TemplateBrief(**_brief_fields(row))


def template_to_schema(row: WhatsAppMessageTemplate) -> TemplateOut:
    """Convert a template's row to the schema."""
    gaps = [
        VariableOut(key=each.key, kind=each.kind.value, example=each.example or None)
        for each in list_variables(row.components)
    ]
    return TemplateOut(
        **_brief_fields(row),
        channel_id=row.channel_id,
        category=row.category,
        status=row.status,
        reason=row.reason,
        cannot_be_sent=find_obstacle(row.components),
        components=row.components,
        gaps=gaps,
        synced_at=row.synced_at,
        created_at=row.created_at,
    )


def _brief_fields(row: WhatsAppMessageTemplate) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "language": row.language,
        "text": get_outline(row.components),
        "variables": [each.key for each in list_variables(row.components)],
    }


class TemplateQuery(PageQuery):
    """Which templates to list."""

    status: TemplateStatus | None = None
    name: Key | None = Field(default=None, description="templates of this name in all languages")


class TemplateSyncOut(ResponseModel):
    """The result of fetching the templates."""

    found: int
    gone: int = Field(description="number of templates that the provider no longer has")


class TemplateValue(RequestBody):
    """The value of a variable."""

    key: Key = Field(description=_KEY_HELP)
    value: Annotated[Text, Field(max_length=2000)]


class NewTemplateMessage(RequestBody):
    """A template to send."""

    template_id: Ulid | None = Field(default=None, description="give either this or `name`")
    name: Annotated[Line, Field(max_length=190)] | None = Field(
        default=None, description="uses the customer's language, otherwise the channel's"
    )
    variables: list[TemplateValue] = Field(
        default=[],
        max_length=_MAX_VARIABLES,
        description="omitted variables are filled in if their value is known: the customer's name,"
        " the agent's name, the session's number",
    )
    header_message_id: Ulid | None = Field(
        default=None,
        description="a message of this conversation with an uploaded file, such as a note: its file"
        " becomes the header",
    )
    reply_to: Ulid | None = Field(
        default=None, description="the message of this conversation to reply to"
    )
    preview: bool = Field(default=False, description="true: return the text and send nothing")


class FilledVariable(ResponseModel):
    """The value that a variable got."""

    key: str
    value: str


class TemplateSent(ResponseModel):
    """A template with its variables filled in."""

    template: TemplateBrief
    text: str = Field(description="the text as the customer reads it, in plain text")
    variables: list[FilledVariable]
    message: MessageOut | None = Field(description="null for a preview: nothing was sent")
