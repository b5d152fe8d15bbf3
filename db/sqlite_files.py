"""Keep an SQLite database readable for its owner alone: it holds what customers wrote."""

import os
from pathlib import Path

_PRIVATE = 0o600
# SQLite gives the files beside a database the database's own permissions when it creates them.
_BESIDE = ("", "-wal", "-shm", "-journal")


def make_private(database: str) -> None:
    """Create a database file, or take it and the files beside it away from other users.

    A file of another owner stays as it is; the doctor warns of it.
    """
    if database in {"", ":memory:"} or database.startswith("file:"):
        return
    try:
        os.close(os.open(database, os.O_CREAT | os.O_RDWR, _PRIVATE))
    except OSError:
        return  # SQLite itself says why the file cannot be opened
    for ending in _BESIDE:
        path = Path(database + ending)
        if path.exists() and path.stat().st_mode & 0o077 and path.stat().st_uid == os.geteuid():
            path.chmod(_PRIVATE)


def is_readable_by_others(database: Path) -> bool:
    """Check whether other users of this machine can read the database."""
    files = [database.with_name(database.name + ending) for ending in _BESIDE]
    return any(path.exists() and path.stat().st_mode & 0o044 for path in files)
