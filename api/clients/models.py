"""What is said about clients, and asked of them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.models import Body, Line, Reply, Ulid, Words
from api.paging import PageQuery

Phone = Annotated[
    str, Field(pattern=r"^\+?[0-9][0-9 ()./-]{2,30}$", max_length=32, examples=["+62 811 234 567"])
]


class ClientOut(Reply):
    """A person who writes to us."""

    id: Ulid
    name: str
    username: str | None
    telegram_id: str | None
    phone: str | None
    language: str | None
    is_blocked: bool
    created_at: datetime


class ContactOut(Reply):
    """A client's address on one channel."""

    channel_id: Ulid
    external_id: str = Field(description="the address, as the provider has it")
    unreachable: str | None = Field(description="why nothing reaches it at present")
    conversation_id: Ulid
    created_at: datetime


class ClientDetail(ClientOut):
    """A client with their addresses."""

    contacts: list[ContactOut]


class ClientQuery(PageQuery):
    """Which clients."""

    q: Words | None = Field(
        default=None,
        description="in name, username or phone number. One page looks through so many clients and"
        " no more: it may be empty, and `next` leads on",
    )


class ClientChanges(Body):
    """What to change about a client; what is left out stays."""

    name: Line | None = Field(
        default=None, description="what staff calls them; the provider's name does not replace it"
    )
    phone: Phone | None = Field(default=None, description="null: forget it")
