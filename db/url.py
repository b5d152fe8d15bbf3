"""DATABASE_URL: the forms that we take, and what they mean to SQLAlchemy."""

from dataclasses import dataclass

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

_FORMS = "sqlite+aiosqlite:///osmodesk.db or mysql://user:pass@host:3306/db"
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "mysql": "mysql+aiomysql",
    "mariadb": "mysql+aiomysql",
}
# The largest number of connections and seconds that are not a slip of the keyboard.
_MOST_CONNECTIONS = 1000
_MOST_SECONDS = 3600


class DatabaseUrlError(ValueError):
    """DATABASE_URL cannot be used; the text says what it should look like."""


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """Where the database is, and how many connections one process may hold to it."""

    url: URL
    connection_limit: int = 10
    pool_timeout: int = 20

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    def __str__(self) -> str:
        return self.url.render_as_string(hide_password=True)


def parse_database_url(text: str) -> DatabaseUrl:
    """Read DATABASE_URL, `mysql://…?connection_limit=10&pool_timeout=20` included.

    Raises DatabaseUrlError with one line that says what is wrong.
    """
    try:
        url = make_url(text.strip())
    except ArgumentError:
        raise DatabaseUrlError(f"is not a database address; it looks like {_FORMS}") from None
    backend = url.get_backend_name()
    if backend not in _DRIVERS:
        raise DatabaseUrlError(f"names {backend!r}; it looks like {_FORMS}")
    if backend != "sqlite" and not (url.host and url.database):
        raise DatabaseUrlError(f"lacks a host or a database name; it looks like {_FORMS}")
    limit = _whole_number(url, "connection_limit", default=10, most=_MOST_CONNECTIONS)
    timeout = _whole_number(url, "pool_timeout", default=20, most=_MOST_SECONDS)
    url = url.set(drivername=_DRIVERS[backend]).difference_update_query(
        ["connection_limit", "pool_timeout"]
    )
    if backend != "sqlite" and "charset" not in url.query:
        url = url.update_query_dict({"charset": "utf8mb4"})
    return DatabaseUrl(url, limit, timeout)


def _whole_number(url: URL, name: str, *, default: int, most: int) -> int:
    value = url.query.get(name)
    if value is None:
        return default
    text = value if isinstance(value, str) else value[-1]
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise DatabaseUrlError(f"has {name}={text!r}; it takes a whole number from 1 to {most}")
    return int(text)
