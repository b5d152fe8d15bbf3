"""Separate errors that one row causes from errors that mean: the database is unavailable."""

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnection

__all__ = [
    "DATABASE_ERRORS",
    "NoConnection",
    "describe_error",
    "is_away",
    "is_conflict",
    "is_refused",
    "is_transient",
]

# Errors that the database raises, or the connection to it.
DATABASE_ERRORS = (DBAPIError, NoConnection)
# The server cannot be reached, starts, stops, or has no free connection: waiting may help.
_AWAY_CODES = {1040, 1053, 1158, 1159, 1160, 1161, 1203, 1226, 1927, 2002, 2003, 2006, 2013}
# MySQL / MariaDB refuse some values without raising a data error: characters that a column's
# character set lacks (1267, 1366), a check constraint (3819, 4025).
_REFUSED_VALUE_CODES = {1267, 1366, 3819, 4025}


def is_transient(error: BaseException) -> bool:
    """Check whether a retry may help: the error is not caused by the values that were written."""
    return isinstance(error, DATABASE_ERRORS) and not is_refused(error)


def is_away(error: BaseException) -> bool:
    """Check whether the database may answer later: nothing about its address or user is wrong."""
    if isinstance(error, NoConnection):
        return True
    if not isinstance(error, DBAPIError):
        return False
    code = _get_code(error)
    return code in _AWAY_CODES or "database is locked" in str(code)


def is_conflict(error: BaseException) -> bool:
    """Check whether the values contradict other rows, which may be newer than what was read."""
    return isinstance(error, IntegrityError)


def describe_error(error: BaseException) -> str:
    """Return the driver's message, without values.

    SQLAlchemy's own text contains the values, also customers' words.
    """
    return str(getattr(error, "orig", error))


def is_refused(error: BaseException) -> bool:
    """Check whether the database refused the values: the same statement would fail again."""
    if isinstance(error, DataError | IntegrityError):
        return True
    return _get_code(error) in _REFUSED_VALUE_CODES


def _get_code(error: BaseException) -> object:
    """Return a server's error code; of SQLite, the message."""
    return next(iter(getattr(getattr(error, "orig", None), "args", ())), None)
