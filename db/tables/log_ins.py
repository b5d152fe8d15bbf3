"""What proves who somebody is: log-ins, their refresh tokens, second factors, one-time codes."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import LogInId, UserId
from db.tables.base import primary_ulid, reference, timestamp
from db.types import Key, Ulid


class LogIn(SQLModel, table=True):
    """One log-in on one device, from the password to its end: a family of refresh tokens."""

    __tablename__ = "log_ins"

    id: LogInId = primary_ulid()
    user_id: UserId = reference("users.id", index=True)
    created_at: datetime = timestamp()
    last_used_at: datetime = timestamp()
    # However much it is used.
    expires_at: datetime = timestamp(index=True)
    ended_at: datetime | None = timestamp(nullable=True)
    end_reason: str | None = Field(default=None, sa_type=Key)
    address: str = Field(sa_type=Key)
    user_agent: str = Field(sa_type=sa.String(200))


class RefreshToken(SQLModel, table=True):
    """One use of a log-in: rotated at each refresh, the log-in ended when an old one returns."""

    __tablename__ = "refresh_tokens"

    id: str = primary_ulid()
    log_in_id: LogInId = reference("log_ins.id", index=True)
    token_hash: str = Field(sa_type=Key, unique=True)
    created_at: datetime = timestamp()
    expires_at: datetime = timestamp(index=True)
    used_at: datetime | None = timestamp(nullable=True)
    # Who used it: a hash of the client's address and name.
    used_by: str | None = Field(default=None, sa_type=Key)


class SecondFactor(SQLModel, table=True):
    """A user's one-time passwords (TOTP); a row without a secret only says that they must be."""

    __tablename__ = "second_factors"

    user_id: UserId = Field(sa_type=Ulid, foreign_key="users.id", primary_key=True)
    is_required: bool = False
    # Sealed with SECRET_KEY.
    secret: str | None = Field(default=None, sa_type=sa.String(255))
    confirmed_at: datetime | None = timestamp(nullable=True)
    # The last 30 seconds whose code was used: no code is good twice.
    last_step: int | None = Field(default=None, sa_type=sa.BigInteger)


class RecoveryCode(SQLModel, table=True):
    """Lets somebody in once who lost their second factor."""

    __tablename__ = "recovery_codes"

    id: str = primary_ulid()
    user_id: UserId = reference("users.id", index=True)
    code_hash: str = Field(sa_type=Key, unique=True)
    used_at: datetime | None = timestamp(nullable=True)


class PasswordReset(SQLModel, table=True):
    """A link by which its user sets a new password, once."""

    __tablename__ = "password_resets"

    id: str = primary_ulid()
    user_id: UserId = reference("users.id", unique=True)
    token_hash: str = Field(sa_type=Key, unique=True)
    expires_at: datetime = timestamp(index=True)
