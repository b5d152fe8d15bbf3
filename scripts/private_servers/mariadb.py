"""A private MariaDB server."""

import contextlib
import getpass
import itertools
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymysql

from scripts.private_servers.process import Server
from scripts.private_servers.programs import find_program

USER = "osmodesk"
PASSWORD = "loopback-only"  # noqa: S105 the server listens on loopback, and lives for one run

# For many small databases that live shortly. The log is written at each commit, so that a killed
# server loses nothing. The application sets the isolation level.
FAST = [
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-doublewrite=0",
    "--loose-innodb-file-per-table=0",
    "--innodb-log-file-size=64M",
    "--innodb-buffer-pool-size=256M",
    "--innodb-fast-shutdown=2",
    "--skip-log-bin",
    "--performance-schema=OFF",
    "--max-connections=500",
]


# For benchmarks: every commit is on the disk, as on an operator's server.
DURABLE = [
    "--innodb-flush-log-at-trx-commit=1",
    "--innodb-buffer-pool-size=1G",
    "--innodb-log-file-size=512M",
    "--innodb-fast-shutdown=2",
    "--skip-log-bin",
]


class MariaDB(Server):
    """Provides fresh databases; `url()` has the format of DATABASE_URL."""

    def __init__(self, folder: Path, options: list[str] | None = None) -> None:
        """Take `options` of the server itself; FAST by default."""
        self._options = FAST if options is None else options
        self._mariadbd = find_program("mariadbd")
        self._install_db = find_program("mariadb-install-db")
        super().__init__(folder)
        self._numbers = itertools.count(1)
        self._make_data_folder()

    def command(self) -> list[str]:
        return [
            self._mariadbd,
            "--no-defaults",
            f"--user={getpass.getuser()}",
            f"--datadir={self.folder / 'data'}",
            f"--tmpdir={self.folder}",
            f"--socket={self.folder / 'socket'}",
            f"--pid-file={self.folder / 'pid'}",
            f"--init-file={self.folder / 'account.sql'}",
            "--bind-address=127.0.0.1",
            f"--port={self.port}",
            "--skip-name-resolve",
            *self._options,
        ]

    def is_ready(self) -> bool:
        try:
            self.execute("SELECT 1")
        except pymysql.err.OperationalError:
            return False
        return True

    def url(self, database: str) -> str:
        return f"mysql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str, database: str | None = None) -> tuple[tuple[Any, ...], ...]:
        """Run one statement as an administrator and return its rows."""
        connection = pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user=USER,
            password=PASSWORD,
            database=database,
            autocommit=True,
            # Loading the certificates of the system takes longer than the work itself.
            ssl_disabled=True,
        )
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return tuple(cursor.fetchall())

    def create_database(self) -> str:
        """Create an empty utf8mb4 database and return its name."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        return name

    @contextlib.contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Yield the URL of an empty database that is dropped at the end."""
        name = self.create_database()
        yield self.url(name)
        # A test may have stopped the server.
        self.start()
        self.execute(f"DROP DATABASE IF EXISTS {name}")

    def _make_data_folder(self) -> None:
        account = f"'{USER}'@'127.0.0.1'"
        (self.folder / "account.sql").write_text(
            f"CREATE USER IF NOT EXISTS {account} IDENTIFIED BY '{PASSWORD}';\n"
            f"GRANT ALL ON *.* TO {account} WITH GRANT OPTION;\n"
        )
        command = [
            self._install_db,
            "--no-defaults",
            f"--user={getpass.getuser()}",
            f"--datadir={self.folder / 'data'}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ]
        with self.log.open("ab") as log:
            made = subprocess.run(  # noqa: S603 our own command, no input from outside
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, check=False
            )
        if made.returncode != 0:
            raise RuntimeError(f"{self._install_db} failed:\n{self._read_log_tail()}")
