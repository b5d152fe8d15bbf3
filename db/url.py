"""Parse DATABASE_URL."""

import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

_FORMS = "sqlite+aiosqlite:///osmodesk.db or mysql://user:pass@host:3306/db"
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "mysql": "mysql+aiomysql",
    "mariadb": "mysql+aiomysql",
}
_OURS = ("connection_limit", "pool_timeout")
_PARAMETERS = {
    "sqlite": (*_OURS, "timeout"),
    "mysql": (
        *_OURS,
        "charset",
        "unix_socket",
        "ssl_ca",
        "ssl_capath",
        "ssl_cert",
        "ssl_key",
        "ssl_cipher",
        "ssl_check_hostname",
    ),
}
# A name, an IPv4 address, or an IPv6 address without its brackets.
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+(%\w+)?", re.ASCII)
_HIGHEST_PORT = 65535
# Larger numbers of connections and seconds are taken for typing errors.
_MAX_CONNECTIONS = 1000
_MAX_SECONDS = 3600


class DatabaseUrlError(ValueError):
    """DATABASE_URL cannot be used.

    The message says what it should look like and repeats no value; `fault` says only what is wrong.
    """

    def __init__(self, fault: str, *, shows_forms: bool = False) -> None:
        self.fault = fault
        super().__init__(f"{fault}; it looks like {_FORMS}" if shows_forms else fault)


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """The database's address, and how many connections one process may open."""

    url: URL
    connection_limit: int = 10
    pool_timeout: int = 20

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def sqlite_file(self) -> Path | None:
        """The file of an SQLite database; None for a server, and for a database in memory."""
        name = self.url.database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    def __str__(self) -> str:
        return self.url.render_as_string(hide_password=True)


def parse_database_url(text: str) -> DatabaseUrl:
    """Parse DATABASE_URL, also with `?connection_limit=10&pool_timeout=20`.

    Raises DatabaseUrlError; its one line says what is wrong.
    """
    url = _parse_url(text.strip())
    backend = url.get_backend_name()
    if backend not in _DRIVERS:
        raise DatabaseUrlError(f"has the unsupported scheme {backend!r}", shows_forms=True)
    if backend != "sqlite":
        _check_server(text, url)
    limit = _read_whole_number(url, "connection_limit", default=10, most=_MAX_CONNECTIONS)
    timeout = _read_whole_number(url, "pool_timeout", default=20, most=_MAX_SECONDS)
    _check_parameters(url, _PARAMETERS["sqlite" if backend == "sqlite" else "mysql"])
    url = url.set(drivername=_DRIVERS[backend]).difference_update_query(_OURS)
    if backend != "sqlite" and "charset" not in url.query:
        url = url.update_query_dict({"charset": "utf8mb4"})
    return DatabaseUrl(url, limit, timeout)


def _parse_url(text: str) -> URL:
    try:
        return make_url(text)
    except ArgumentError:
        raise DatabaseUrlError("is not a database address", shows_forms=True) from None
    except ValueError:
        # If the bracket of an IPv6 host is not closed, the rest is read as the port.
        raise DatabaseUrlError("has a port that is not a number", shows_forms=True) from None


def _check_server(text: str, url: URL) -> None:
    # The text after the first @ would be read as the host and shown: a part of the password.
    if text.count("@") > 1:
        raise DatabaseUrlError("has an @ in its user or password; write it as %40")
    if not (url.host and url.database):
        raise DatabaseUrlError("has no host or no database name", shows_forms=True)
    if not _HOST.fullmatch(url.host):
        raise DatabaseUrlError("has an invalid host", shows_forms=True)
    if url.port is not None and not 1 <= url.port <= _HIGHEST_PORT:
        raise DatabaseUrlError(f"has a port outside 1 to {_HIGHEST_PORT}")


def _check_parameters(url: URL, known: tuple[str, ...]) -> None:
    # The driver would fail with an error of its own, and only when it connects.
    for name in url.query:
        if name not in known:
            shown = name if name.isidentifier() else "…"
            raise DatabaseUrlError(
                f"has a parameter that is not known here, {shown}; known are {', '.join(known)}"
            )


def _read_whole_number(url: URL, name: str, *, default: int, most: int) -> int:
    value = url.query.get(name)
    if value is None:
        return default
    text = value if isinstance(value, str) else value[-1]
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise DatabaseUrlError(f"has a {name} that is not a whole number from 1 to {most}")
    return int(text)
