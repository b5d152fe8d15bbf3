"""Schemas for log-in and for one's own account."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.base import Line, RequestBody, ResponseModel, Ulid
from db.tables import AgentStatus, Role
from desk.accounts.init_data import MAX_LENGTH
from desk.accounts.passwords import MIN_LENGTH

# Longer than any valid password; the real limit is checked when a new one is chosen.
Password = Annotated[
    str, Field(min_length=1, max_length=1000, json_schema_extra={"format": "password"})
]
# desk/ checks the rules for new passwords; the schema can only state the minimum length.
NewPassword = Annotated[
    Password, Field(json_schema_extra={"format": "password", "minLength": MIN_LENGTH})
]
Token = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[
    str,
    Field(
        min_length=1,
        max_length=40,
        description="code from the authenticator app, or a recovery code",
    ),
]


class LogInBody(RequestBody):
    """E-mail address, password and code of a user who logs in."""

    email: Annotated[str, Field(min_length=1, max_length=190)]
    password: Password
    code: Code | None = Field(default=None, description="required if a second factor is set up")


class TelegramLogInBody(RequestBody):
    """What Telegram opens a Mini App with, as it is."""

    init_data: Annotated[str, Field(min_length=1, max_length=MAX_LENGTH)] = Field(
        description="`Telegram.WebApp.initData`: a query string"
    )
    code: Code | None = Field(default=None, description="required if a second factor is set up")


class Tokens(ResponseModel):
    """A pair of tokens; keep both secret."""

    access_token: str = Field(description="send it as `Authorization: Bearer`")
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 its kind, not the token
    expires_in: int = Field(description="lifetime of the access token in seconds")
    refresh_token: str = Field(description="works once, to get the next pair of tokens")
    refresh_expires_at: datetime = Field(description="when the refresh token expires")


class BrowserTokens(ResponseModel):
    """The access token of a page; the refresh token is in a cookie that no script can read."""

    access_token: str = Field(description="send it as `Authorization: Bearer`")
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 its kind, not the token
    expires_in: int = Field(description="lifetime of the access token in seconds")
    refresh_expires_at: datetime = Field(description="when the cookie expires")
    user_id: Ulid = Field(
        description="whose log-in it is: another page may have changed the cookie"
    )


class EmptyBody(RequestBody):
    """An empty object: only JSON is accepted, because no form of another site can send it."""


class RefreshBody(RequestBody):
    """The refresh token of the previous pair."""

    refresh_token: Token


class Me(ResponseModel):
    """The user who is logged in."""

    id: Ulid
    agent_id: Ulid = Field(description="the user's agent, who holds sessions")
    name: str
    email: str
    role: Role
    status: AgentStatus
    capacity: int = Field(description="maximum number of sessions assigned at once")
    active_sessions: int
    telegram_linked: bool
    must_enrol_second_factor: bool = Field(
        description="an administrator requires it before any other action"
    )


class MeChanges(RequestBody):
    """Changes of my account; omitted fields stay as they are."""

    name: Line | None = None
    status: AgentStatus | None = Field(default=None, description="online: I get sessions assigned")
    password: NewPassword | None = Field(
        default=None, description="new password; it ends all my log-ins"
    )
    current_password: Password | None = Field(
        default=None, description="required with a new password"
    )


class LogInOut(ResponseModel):
    """One log-in on one device."""

    id: Ulid
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    address: str
    user_agent: str
    is_current: bool = Field(description="true for the log-in of this request")


class LogInsOut(ResponseModel):
    """My log-ins, the last used first."""

    items: list[LogInOut]


class PasswordBody(RequestBody):
    """The password, to confirm a sensitive action."""

    password: Password


class SecondFactorOut(ResponseModel):
    """The status of the second factor."""

    is_on: bool
    is_required: bool = Field(description="an administrator requires it")
    recovery_codes: int = Field(description="number of unused recovery codes")


class EnrolmentOut(ResponseModel):
    """The secret for an authenticator app; shown once."""

    secret: str
    uri: str = Field(description="otpauth://…; show it as a QR code")


class CodeBody(RequestBody):
    """A code from the authenticator app."""

    code: Code


class RecoveryCodesOut(ResponseModel):
    """Recovery codes; each works once, and they are shown once."""

    recovery_codes: list[str]


class BothFactorsBody(RequestBody):
    """Password and code, to confirm a sensitive action."""

    password: Password
    code: Code


class PasswordResetBody(RequestBody):
    """The token of a one-time link, and the new password."""

    token: Token
    password: NewPassword
