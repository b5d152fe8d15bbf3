"""Schemas of clients."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.schemas.base import Line, RequestBody, ResponseModel, SearchText, Ulid
from api.schemas.pagination import PageQuery

Phone = Annotated[
    str, Field(pattern=r"^\+?[0-9][0-9 ()./-]{2,30}$", max_length=32, examples=["+62 811 234 567"])
]


class ClientOut(ResponseModel):
    """A person who writes to us."""

    id: Ulid
    name: str
    username: str | None
    telegram_id: str | None
    phone: str | None
    language: str | None
    is_blocked: bool
    created_at: datetime


class ContactOut(ResponseModel):
    """A client's address on one channel."""

    channel_id: Ulid
    external_id: str = Field(description="the address, as the provider has it")
    alias: str | None = Field(description="another id of the provider's for the same address")
    unreachable: str | None = Field(description="why nothing reaches it at present")
    conversation_id: Ulid
    own_client_id: Ulid | None = Field(
        description="whose it is by itself, of those who were joined to this client; null: this one"
    )
    created_at: datetime


class MergeOut(ResponseModel):
    """A client who was merged into this one."""

    id: Ulid = Field(description="of the join, by which it is undone")
    client_id: Ulid = Field(description="who was joined; it leads to the kept one")
    name: str
    username: str | None
    phone: str | None
    by_name: str | None = Field(description="who said so")
    created_at: datetime


class ClientDetail(ClientOut):
    """A client with their contacts."""

    contacts: list[ContactOut]
    joins: list[MergeOut] = Field(description="who was joined to them, the oldest first")
    same_phone: list[Ulid] = Field(
        description="other clients with the same phone number, who may be the same person"
    )


class MergeBody(RequestBody):
    """The other client to merge."""

    client_id: Ulid


class ClientQuery(PageQuery):
    """Which clients to list."""

    phone: Phone | None = Field(
        default=None, description="exactly this number, however it is written"
    )
    q: SearchText | None = Field(
        default=None,
        description="in name, username or phone number. One page looks through so many clients and"
        " no more: it may be empty, and `next` leads on",
    )


class ClientChanges(RequestBody):
    """What to change about a client; what is left out stays."""

    name: Line | None = Field(
        default=None, description="what staff calls them; the provider's name does not replace it"
    )
    phone: Phone | None = Field(
        default=None,
        description="as you know it to be theirs: it is kept as `+` and digits; null: forget it",
    )
