"""Let only one process use an SQLite file.

SQLite's own lock would only slow the other processes down; this one refuses them.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from db.url import DatabaseUrl

_START_ADVICE = (
    "and SQLite allows only one: stop that process, or start `osmodesk run` instead of web and "
    "worker, or set DATABASE_URL to a MySQL / MariaDB database"
)


class DatabaseInUseError(Exception):
    """Another process uses the database; the message says which one and what to do."""


@contextmanager
def hold_process_lock(address: DatabaseUrl, advice: str = _START_ADVICE) -> Iterator[None]:
    """Hold the file for this process until the block ends, or the process ends in any way.

    Raises DatabaseInUseError, whose message ends with `advice`. Does nothing for a database server
    and for a database in memory.
    """
    file = address.sqlite_file
    if file is None:
        yield
        return
    # A separate file: SQLite releases its own locks when any handle of the database file is closed.
    lock = file.with_name(f"{file.name}-process")
    if not lock.parent.is_dir():
        yield  # opening the database will report the error
        return
    with lock.open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            raise DatabaseInUseError(f"{_name_holder(held.read())}, {advice}") from None
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


def _name_holder(pid: str) -> str:
    whose = f"process {pid.strip()}" if pid.strip().isdecimal() else "another process"
    return f"{whose} uses this SQLite file"
