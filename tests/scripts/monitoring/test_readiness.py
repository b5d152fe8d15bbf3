"""What `/readyz` asks that no running desk of a test can be made to fail."""

from pathlib import Path

import pytest

from db.database import Database
from db.url import parse_database_url
from scripts.monitoring.database_watch import DatabaseWatch
from scripts.monitoring.readiness import DiskFullError, check_room, list_checks

# Nobody's disk has as much.
EVERYTHING = 10**18


async def test_a_full_disk_is_not_ready(tmp_path: Path) -> None:
    await check_room(tmp_path, least=1)
    with pytest.raises(DiskFullError):
        await check_room(tmp_path, least=EVERYTHING)


@pytest.mark.parametrize(
    ("url", "has_disk"),
    [("sqlite:///desk.db", True), ("mysql://u:p@127.0.0.1/desk", False)],
)
def test_only_the_disk_of_an_sqlite_file_is_ours(url: str, has_disk: bool) -> None:
    database = Database(parse_database_url(url))
    checks = list_checks(database, DatabaseWatch(database, "mark"), None, {})
    assert ("disk" in checks) == has_disk
