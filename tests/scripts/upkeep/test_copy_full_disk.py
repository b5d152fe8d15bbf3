"""`osmodesk db copy` to a server whose disk is full."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from db.database import Database
from db.tables import Event
from scripts.private_servers.mariadb import MariaDB
from tests.scripts.conftest import SECRETS, Command
from tests.scripts.upkeep.test_copy import list_filled, run_on
from tests.services.programs import require_program

# What the server may use beyond its empty tables, and what the copy needs at least: megabytes.
_ROOM, _ROWS = 8, 90
_LARGE = 1_000


@pytest.mark.long
def test_a_full_disk_is_said_and_the_copy_goes_on_with_more_room(
    osmodesk: Command, environment: Callable[..., None], migrated_sqlite_url: str
) -> None:
    """Use a server whose files may not grow, as on a full disk, and give it room afterwards."""
    require_program("mariadbd")
    old = migrated_sqlite_url

    async def add_much(database: Database) -> None:
        async with database.transaction() as tx:
            tx.add_all([Event(records="y" * 30_000) for _ in range(_ROWS * 2**20 // 30_000)])

    run_on(old, add_much)
    with tempfile.TemporaryDirectory(prefix="osmodesk-") as folder:
        server = _LimitedMariaDB(Path(folder))
        server.start()
        try:
            url = server.url(server.create_database())
            # How much the migrations leave behind depends on the speed of the server's purge: only
            # what comes after them is limited.
            environment(DATABASE_URL=url, **SECRETS)
            assert osmodesk("db", "deploy").code == 0
            environment(DATABASE_URL=old)
            server.stop()
            server.megabytes = server.size() + _ROOM
            assert server.megabytes < _ROWS
            server.start()
            refused = osmodesk("db", "copy", "--to", url)
            assert refused.code == 1
            assert "the disk of the database server is full; free some space there" in refused.err
            assert "what was copied is kept: run the same command again" in refused.err
            server.stop()
            server.megabytes = _LARGE
            server.start()
            done = osmodesk("db", "copy", "--to", url)
            assert done.code == 0, done.err
            assert run_on(url, list_filled) == run_on(old, list_filled)
        finally:
            server.stop()


class _LimitedMariaDB(MariaDB):
    """A server whose one data file may have so many megabytes; changed between two starts."""

    def __init__(self, folder: Path) -> None:
        self.megabytes = _LARGE
        super().__init__(folder, ["--innodb-file-per-table=0", "--skip-log-bin"])

    def command(self) -> list[str]:
        size = f"--innodb-data-file-path=ibdata1:12M:autoextend:max:{self.megabytes}M"
        return [*super().command(), size, "--innodb-autoextend-increment=1"]

    def size(self) -> int:
        """Return how many megabytes (MiB) the data file has."""
        return -(-(self.folder / "data" / "ibdata1").stat().st_size // 2**20)
