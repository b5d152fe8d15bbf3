"""Log-ins and their refresh tokens, second factors, one-time codes."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import LogInId, UserId
from db.tables.base import SecretKind, encrypted, primary_ulid, reference, timestamp
from db.types import Key, Ulid


class LogIn(SQLModel, table=True):
    """One log-in on one device, until it ends: a family of refresh tokens."""

    __tablename__ = "log_ins"

    id: LogInId = primary_ulid()
    user_id: UserId = reference("users.id", index=True)
    created_at: datetime = timestamp()
    last_used_at: datetime = timestamp()
    # Fixed: use does not extend it.
    expires_at: datetime = timestamp(index=True)
    ended_at: datetime | None = timestamp(nullable=True)
    end_reason: str | None = Field(default=None, sa_type=Key)
    address: str = Field(sa_type=Key)
    user_agent: str = Field(sa_type=sa.String(200))
    # A hash of the Mini App's data that began it; empty: a password did.
    init_data_digest: str | None = Field(default=None, sa_type=Key, unique=True)


class RefreshToken(SQLModel, table=True):
    """A refresh token: used once. If a used token comes again, its log-in ends."""

    __tablename__ = "refresh_tokens"

    id: str = primary_ulid()
    log_in_id: LogInId = reference("log_ins.id", index=True)
    token_hash: str = Field(sa_type=Key, unique=True)
    created_at: datetime = timestamp()
    expires_at: datetime = timestamp(index=True)
    used_at: datetime | None = timestamp(nullable=True)
    # A hash of the address and name of the client that used it.
    used_by: str | None = Field(default=None, sa_type=Key)


class SecondFactor(SQLModel, table=True):
    """A user's second factor (TOTP); a row without a secret only says that one is required."""

    __tablename__ = "second_factors"

    user_id: UserId = Field(sa_type=Ulid, foreign_key="users.id", primary_key=True)
    is_required: bool = False
    secret: str | None = encrypted(SecretKind.SECOND_FACTOR, sa.String(255), nullable=True)
    confirmed_at: datetime | None = timestamp(nullable=True)
    # The last 30-second step whose code was used: a code works only once.
    last_step: int | None = Field(default=None, sa_type=sa.BigInteger)


class RecoveryCode(SQLModel, table=True):
    """A code that replaces a lost second factor once."""

    __tablename__ = "recovery_codes"

    id: str = primary_ulid()
    user_id: UserId = reference("users.id", index=True)
    code_hash: str = Field(sa_type=Key, unique=True)
    used_at: datetime | None = timestamp(nullable=True)


class PasswordReset(SQLModel, table=True):
    """A link with which its user sets a new password, once."""

    __tablename__ = "password_resets"

    id: str = primary_ulid()
    user_id: UserId = reference("users.id", unique=True)
    token_hash: str = Field(sa_type=Key, unique=True)
    expires_at: datetime = timestamp(index=True)
