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


@pytest.mark.long
def test_a_full_disk_is_said_and_the_copy_goes_on_with_more_room(
    osmodesk: Command, environment: Callable[..., None], migrated_sqlite_url: str
) -> None:
    """Use a server whose files may not grow, as on a full disk, and give it room afterwards."""
    require_program("mariadbd")
    old = migrated_sqlite_url
    environment(DATABASE_URL=old, **SECRETS)

    async def add_much(database: Database) -> None:
        async with database.transaction() as tx:
            tx.add_all([Event(records="y" * 30_000) for _ in range(2_000)])

    run_on(old, add_much)
    options = ["--innodb-file-per-table=0", "--skip-log-bin", "--innodb-fast-shutdown=0"]
    small, large = (
        [*options, f"--innodb-data-file-path=ibdata1:12M:autoextend:max:{size}"]
        for size in ("40M", "400M")
    )
    with tempfile.TemporaryDirectory(prefix="osmodesk-") as folder:
        server = _SizedMariaDB(Path(folder), small)
        server.start()
        try:
            url = server.url(server.create_database())
            refused = osmodesk("db", "copy", "--to", url)
            assert refused.code == 1
            assert "the disk of the database server is full; free some space there" in refused.err
            assert "what was copied is kept: run the same command again" in refused.err
            server.stop()
            server.options = large
            server.start()
            done = osmodesk("db", "copy", "--to", url)
            assert done.code == 0, done.err
            assert run_on(url, list_filled) == run_on(old, list_filled)
        finally:
            server.stop()


class _SizedMariaDB(MariaDB):
    """A server whose options may change between two starts."""

    def __init__(self, folder: Path, options: list[str]) -> None:
        self.options = options
        super().__init__(folder, [])

    def command(self) -> list[str]:
        return [*super().command(), *self.options]
