"""Write SQLite's log to the disk: one wait for all transactions that were committed meanwhile.

SQLite's own `synchronous=FULL` waits for the disk inside every COMMIT, so all other transactions
wait, too. With NORMAL a COMMIT writes to the system's memory only. Every transaction then waits
here, when the next one has already begun. See docs/adr/0043-sqlite-one-wait-for-the-disk.md.
"""

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NoReturn


class DiskLog:
    """The log beside a database file, and how much of it is on the disk."""

    def __init__(self) -> None:
        """Follow no log yet: then nothing is waited for."""
        self._file: int | None = None
        self._thread = _make_thread()
        # How many transactions were committed, and how many of these are on the disk for certain.
        self._committed = self._on_disk = 0
        self._writing: asyncio.Future[None] | None = None

    def follow(self, log: Path) -> None:
        """Follow the log of a connection that was just opened; raise OSError if it has none."""
        former, self._file = self._file, os.open(log, os.O_RDONLY)
        if former is not None:
            # What was committed on a connection is on the disk when it is closed.
            self._thread.submit(os.close, former)

    def count_commit(self) -> None:
        """Note that a transaction was committed that changed something."""
        self._committed += 1

    async def wait(self) -> None:
        """Wait until everything that is committed now is on the disk.

        A transaction that changed nothing waits, too: what it read may be as new as that.
        """
        wanted = self._committed
        while self._on_disk < wanted:
            if self._writing is None:
                self._writing = self._begin(self._committed)
            await asyncio.shield(self._writing)  # others wait for it, too

    def _begin(self, committed: int) -> asyncio.Future[None]:
        """Write to the disk; the future has its result after all else was noted."""
        loop = asyncio.get_running_loop()
        over: asyncio.Future[None] = loop.create_future()
        writing = loop.run_in_executor(self._thread, self._write)
        writing.add_done_callback(partial(self._end, committed, over))
        return over

    def _write(self) -> None:
        if self._file is None:
            return
        try:
            # macOS has only the one that also writes the file's times.
            getattr(os, "fdatasync", os.fsync)(self._file)
        except OSError as error:
            _stop(error)

    def _end(
        self, committed: int, over: asyncio.Future[None], writing: asyncio.Future[None]
    ) -> None:
        writing.result()  # never an error: see _stop
        self._on_disk, self._writing = committed, None
        over.set_result(None)

    def close(self) -> None:
        """Forget the log; a connection that is opened later brings its own."""
        former, self._file = self._file, None
        if former is not None:
            self._thread.submit(os.close, former)
        self._thread.shutdown(wait=False)
        self._thread = _make_thread()


def _make_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="sqlite-log")


def _stop(error: OSError) -> NoReturn:
    """End the process at once, as after kill -9.

    The system forgets what it could not write, and a second try would succeed without it. Nothing
    of it was acknowledged. The next start reads what is there.
    """
    sys.stderr.write(
        f"SQLite's log could not be written to the disk: {error.strerror or error}. What was "
        "acknowledged is kept. Check the disk and its free space, then start again.\n"
    )
    sys.stderr.flush()
    os._exit(os.EX_IOERR)
