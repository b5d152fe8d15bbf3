"""Create engines: SQLite with one writer, MySQL / MariaDB with a pool at READ COMMITTED."""

import time
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import PoolResetState

from db.sqlite_inline import BEGIN, BUSY_TIMEOUT, build_inline_connector
from db.sqlite_log import DiskLog
from db.url import DatabaseUrl

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # FULL: what was acknowledged to the provider survives a power failure. With a DiskLog it
    # becomes NORMAL, and Database waits for the log.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT}",
    "PRAGMA temp_store=MEMORY",
    # What is deleted is overwritten: an erased customer's words are not left in the file.
    "PRAGMA secure_delete=ON",
)
# Strict mode: values that are too long must raise an error, even if the server is set to truncate.
_MYSQL_SESSION = (
    "SET time_zone='+00:00', innodb_lock_wait_timeout=10,"
    " sql_mode=CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')"
    # MariaDB only: a process that hangs in a transaction loses the transaction and its locks soon
    # after its leases. Our transactions are never idle for a second.
    " /*M!100300 , idle_transaction_timeout=5 */"
)

_RETURNED_AT = "returned_at"
# The server may have closed a connection that was idle this long, for example by a restart.
_IDLE_SECONDS = 1.0


def create_engine(
    address: DatabaseUrl, *, log_sql: bool = False, disk_log: DiskLog | None = None
) -> AsyncEngine:
    """Create a connection pool; no connection is opened before the first use.

    With `disk_log`, what was committed on SQLite is on the disk only when the log says so.
    """
    if address.is_sqlite:
        return _create_sqlite_engine(address, log_sql, disk_log)
    engine = create_async_engine(
        address.url,
        echo=log_sql,
        # Unexpected errors are logged in full, so parameters (password hashes, messages) must be
        # hidden.
        hide_parameters=not log_sql,
        isolation_level="READ COMMITTED",
        pool_size=address.connection_limit,
        max_overflow=0,
        pool_timeout=address.pool_timeout,
        pool_recycle=1800,
        pool_reset_on_return=None,
        connect_args={"init_command": _MYSQL_SESSION, "connect_timeout": 10},
    )
    # The pool would ping and roll back for every transaction: two extra round trips. These
    # listeners do both only where they are needed.
    event.listen(engine.sync_engine, "checkout", _ping_if_idle)
    event.listen(engine.sync_engine, "checkin", _record_checkin)
    event.listen(engine.sync_engine, "reset", _roll_back_open_transaction)
    return engine


def _ping_if_idle(connection: Any, record: Any, _proxy: Any) -> None:
    if time.monotonic() - record.info.get(_RETURNED_AT, 0.0) < _IDLE_SECONDS:
        return
    try:
        connection.ping(reconnect=False)
    except Exception as error:
        raise DisconnectionError("the server closed this connection") from error


def _record_checkin(_connection: Any, record: Any) -> None:
    record.info[_RETURNED_AT] = time.monotonic()


def _roll_back_open_transaction(connection: Any, _record: Any, state: PoolResetState) -> None:
    if not state.terminate_only and connection.driver_connection.get_transaction_status():
        connection.rollback()


def _create_sqlite_engine(
    address: DatabaseUrl, log_sql: bool, disk_log: DiskLog | None
) -> AsyncEngine:
    # One connection: SQLite has one writer, and a second connection would only wait for the lock.
    engine = create_async_engine(
        address.url,
        async_creator=build_inline_connector(address.url, _SQLITE_PRAGMAS, disk_log),
        echo=log_sql,
        hide_parameters=not log_sql,
        pool_size=1,
        max_overflow=0,
        pool_timeout=address.pool_timeout,
    )
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql(BEGIN)
