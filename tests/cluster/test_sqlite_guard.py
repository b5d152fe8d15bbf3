"""One process per SQLite file, whatever the process does; the file is free again after any end."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from db.sqlite_guard import DatabaseInUseError, hold_process_lock
from db.url import parse_database_url

HOLDER = """
import sys, time
from db.sqlite_guard import hold_process_lock
from db.url import parse_database_url
with hold_process_lock(parse_database_url(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_process_is_refused_until_the_first_is_killed(sqlite_url: str) -> None:
    address = parse_database_url(sqlite_url)
    with subprocess.Popen(  # noqa: S603 our own command
        [sys.executable, "-c", HOLDER, sqlite_url], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(DatabaseInUseError, match=f"process {holder.pid} uses this SQLite file"),
            hold_process_lock(address),
        ):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with hold_process_lock(address):
        pass


@pytest.mark.parametrize(
    "url",
    ["sqlite+aiosqlite://", "sqlite+aiosqlite:////no/such/folder/x.db", "mysql://u:p@h/db"],
)
def test_what_is_no_file_is_nobodys_alone(url: str) -> None:
    with hold_process_lock(parse_database_url(url)), hold_process_lock(parse_database_url(url)):
        pass


def test_two_files_are_two_desks(tmp_path: Path) -> None:
    one, two = (parse_database_url(f"sqlite:///{tmp_path / name}.db") for name in "ab")
    with hold_process_lock(one), hold_process_lock(two):
        pass
