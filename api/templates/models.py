"""Schemas of templates."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.messages.models import MessageOut
from api.schemas.base import Line, RequestBody, ResponseModel, TemplateBrief, Text, Ulid
from api.schemas.pagination import PageQuery
from db.tables import TemplateStatus, WhatsAppMessageTemplate
from desk.templates.rendering import find_obstacle, get_outline, list_variables

_KEY_HELP = "`1` or `name` in the text, `header.1` in the header, `header` for its file, `button.0`"
_MAX_VARIABLES = 60
Key = Annotated[Line, Field(max_length=80)]


class VariableOut(ResponseModel):
    """A variable of a template."""

    key: str = Field(description=_KEY_HELP)
    kind: Literal["text", "image", "video", "document", "code"] = Field(
        description="what it is filled in with; of a file, a link to it"
    )
    example: str | None


class TemplateOut(TemplateBrief):
    """A template in one language, as its provider stores it."""

    channel_id: Ulid
    category: str
    status: TemplateStatus = Field(description="GONE: not at the provider any more")
    reason: str | None = Field(description="why it was rejected")
    cannot_be_sent: str | None = Field(description="what about it this desk cannot fill in")
    components: list[dict[str, Any]] = Field(description="as the provider describes them")
    gaps: list[VariableOut] = Field(description="its variables, with what goes into them")
    synced_at: datetime = Field(description="when the provider had it last")
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
    name: Key | None = Field(default=None, description="in every language that there is")


class TemplateSyncOut(ResponseModel):
    """The result of fetching the templates."""

    found: int
    gone: int = Field(description="kept here, and not at the provider any more since just now")


class TemplateValue(RequestBody):
    """The value of a variable."""

    key: Key = Field(description=_KEY_HELP)
    value: Annotated[Text, Field(max_length=2000)]


class NewTemplateMessage(RequestBody):
    """A template to send."""

    template_id: Ulid | None = Field(default=None, description="this, or its name")
    name: Annotated[Line, Field(max_length=190)] | None = Field(
        default=None, description="in the customer's language, else the channel's"
    )
    variables: list[TemplateValue] = Field(
        default=[],
        max_length=_MAX_VARIABLES,
        description="what is left out is filled in where it is known: the customer's name, the"
        " agent's, the session's number",
    )
    header_message_id: Ulid | None = Field(
        default=None,
        description="a message of this conversation with a file that was uploaded, such as a note:"
        " the file goes into the header",
    )
    reply_to: Ulid | None = Field(
        default=None, description="the message of this conversation that it answers"
    )
    preview: bool = Field(default=False, description="true: it is shown, and nothing is sent")


class FilledVariable(ResponseModel):
    """The value that a variable got."""

    key: str
    value: str


class TemplateSent(ResponseModel):
    """A template with its variables filled in."""

    template: TemplateBrief
    text: str = Field(description="what the customer reads, in plain text")
    variables: list[FilledVariable]
    message: MessageOut | None = Field(description="null: a preview, nothing was sent")
