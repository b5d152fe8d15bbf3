"""Schemas for log-in and for one's own account."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.base import Line, RequestBody, ResponseModel, Ulid
from db.tables import AgentStatus, Role
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
    str, Field(min_length=1, max_length=40, description="from the phone, or a recovery code")
]


class LogInBody(RequestBody):
    """Who wants in."""

    email: Annotated[str, Field(min_length=1, max_length=190)]
    password: Password
    code: Code | None = Field(
        default=None, description="of the second factor, once it is asked for"
    )


class Tokens(ResponseModel):
    """What lets a client in: keep both to yourself."""

    access_token: str = Field(description="for `Authorization: Bearer`")
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 its kind, not the token
    expires_in: int = Field(description="seconds that the access token is good for")
    refresh_token: str = Field(description="good once, for the next pair")
    refresh_expires_at: datetime = Field(description="unless it is used before")


class RefreshBody(RequestBody):
    """What the pair before gave."""

    refresh_token: Token


class Me(ResponseModel):
    """Whoever is logged in."""

    id: Ulid
    agent_id: Ulid = Field(description="who they are where sessions are held")
    name: str
    email: str
    role: Role
    status: AgentStatus
    capacity: int = Field(description="how many sessions are given to them at most")
    active_sessions: int
    telegram_linked: bool
    must_enrol_second_factor: bool = Field(
        description="an administrator wants it before anything else"
    )


class MeChanges(RequestBody):
    """What to change about oneself; what is left out stays."""

    name: Line | None = None
    status: AgentStatus | None = Field(default=None, description="online: sessions are given to me")
    password: NewPassword | None = Field(
        default=None, description="a new one; ends every log-in of mine"
    )
    current_password: Password | None = Field(default=None, description="needed with a new one")


class LogInOut(ResponseModel):
    """One log-in on one device."""

    id: Ulid
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    address: str
    user_agent: str
    is_current: bool = Field(description="the one that asks")


class LogInsOut(ResponseModel):
    """Where one is logged in, the last used first."""

    items: list[LogInOut]


class PasswordBody(RequestBody):
    """Proves that it is still the same person."""

    password: Password


class SecondFactorOut(ResponseModel):
    """How it stands with the second factor."""

    is_on: bool
    is_required: bool = Field(description="by an administrator")
    recovery_codes: int = Field(description="how many are left")


class EnrolmentOut(ResponseModel):
    """What to put into an authenticator app; shown once."""

    secret: str
    uri: str = Field(description="otpauth://…, to be shown as a QR code")


class CodeBody(RequestBody):
    """A code from the phone."""

    code: Code


class RecoveryCodesOut(ResponseModel):
    """Recovery codes, each good once; shown once."""

    recovery_codes: list[str]


class BothFactorsBody(RequestBody):
    """Proves with both factors that it is still the same person."""

    password: Password
    code: Code


class PasswordResetBody(RequestBody):
    """What the one-time link holds, and the password that is to be."""

    token: Token
    password: NewPassword
