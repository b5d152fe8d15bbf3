"""Schemas of clients."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from api.schemas.base import (
    EmailAddress,
    Line,
    Phone,
    PictureUrl,
    RequestBody,
    ResponseModel,
    SearchText,
    Text,
    Ulid,
)
from api.schemas.pagination import PageQuery
from desk.clients.profile import MAX_FIELD_NAME, MAX_FIELD_VALUE, MAX_FIELDS, MAX_NOTE


def _require_words(text: str) -> str:
    """Return a text in one line; refuse one without a visible character."""
    words = " ".join(text.split())
    if not words:
        raise ValueError("must not be blank")
    return words


def _list_fields(fields: Any) -> Any:
    return fields or []


_FieldName = Annotated[Line, Field(max_length=MAX_FIELD_NAME), AfterValidator(_require_words)]
_FieldValue = Annotated[Text, Field(max_length=MAX_FIELD_VALUE), AfterValidator(_require_words)]
_NoteText = Annotated[Text, Field(max_length=MAX_NOTE)]


class ClientNote(ResponseModel):
    """What staff notes about a client, for itself."""

    text: str
    by: str = Field(description="who wrote it last")
    at: datetime


class ClientField(RequestBody):
    """A field of staff's own, such as an address or a customer number."""

    name: _FieldName
    value: _FieldValue


class ClientFieldOut(ResponseModel):
    """A field of staff's own."""

    name: str
    value: str


class ClientOut(ResponseModel):
    """A person who writes to us."""

    id: Ulid
    name: str
    username: str | None
    telegram_id: str | None
    phone: str | None
    email: str | None
    avatar_url: str | None
    language: str | None
    note: ClientNote | None = Field(description="what staff notes about them; they never see it")
    fields: Annotated[list[ClientFieldOut], BeforeValidator(_list_fields)] = Field(
        description="fields of staff's own"
    )
    is_blocked: bool
    created_at: datetime
    updated_at: datetime


class ContactOut(ResponseModel):
    """A client's address on one channel."""

    channel_id: Ulid
    external_id: str = Field(description="the address in the provider's form")
    alias: str | None = Field(description="another id of the same address at the provider")
    unreachable: str | None = Field(description="why messages do not reach it now")
    conversation_id: Ulid
    own_client_id: Ulid | None = Field(
        description="the merged client who had this contact before; null: this client"
    )
    created_at: datetime
    marketing_stopped_at: datetime | None = Field(
        description="since when no broadcasts are sent to it, because the customer stopped them;"
        " null: they may be sent"
    )


class MergeOut(ResponseModel):
    """A client who was merged into this one."""

    id: Ulid = Field(description="id of the merge, needed to undo it")
    client_id: Ulid = Field(description="the merged client; this id now leads to the kept client")
    name: str
    username: str | None
    phone: str | None
    by_name: str | None = Field(description="who merged them")
    created_at: datetime


class ClientDetail(ClientOut):
    """A client with their contacts."""

    contacts: list[ContactOut]
    joins: list[MergeOut] = Field(
        description="clients who were merged into this one, the oldest merge first"
    )
    same_phone: list[Ulid] = Field(
        description="other clients with the same phone number, who may be the same person"
    )


class MergeBody(RequestBody):
    """The other client to merge."""

    client_id: Ulid


class ClientQuery(PageQuery):
    """Which clients to list."""

    phone: Phone | None = Field(default=None, description="exactly this number, in any notation")
    q: SearchText | None = Field(
        default=None,
        description="text in the name, username, phone number, e-mail address or own fields."
        " A page searches a limited number of clients: it may be empty; continue with `next`",
    )


class NewClient(RequestBody):
    """A client who has not written yet."""

    name: Line
    phone: Phone | None = Field(default=None, description="it is stored as `+` and digits")
    email: EmailAddress | None = None
    avatar_url: PictureUrl | None = Field(default=None, description="the address of a picture")
    channel_id: Ulid | None = Field(
        default=None, description="a WhatsApp channel on which `phone` is reached; null: no contact"
    )


class ClientChanges(RequestBody):
    """Changes of a client; omitted fields stay as they are."""

    name: Line | None = Field(
        default=None,
        description="name that staff gives the client; the provider's name does not replace it",
    )
    phone: Phone | None = Field(
        default=None,
        description="the client's phone number; it is stored as `+` and digits; null: delete it",
    )
    email: EmailAddress | None = Field(default=None, description="null: delete it")
    avatar_url: PictureUrl | None = Field(
        default=None, description="the address of a picture; null: delete it"
    )
    language: Literal["en", "id"] | None = Field(
        default=None,
        description="in which we write to the client; null: in that of their app or the channel",
    )
    note: _NoteText | None = Field(
        default=None, description="what staff notes about the client, for itself; null: delete it"
    )
    fields: list[ClientField] | None = Field(
        default=None,
        max_length=MAX_FIELDS,
        description="fields of staff's own, instead of those before, in this order; a name may be"
        " there twice; null: delete them",
    )
