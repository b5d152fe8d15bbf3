"""Tells errors that one row brings upon itself from errors that mean: the database is away."""

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnection

# What the database, or the way to it, raises.
DATABASE_ERRORS = (DBAPIError, NoConnection)
# Values that MySQL / MariaDB refuse without calling it a data error: characters that a column's
# character set lacks (1267, 1366), a check constraint (3819, 4025).
_REFUSED_VALUE_CODES = {1267, 1366, 3819, 4025}


def is_transient(error: BaseException) -> bool:
    """Tell whether trying the same again later may help: nothing is wrong with what was written."""
    return isinstance(error, DATABASE_ERRORS) and not _is_refused_value(error)


def describe_error(error: BaseException) -> str:
    """Say what the driver said; SQLAlchemy's own text holds the values, customers' words too."""
    return str(getattr(error, "orig", error))


def _is_refused_value(error: BaseException) -> bool:
    if isinstance(error, DataError | IntegrityError):
        return True
    reason: object = next(iter(getattr(getattr(error, "orig", None), "args", ())), None)
    return reason in _REFUSED_VALUE_CODES
