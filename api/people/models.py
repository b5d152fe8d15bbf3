"""Schemas of users and agents."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.schemas.base import (
    Line,
    Phone,
    PictureUrl,
    RequestBody,
    ResponseModel,
    SearchText,
    Text,
    Ulid,
)
from api.schemas.opening_hours import OpeningHours
from api.schemas.pagination import PageQuery
from db.tables import AgentKind, AgentLevel, AgentStatus, Role, StatusCause

Email = Annotated[str, Field(min_length=3, max_length=190, examples=["mia@example.com"])]
Name = Annotated[Line, Field(max_length=120)]
Capacity = Annotated[
    int, Field(ge=0, le=1000, description="maximum number of sessions assigned at once")
]
MAX_CHANNELS = 200
_HOURS_HELP = (
    "goes online when these begin and offline when they end; another choice holds until then; null:"
    " no working hours"
)
_PICTURE_HELP = "the address of a picture; null: delete it"


class UserOut(ResponseModel):
    """A user who can log in."""

    id: Ulid
    agent_id: Ulid = Field(description="the user's agent, who holds sessions")
    name: str
    email: str
    role: Role
    is_active: bool
    status: AgentStatus
    active_sessions: int
    telegram_linked: bool
    has_published_password: bool = Field(
        description="true: the published demo password is still set; change it"
    )
    second_factor_on: bool
    second_factor_required: bool
    avatar_url: str | None
    created_at: datetime
    updated_at: datetime


class UserQuery(PageQuery):
    """Which users to list."""

    role: Role | None = None
    is_active: bool | None = None
    q: SearchText | None = Field(default=None, description="text in the name or the e-mail address")


class NewUser(RequestBody):
    """A new user; create a link with which they choose a password."""

    name: Name
    email: Email
    role: Role = Role.CS


class UserChanges(RequestBody):
    """Changes of a user; omitted fields stay as they are."""

    name: Name | None = None
    email: Email | None = None
    role: Role | None = None
    is_active: bool | None = Field(
        default=None, description="false: the user is logged out at once and cannot log in"
    )
    second_factor_required: bool | None = None
    avatar_url: PictureUrl | None = Field(default=None, description=_PICTURE_HELP)


class ResetLink(ResponseModel):
    """A one-time link to choose a password; shown once."""

    token: str = Field(description="for POST /auth/reset")
    path: str = Field(description="path of the page that asks for the password, on this server")
    link: str | None = Field(description="full address of that page; null: PUBLIC_URL is not set")
    expires_at: datetime


class AgentOut(ResponseModel):
    """An agent, who can hold sessions."""

    id: Ulid
    kind: AgentKind
    name: str
    user_id: Ulid | None = Field(description="null: the agent is not a person")
    role: Role | None
    status: AgentStatus
    capacity: int
    active_sessions: int
    channel_ids: list[Ulid] = Field(
        description="channels that list this agent; all agents serve a channel that lists none"
    )
    telegram_linked: bool
    is_active: bool = Field(description="false: gets no sessions; a person's follows the user")
    level: AgentLevel
    description: str | None
    avatar_url: str | None = Field(description="a person without one has the user's")
    phone: str | None
    status_cause: StatusCause = Field(
        description="why the agent has this status: somebody's choice, the working hours, or"
        " silence while customers waited"
    )
    status_since: datetime | None
    last_seen_at: datetime | None = Field(
        description="when this person last wrote or did something, to the minute"
    )
    working_hours: OpeningHours | None = Field(description=_HOURS_HELP)
    created_at: datetime
    updated_at: datetime


class AgentQuery(PageQuery):
    """Which agents to list; `status=online` lists the agents who are online."""

    status: Annotated[list[AgentStatus], Field(max_length=len(AgentStatus))] = Field(
        default=[], description="may be given several times"
    )
    kind: AgentKind | None = None
    channel_id: Ulid | None = Field(default=None, description="only agents who serve this channel")


class AgentChanges(RequestBody):
    """Changes of an agent; omitted fields stay as they are."""

    status: AgentStatus | None = None
    capacity: Capacity | None = None
    channel_ids: Annotated[list[Ulid], Field(max_length=MAX_CHANNELS)] | None = Field(
        default=None, description="channels that list this agent; empty: none"
    )
    is_active: bool | None = Field(
        default=None,
        description="only of an AI agent; false: its sessions go to others. Of a person: change the"
        " user",
    )
    level: AgentLevel | None = None
    description: Text | None = Field(default=None, description="null: delete it")
    avatar_url: PictureUrl | None = Field(default=None, description=_PICTURE_HELP)
    working_hours: OpeningHours | None = Field(
        default=None, description=f"only of a person; {_HOURS_HELP}"
    )
    phone: Phone | None = Field(
        default=None, description="it is stored as `+` and digits; null: delete it"
    )


class LinkCode(ResponseModel):
    """A code that links one Telegram account; works once."""

    code: str
    command: str = Field(description="send this to the bot in a private chat")
    link: str | None = Field(
        description="opens the bot and sends the command; null: the bot's username is unknown"
    )
    expires_at: datetime
