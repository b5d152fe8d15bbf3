"""One process serves an SQLite file: the others are refused, not only slowed down by its lock."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.url import DatabaseUrl


class DatabaseInUseError(Exception):
    """Another process serves the SQLite file; the text says which, and what to do."""


@contextmanager
def hold_process_lock(address: DatabaseUrl) -> Iterator[None]:
    """Hold the file for this process until the block ends, or the process does in any way.

    Raises DatabaseInUseError. A server's database, and one in memory, are nobody's alone.
    """
    if not address.is_sqlite or address.url.database in {None, "", ":memory:"}:
        yield
        return
    # Beside the file: SQLite's own locks go when anybody closes the file itself.
    lock = Path(f"{address.url.database}-process")
    if not lock.parent.is_dir():
        yield  # opening the database will tell what is wrong
        return
    with lock.open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            raise DatabaseInUseError(_reason(held.read())) from None
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


def _reason(pid: str) -> str:
    whose = f"process {pid.strip()}" if pid.strip().isdecimal() else "another process"
    return (
        f"{whose} serves this SQLite file, and on SQLite one process does it all: end it, "
        "or start `osmodesk run` in place of web and worker, or set DATABASE_URL to a MySQL / "
        "MariaDB database"
    )
