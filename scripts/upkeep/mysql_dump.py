"""Backup and restore of MySQL / MariaDB, by the engine's own dump and client programs."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql

from db.url import DatabaseUrl
from desk.formatting.masking import mask_secrets
from scripts.upkeep.errors import UpkeepError

_DUMP_PROGRAMS = ("mariadb-dump", "mysqldump")
_CLIENT_PROGRAMS = ("mariadb", "mysql")
_DUMP_OPTIONS = (
    # A snapshot of one moment, while others go on writing.
    "--single-transaction",
    "--quick",
    "--hex-blob",
    "--no-tablespaces",
    "--default-character-set=utf8mb4",
)
# The last line of a complete dump.
_END = b"-- Dump completed"
_TAIL = 4096


def backup(address: DatabaseUrl, file: Path) -> None:
    """Dump the database into the file."""
    program = _find_program(_DUMP_PROGRAMS)
    with _login_file(address) as login, file.open("wb") as output:
        _run([program, login, *_DUMP_OPTIONS, str(address.url.database)], stdout=output.fileno())
    _check(file)


def restore(address: DatabaseUrl, file: Path) -> None:
    """Drop every table, then run the dump."""
    program = _find_program(_CLIENT_PROGRAMS)
    _check(file)
    _drop_tables(address)
    with _login_file(address) as login, file.open("rb") as dump:
        options = ["--default-character-set=utf8mb4", str(address.url.database)]
        _run([program, login, *options], stdin=dump.fileno())


def _find_program(names: tuple[str, ...]) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    raise UpkeepError(f"{' or '.join(names)} is not installed (Debian: apt install mariadb-client)")


@contextmanager
def _login_file(address: DatabaseUrl) -> Iterator[str]:
    """Write user and password to a file that only we can read.

    Every user of this machine can see a command line.
    """
    url = address.url
    lines = ["[client]", f"host={_quote(url.host)}", f"user={_quote(url.username)}"]
    lines += [f"port={url.port or 3306}", f"password={_quote(url.password)}", "protocol=tcp"]
    # MySQL's dump program asks MariaDB for statistics that it does not have; other programs do not
    # know this option.
    lines += ["[mysqldump]", "loose-column-statistics=0", ""]
    handle, name = tempfile.mkstemp(prefix="osmodesk-", suffix=".cnf")
    try:
        with os.fdopen(handle, "w") as file:
            file.write("\n".join(lines))
        yield f"--defaults-extra-file={name}"
    finally:
        Path(name).unlink()


def _quote(text: object) -> str:
    plain = "" if text is None else str(text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _run(command: list[str], *, stdin: int | None = None, stdout: int | None = None) -> None:
    done = subprocess.run(  # noqa: S603 a program of the engine's, with the operator's own address
        command,
        stdin=subprocess.DEVNULL if stdin is None else stdin,
        stdout=subprocess.DEVNULL if stdout is None else stdout,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        messages = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise UpkeepError(f"{Path(command[0]).name}: {mask_secrets(messages[-1])}")


def _check(file: Path) -> None:
    with file.open("rb") as dump:
        dump.seek(max(0, file.stat().st_size - _TAIL))
        if _END not in dump.read():
            raise UpkeepError(f"{file} is not a complete dump: its last line is missing")


def _drop_tables(address: DatabaseUrl) -> None:
    url = address.url
    connection = pymysql.connect(
        host=url.host,
        port=url.port or 3306,
        user=url.username,
        password=url.password or "",
        database=url.database,
        autocommit=True,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("SET foreign_key_checks = 0")
        cursor.execute("SHOW FULL TABLES WHERE table_type = 'BASE TABLE'")
        for [name, _] in cursor.fetchall():
            cursor.execute(f"DROP TABLE `{name}`")
