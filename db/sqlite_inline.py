"""Run SQLite calls on the event loop's thread, except where SQLite itself may wait.

aiosqlite runs every call (cursor, execute, fetch, close) in a thread. A statement needs four such
calls. Each thread switch takes longer than the statement, and up to 5 ms while the event loop is
busy. Our statements are short, so they run where they are. Calls that wait still go to the thread:
BEGIN while another process writes, and what waits for the disk. See
docs/adr/0008-sqlite-one-connection.md.
"""

import contextlib
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import URL

from db.sqlite_files import make_private
from db.sqlite_log import DiskLog

T = TypeVar("T")

# Every transaction begins so, with the lock of the writer.
BEGIN = "BEGIN IMMEDIATE"
# How long a statement waits for another process, in milliseconds.
BUSY_TIMEOUT = 5000
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
# aiosqlite's own, of a connection, that takes a statement.
_EXECUTE_AND_FETCH = aiosqlite.Connection._execute_fetchall.__name__  # noqa: SLF001 it has no public name
_ROWS_AT_ONCE = 64
# After so many changed rows the log's pages are written into the database, as SQLite does by itself
# after 1,000 pages.
_CHECKPOINT_ROWS = 500
# COMMIT writes to the system's memory, and SQLite writes no pages of the log by itself.
_WITH_LOG = ("PRAGMA synchronous=NORMAL", "PRAGMA wal_autocheckpoint=0")


class InlineConnection(aiosqlite.Connection):
    """An aiosqlite connection whose short calls stay on the event loop's thread."""

    # Waits for the disk after the COMMIT; None: SQLite does so within it.
    log: DiskLog | None = None
    # At the begin of the transaction; without a change its COMMIT does not touch the disk.
    _changes_before = 0
    # At the last checkpoint.
    _changes_in_file = 0

    async def _execute(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        if not self._running or not self._connection:
            # as in aiosqlite: SQLAlchemy checks for this text
            raise ValueError("Connection closed")
        if args[:1] == (BEGIN,):
            self._changes_before = self._connection.total_changes
            with contextlib.suppress(sqlite3.OperationalError), _without_waiting(self._connection):
                return fn(*args, **kwargs)
        if _may_block(fn, args) and not self._is_instant(fn, self._connection):
            if self.log is not None and fn.__name__ == "commit":
                return await self._commit(fn, self.log)
            result: T = await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
            return result
        return fn(*args, **kwargs)

    async def _commit(self, commit: Callable[..., T], log: DiskLog) -> T:
        """Commit here, which writes to memory only; then write the log's pages if there are many.

        The next transaction begins when both are done.
        """
        result = commit()
        log.count_commit()
        changes = self._conn.total_changes
        if changes - self._changes_in_file >= _CHECKPOINT_ROWS:
            self._changes_in_file = changes
            # As when SQLite does it by itself: what fails is tried again later.
            with contextlib.suppress(sqlite3.Error):
                await self.execute_fetchall("PRAGMA wal_checkpoint(PASSIVE)")
        return result

    def _is_instant(self, fn: Callable[..., object], connection: sqlite3.Connection) -> bool:
        """Check for the end of a transaction in which nothing is to be written or undone."""
        if fn.__name__ == "commit":
            return connection.total_changes == self._changes_before
        # The pool rolls back each connection that is returned, even after a commit.
        return fn.__name__ == "rollback" and not connection.in_transaction


def build_inline_connector(
    url: URL, statements: Sequence[str], disk_log: DiskLog | None
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
            if disk_log is not None:
                await _share_log(connection, disk_log)
        except BaseException:
            await connection.close()
            raise
        return connection

    return connect


async def _share_log(connection: InlineConnection, log: DiskLog) -> None:
    """Let `log` wait for the disk, if the connection has a log: not every file system allows it."""
    # Reading creates the log.
    await connection.execute_fetchall("SELECT COUNT(*) FROM sqlite_master")
    [(mode,)] = await connection.execute_fetchall("PRAGMA journal_mode")
    [(_, _, file), *_] = await connection.execute_fetchall("PRAGMA database_list")
    if mode != "wal":
        return
    log.follow(Path(f"{file}-wal"))
    for statement in _WITH_LOG:
        await connection.execute_fetchall(statement)
    connection.log = log


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


@contextlib.contextmanager
def _without_waiting(connection: sqlite3.Connection) -> Iterator[None]:
    """Let statements fail at once, instead of waiting, while another process writes."""
    connection.execute("PRAGMA busy_timeout=0")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")


def _may_block(fn: Callable[..., Any], args: tuple[Any, ...]) -> bool:
    """Check whether a call may have to wait for another process or for the disk."""
    is_cursors = isinstance(getattr(fn, "__self__", None), sqlite3.Cursor)
    if not is_cursors and fn.__name__ != _EXECUTE_AND_FETCH:
        return fn.__name__ in _BLOCKING_CALLS
    statement = args[0] if args and isinstance(args[0], str) else ""
    return statement.lstrip()[:8].upper().startswith(_BLOCKING_STATEMENTS)
