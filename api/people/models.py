"""Schemas of users and agents."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.schemas.base import Line, RequestBody, ResponseModel, SearchText, Ulid
from api.schemas.pagination import PageQuery
from db.tables import AgentKind, AgentStatus, Role

Email = Annotated[str, Field(min_length=3, max_length=190, examples=["mia@example.com"])]
Name = Annotated[Line, Field(max_length=120)]
Capacity = Annotated[int, Field(ge=0, le=1000, description="sessions given to them at most")]
MAX_CHANNELS = 200


class UserOut(ResponseModel):
    """Somebody who logs in."""

    id: Ulid
    agent_id: Ulid = Field(description="who they are where sessions are held")
    name: str
    email: str
    role: Role
    is_active: bool
    status: AgentStatus
    active_sessions: int
    telegram_linked: bool
    has_published_password: bool = Field(description="the one of the demonstration: change it")
    second_factor_on: bool
    second_factor_required: bool
    created_at: datetime


class UserQuery(PageQuery):
    """Which users."""

    role: Role | None = None
    is_active: bool | None = None
    q: SearchText | None = Field(default=None, description="words in the name or the address")


class NewUser(RequestBody):
    """Somebody who shall log in; give them a link to choose a password."""

    name: Name
    email: Email
    role: Role = Role.CS


class UserChanges(RequestBody):
    """What to change about a user; what is left out stays."""

    name: Name | None = None
    email: Email | None = None
    role: Role | None = None
    is_active: bool | None = Field(default=None, description="false: out at once, and for good")
    second_factor_required: bool | None = None


class ResetLink(ResponseModel):
    """Shown once: whoever has it chooses the password, and the link is used up."""

    token: str = Field(description="for POST /auth/reset")
    path: str = Field(description="the page that asks for the password, on this server")
    link: str | None = Field(description="the same with PUBLIC_URL, where that is set")
    expires_at: datetime


class AgentOut(ResponseModel):
    """Whoever can hold sessions."""

    id: Ulid
    kind: AgentKind
    name: str
    user_id: Ulid | None = Field(description="null: no person")
    role: Role | None
    status: AgentStatus
    capacity: int
    active_sessions: int
    channel_ids: list[Ulid] = Field(
        description="channels that name them; a channel that names nobody is served by all"
    )
    telegram_linked: bool
    created_at: datetime


class AgentQuery(PageQuery):
    """Which agents; `status=online` is the list of who is online."""

    status: Annotated[list[AgentStatus], Field(max_length=len(AgentStatus))] = Field(
        default=[], description="may be repeated"
    )
    kind: AgentKind | None = None
    channel_id: Ulid | None = Field(default=None, description="who serves this channel")


class AgentChanges(RequestBody):
    """What to change about an agent; what is left out stays."""

    status: AgentStatus | None = None
    capacity: Capacity | None = None
    channel_ids: Annotated[list[Ulid], Field(max_length=MAX_CHANNELS)] | None = Field(
        default=None, description="the channels that name them; empty: none does"
    )


class LinkCode(ResponseModel):
    """Binds one Telegram account; good once."""

    code: str
    command: str = Field(description="to be sent to the bot in a private chat")
    link: str | None = Field(description="opens the bot and sends it, where its name is known")
    expires_at: datetime
