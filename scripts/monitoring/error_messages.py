"""Says in one line what went wrong and what to do about it, for whoever typed the command."""

import os
import traceback

from desk.formatting.masking import mask_secrets
from scripts.configuration.settings import SettingsError

_BAD_SETTINGS = 2
_FAILED = 1
# What pymysql calls them, and what follows for the operator.
_MYSQL = {
    1044: "the database user may not use this database; GRANT ALL ON database.* TO that user",
    1045: "the database refuses the user or the password in DATABASE_URL",
    1049: "there is no such database; CREATE DATABASE name CHARACTER SET utf8mb4, or correct "
    "DATABASE_URL",
    1142: "the database user lacks a right; GRANT ALL ON database.* TO that user",
    1146: "tables are missing; run: osmodesk db migrate",
    1698: "the database refuses the user in DATABASE_URL: it logs in by socket only",
    2003: "no database answers at the address in DATABASE_URL; is it started, and the port right?",
    2006: "the database closed the connection",
    2013: "the connection to the database was lost",
    2026: "the database asks for another kind of TLS connection",
}
_SQLITE = {
    "no such table": "tables are missing; run: osmodesk db migrate",
    "unable to open database file": "the SQLite file in DATABASE_URL cannot be opened; does its "
    "folder exist, and may we write to it?",
    "readonly database": "the SQLite file may not be written to; check its owner and rights",
    "database is locked": "another process holds the SQLite file; end it, or try again",
    "file is not a database": "the file in DATABASE_URL is no SQLite database",
    "database disk image is malformed": "the SQLite file is damaged; restore a backup",
    "database or disk is full": "the disk is full",
}


def explain(error: BaseException) -> str:
    """Tell what went wrong, a line for each fault, with no secret in it."""
    if os.environ.get("LOG_LEVEL", "").upper() == "DEBUG":
        return mask_secrets("".join(traceback.format_exception(error)))
    leaf = _find_first_cause(error)
    if isinstance(leaf, SettingsError):
        return str(leaf)
    return mask_secrets(_explain_database_error(leaf) or _format_plain_error(leaf))


def get_exit_code(error: BaseException) -> int:
    """Give 2 for settings that are wrong, 1 for everything else."""
    return _BAD_SETTINGS if isinstance(_find_first_cause(error), SettingsError) else _FAILED


def _find_first_cause(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _explain_database_error(error: BaseException) -> str | None:
    # SQLAlchemy wraps the driver's error; its own text holds the statement, which helps nobody.
    original = getattr(error, "orig", None) or error
    reason: object = next(iter(getattr(original, "args", ())), None)
    if isinstance(reason, int) and type(original).__module__.startswith("pymysql"):
        return _MYSQL.get(reason, f"the database says: {original.args[-1]} ({reason})")
    for part, meaning in _SQLITE.items():
        if part in str(reason) and "sqlite" in type(original).__module__:
            return meaning
    return f"the database says: {reason}" if original is not error else None


def _format_plain_error(error: BaseException) -> str:
    text = " ".join(str(error).split())
    if type(error).__module__.partition(".")[0] in {"scripts", "desk", "db"} and text:
        return text
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    hint = "LOG_LEVEL=DEBUG shows where"
    return f"unexpected {type(error).__name__}: {text} ({hint})"
