"""Error messages for the operator: what went wrong and what to do, in one line."""

import os
import traceback

from desk.formatting.masking import mask_secrets
from scripts.configuration.settings import SettingsError

_BAD_SETTINGS = 2
_FAILED = 1
# MySQL's error numbers as pymysql reports them, with advice for the operator.
_DISK_FULL = "the disk of the database server is full; free some space there"
_MYSQL = {
    3: _DISK_FULL,
    1021: _DISK_FULL,
    1026: _DISK_FULL,
    1044: "the database user has no access to this database; GRANT ALL ON database.* TO that user",
    1045: "the database rejects the user or the password in {address}",
    1049: "there is no such database; CREATE DATABASE name CHARACTER SET utf8mb4, or correct "
    "{address}",
    1114: _DISK_FULL,
    1142: "the database user lacks a privilege; GRANT ALL ON database.* TO that user",
    1146: "tables are missing; run: osmodesk db migrate",
    1698: "the database rejects the user in {address}: that user can log in by socket only",
    2003: "no database answers at the host and port of {address}; start it, or correct them",
    2006: "the database closed the connection",
    2013: "the connection to the database was lost",
    2026: "the database requires another kind of TLS connection",
}
_SQLITE = {
    "no such table": "tables are missing; run: osmodesk db migrate",
    "unable to open database file": "the SQLite file in DATABASE_URL cannot be opened; check that "
    "its folder exists and is writable",
    "readonly database": "the SQLite file is read-only; check its owner and permissions",
    "database is locked": "another process uses the SQLite file; stop it, or try again",
    "file is not a database": "the file in DATABASE_URL is not an SQLite database",
    "database disk image is malformed": "the SQLite file is damaged; restore a backup",
    "database or disk is full": "the disk is full",
}


def explain(error: BaseException, *, address: str = "DATABASE_URL") -> str:
    """Return what went wrong, one line for each error, with secrets masked.

    `address`: where the operator entered the address of the MySQL server.
    """
    if os.environ.get("LOG_LEVEL", "").upper() == "DEBUG":
        return mask_secrets("".join(traceback.format_exception(error)))
    leaf = _find_first_cause(error)
    if isinstance(leaf, SettingsError):
        return str(leaf)
    return mask_secrets(_explain_database_error(leaf, address) or _format_plain_error(leaf))


def get_exit_code(error: BaseException) -> int:
    """Return 2 for wrong settings, 1 for everything else."""
    return _BAD_SETTINGS if isinstance(_find_first_cause(error), SettingsError) else _FAILED


def _find_first_cause(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _explain_database_error(error: BaseException, address: str) -> str | None:
    # SQLAlchemy wraps the driver's error; its own text contains the statement, which helps no
    # operator.
    original = getattr(error, "orig", None) or error
    reason: object = next(iter(getattr(original, "args", ())), None)
    if isinstance(reason, int) and type(original).__module__.startswith("pymysql"):
        if (meaning := _MYSQL.get(reason)) is not None:
            return meaning.format(address=address)
        return f"the database says: {original.args[-1]} ({reason})"
    for part, known in _SQLITE.items():
        if part in str(reason) and "sqlite" in type(original).__module__:
            return known
    return f"the database says: {reason}" if original is not error else None


def _format_plain_error(error: BaseException) -> str:
    text = " ".join(str(error).split())
    if type(error).__module__.partition(".")[0] in {"scripts", "desk", "db"} and text:
        return text
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    hint = "LOG_LEVEL=DEBUG shows where"
    return f"unexpected {type(error).__name__}: {text} ({hint})"
