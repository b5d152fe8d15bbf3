"""Helpers that all tables share: names of constraints, ids, times, secrets."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import new_id
from db.types import Ulid, UtcDateTime

# Rows are written by our own statements: a model that is to validate something is built then.
SQLModel.model_config["defer_build"] = True
metadata: sa.MetaData = SQLModel.metadata
# A later migration can drop a named constraint on every engine.
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


# Marks a column whose values are encrypted with SECRET_KEY.
ENCRYPTED = "encrypted"


class SecretKind(StrEnum):
    """What is encrypted with SECRET_KEY; each kind has a key of its own, derived from it."""

    CHANNEL_CREDENTIALS = "channel credentials"
    WEBHOOK_SECRET = "webhook secrets"  # noqa: S105 a name, no password
    SECOND_FACTOR = "second factors"


def now_utc() -> datetime:
    """Return the current time in UTC, aware."""
    return datetime.now(UTC)


def primary_ulid() -> Any:
    """Declare a table's own id; the program makes it before the row is written."""
    return Field(default_factory=new_id, sa_type=Ulid, primary_key=True)


def reference(target: Any, *, nullable: bool = False, **column: Any) -> Any:
    """Declare a reference to another table's ULID; the referenced row cannot be deleted."""
    default: dict[str, Any] = {"default": None} if nullable else {}
    return Field(sa_type=Ulid, foreign_key=target, nullable=nullable, **default, **column)


def last_change() -> Any:
    """Declare the time of the row's last change, which our inserts and updates set by themselves.

    An upsert must set it: SQLAlchemy does not there.
    """
    return timestamp(sa_column_kwargs={"onupdate": now_utc})


def timestamp(*, nullable: bool = False, **column: Any) -> Any:
    """Declare a UTC time; unless nullable, it defaults to the current time."""
    default: dict[str, Any] = {"default": None} if nullable else {"default_factory": now_utc}
    return Field(sa_type=UtcDateTime, nullable=nullable, **default, **column)


def encrypted(kind: SecretKind, sa_type: Any, *, nullable: bool = False) -> Any:
    """Declare a text that is encrypted with SECRET_KEY; `db reseal` encrypts it with a new key."""
    default: dict[str, Any] = {"default": None} if nullable else {}
    info = {"info": {ENCRYPTED: kind}}
    return Field(sa_type=sa_type, nullable=nullable, sa_column_kwargs=info, **default)
