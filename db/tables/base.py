"""Helpers that all tables share: names of constraints, ids, times, secrets."""

import inspect
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

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

T = TypeVar("T")

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


def _without_arguments(make: Callable[[], T]) -> Callable[[], T]:
    """Return a default factory that says itself that it takes no arguments.

    Pydantic asks for them for each new row. Where Python has to find out, that takes longer than to
    make the value: 3 µs for a function, 65 µs for `list`.
    """

    def make_default() -> T:
        return make()

    make_default.__signature__ = inspect.Signature()  # type: ignore[attr-defined]
    return make_default


_new_ulid = _without_arguments(new_id)
# Default factories of columns.
new_time = _without_arguments(now_utc)
new_list = _without_arguments(list[Any])
new_dict = _without_arguments(dict[str, Any])


def primary_ulid() -> Any:
    """Declare a table's own id; the program makes it before the row is written."""
    return Field(default_factory=_new_ulid, sa_type=Ulid, primary_key=True)


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
    default: dict[str, Any] = {"default": None} if nullable else {"default_factory": new_time}
    return Field(sa_type=UtcDateTime, nullable=nullable, **default, **column)


def encrypted(kind: SecretKind, sa_type: Any, *, nullable: bool = False) -> Any:
    """Declare a text that is encrypted with SECRET_KEY; `db reseal` encrypts it with a new key."""
    default: dict[str, Any] = {"default": None} if nullable else {}
    info = {"info": {ENCRYPTED: kind}}
    return Field(sa_type=sa_type, nullable=nullable, sa_column_kwargs=info, **default)
