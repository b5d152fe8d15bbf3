"""A private MariaDB server; if it is not installed, its tests are NOT RUN."""

from pathlib import Path

from scripts.private_servers.mariadb import FAST, PASSWORD, USER
from scripts.private_servers.mariadb import MariaDB as PrivateMariaDB
from tests.services.programs import require_program

__all__ = ["PASSWORD", "USER", "MariaDB"]

# A killed server loses nothing by this; only a crashed machine would.
_NEVER_WAITS_FOR_THE_DISK = ["--loose-innodb-flush-method=nosync", "--sync-frm=OFF"]


class MariaDB(PrivateMariaDB):
    """Provides fresh databases; `url()` has the format of DATABASE_URL."""

    def __init__(self, folder: Path) -> None:
        for program in ("mariadbd", "mariadb-install-db"):
            require_program(program)
        super().__init__(folder, [*FAST, *_NEVER_WAITS_FOR_THE_DISK])
