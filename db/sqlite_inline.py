"""Run SQLite calls on the event loop's thread, except where SQLite itself may wait.

aiosqlite runs every call (cursor, execute, fetch, close) in a thread. A statement needs four such
calls. Each thread switch takes longer than the statement, and up to 5 ms while the event loop is
busy. Our statements are short, so they run where they are. Calls that may wait (BEGIN for another
process, COMMIT for the disk) still go to the thread. See docs/adr/0008-sqlite-one-connection.md.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import URL

from db.sqlite_files import make_private

T = TypeVar("T")

_BLOCKING_STATEMENTS = (
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "PRAGMA",
    "VACUUM",
    "CREATE",
    "ALTER",
    "DROP",
)
_BLOCKING_CALLS = {"commit", "rollback", "close", "backup"}
_ROWS_AT_ONCE = 64


class InlineConnection(aiosqlite.Connection):
    """An aiosqlite connection whose short calls stay on the event loop's thread."""

    async def _execute(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        if not self._running or not self._connection:
            # as in aiosqlite: SQLAlchemy checks for this text
            raise ValueError("Connection closed")
        # The pool rolls back each connection that is returned, even after a commit.
        if _may_block(fn, args) and not (
            fn.__name__ == "rollback" and not self._connection.in_transaction
        ):
            result: T = await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
            return result
        return fn(*args, **kwargs)


def build_inline_connector(
    url: URL, statements: Sequence[str]
) -> Callable[[], Awaitable[InlineConnection]]:
    """Return a function that opens connections to this database file and runs `statements`."""
    (database,), options = SQLiteDialect_aiosqlite().create_connect_args(url)
    # The thread opens the file; the event loop's thread uses it too, but never both at once.
    # Without isolation level: the driver's own BEGIN comes too late and is deferred.
    options = {**options, "check_same_thread": False, "isolation_level": None}

    def open_file() -> sqlite3.Connection:
        if not options.get("uri"):
            make_private(database)
        opened: sqlite3.Connection = sqlite3.connect(database, **options)
        return opened

    async def connect() -> InlineConnection:
        connection = InlineConnection(open_file, _ROWS_AT_ONCE)
        await _open(connection)
        try:
            for statement in statements:
                await connection.execute_fetchall(statement)
        except BaseException:
            await connection.close()
            raise
        return connection

    return connect


async def _open(connection: InlineConnection) -> None:
    """Open a connection; if that fails, wait until its thread has ended."""
    # A daemon thread: a process that ends with an error must not hang on an open connection.
    connection._thread.daemon = True  # noqa: SLF001 as SQLAlchemy itself does
    try:
        await connection
    except sqlite3.Error:
        # aiosqlite only asks its thread to end. If the event loop closed first, the thread would
        # print a traceback after the program's own message.
        connection._thread.join()  # noqa: SLF001 there is no public way to wait
        raise


def _may_block(fn: Callable[..., Any], args: tuple[Any, ...]) -> bool:
    """Check whether a call may have to wait for another process or for the disk."""
    if not isinstance(getattr(fn, "__self__", None), sqlite3.Cursor):
        return fn.__name__ in _BLOCKING_CALLS
    statement = args[0] if args and isinstance(args[0], str) else ""
    return statement.lstrip()[:8].upper().startswith(_BLOCKING_STATEMENTS)
