"""Column types that work the same on SQLite and on MySQL / MariaDB."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

# ASCII with binary collation: ids compare byte by byte and take 26 bytes in an index, not 104.
# VARCHAR: MariaDB refuses a CHAR in an indexed generated column (its padding depends on sql_mode).
Ulid = sa.String(26).with_variant(
    mysql.VARCHAR(26, charset="ascii", collation="ascii_bin"), "mysql", "mariadb"
)
# Lanes, rate-limit keys and providers' ids: compared byte by byte, never by language.
Key = sa.String(191).with_variant(
    mysql.VARCHAR(191, charset="ascii", collation="ascii_bin"), "mysql", "mariadb"
)
QueueId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LongText = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
Json = sa.JSON(none_as_null=True)
_ENUM_LENGTH = 24


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware UTC time with microseconds. A naive time is refused."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in {"mysql", "mariadb"}:
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(sa.DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a time zone cannot be stored: {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def short_enum(kind: type[StrEnum]) -> sa.Enum:
    """Build the column type of an enum: a short string with a check constraint."""

    def values(members: type[StrEnum]) -> Sequence[str]:
        return [member.value for member in members]

    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=_ENUM_LENGTH,
        values_callable=values,
        name=kind.__name__.lower(),
    )


def checked_string(name: str, *values: str) -> sa.Enum:
    """Build the same column type for a migration, which lists the values of its day."""
    return sa.Enum(
        *values, native_enum=False, create_constraint=True, length=_ENUM_LENGTH, name=name
    )
