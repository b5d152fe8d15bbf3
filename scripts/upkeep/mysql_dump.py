"""Backup and restore of MySQL / MariaDB, by the engine's own dump and client programs."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from db.copying.progress import MARK_TABLE
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
_PIECE = 1 << 20
# A view would be restored for its former owner, which most users may not do. No text of a row can
# begin a line like this.
_OWNER = re.compile(rb"^(/\*!\d+ )DEFINER=\S+ (SQL SECURITY INVOKER \*/)")


def backup(address: DatabaseUrl, file: Path) -> None:
    """Dump the database into the file."""
    program = _find_program(_DUMP_PROGRAMS)
    with _login_file(address) as login, file.open("wb") as output:
        _dump([program, login, *_DUMP_OPTIONS, str(address.url.database)], output)
    check(file)


def restore(address: DatabaseUrl, file: Path, on_progress: Callable[[int, int], None]) -> None:
    """Drop every table and view, then run the dump.

    A restore that ends in the middle has dropped what was there: it must be repeated.
    """
    program = _find_program(_CLIENT_PROGRAMS)
    _drop_all(address)
    with _login_file(address) as login, file.open("rb") as dump:
        options = ["--default-character-set=utf8mb4", str(address.url.database)]
        _feed([program, login, *options], dump, on_progress)


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


def _dump(command: list[str], output: BinaryIO) -> None:
    """Write what a dump program writes, without the names of the views' owners."""
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603 a program of the engine's, with the operator's own address
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors
        ) as program,
    ):
        assert program.stdout is not None  # noqa: S101 it is a pipe
        output.writelines(_OWNER.sub(rb"\1\2", line) for line in program.stdout)
        if program.wait():
            errors.seek(0)
            raise _describe_failure(command, errors.read())


def _feed(command: list[str], dump: BinaryIO, on_progress: Callable[[int, int], None]) -> None:
    """Give a dump to a client program, piece by piece."""
    total, done = os.fstat(dump.fileno()).st_size, 0
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603 a program of the engine's, with the operator's own address
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors
        ) as program,
    ):
        assert program.stdin is not None  # noqa: S101 it is a pipe
        try:
            # It ends at an error, which it has written down.
            with contextlib.suppress(BrokenPipeError):
                while piece := dump.read(_PIECE):
                    program.stdin.write(piece)
                    done += len(piece)
                    on_progress(done, total)
                program.stdin.close()
            failed = program.wait()
        except KeyboardInterrupt:
            program.kill()  # or it would run what it has read so far
            raise
        if failed:
            errors.seek(0)
            raise _describe_failure(command, errors.read())


def _describe_failure(command: list[str], written: bytes) -> UpkeepError:
    messages = written.decode(errors="replace").strip().splitlines() or ["no reason given"]
    return UpkeepError(f"{Path(command[0]).name}: {mask_secrets(messages[-1])}")


def check(file: Path) -> None:
    """Raise UpkeepError unless the file is a complete dump."""
    if not is_complete(file):
        raise UpkeepError(f"{file} is not a complete dump: its last line is missing")


def is_complete(file: Path) -> bool:
    """Check whether the file is a dump, with its last line."""
    with file.open("rb") as dump:
        dump.seek(max(0, file.stat().st_size - _TAIL))
        return _END in dump.read()


def _drop_all(address: DatabaseUrl) -> None:
    import pymysql  # noqa: PLC0415 a desk knows its backups, and restores none

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
        cursor.execute("SHOW FULL TABLES")
        for [name, kind] in cursor.fetchall():
            if name == MARK_TABLE:
                continue
            cursor.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} `{name}`")
