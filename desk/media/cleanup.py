"""Remove files that nobody has: from broken-off uploads and from deleted messages."""

import asyncio
import contextlib
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from db.database import Database, Transaction
from db.ids import MessageId
from db.queries.cleanup.cleanup import find_owners_of_files

# A younger file may belong to a message that is not committed yet.
_MIN_AGE = 3600.0
# A file fetched from a provider is removed if nobody asked for it in a week.
_MAX_UNUSED = 7 * 86_400.0
_FILE_NAME = re.compile(r"([0-7][0-9A-HJKMNP-TV-Z]{25})(\.[0-9a-f]{16})?", re.ASCII)

BeforeHook = Callable[[Transaction], Awaitable[None]]


@dataclass(slots=True)
class MediaCleanup:
    """Goes through MEDIA_DIR in rounds; other files there are left alone.

    A round looks at `most` files and asks the database about `at_once` of them at a time. The next
    round continues after them.
    """

    root: Path
    most: int = 1000
    at_once: int = 100
    _last: str = ""

    async def run_round(self, database: Database, *, first: BeforeHook, pause: float = 0.0) -> int:
        """Check the next files, with `first` in each transaction; return the number removed."""
        removed = await asyncio.to_thread(self._remove_leftovers)
        paths = await asyncio.to_thread(self._next_files)
        for begin in range(0, len(paths), self.at_once):
            removed += await self._batch(database, paths[begin : begin + self.at_once], first)
            await asyncio.sleep(pause)
        self._last = self._relative_path(paths[-1]) if len(paths) == self.most else ""
        return removed

    async def _batch(self, database: Database, paths: list[Path], first: BeforeHook) -> int:
        by_message: dict[MessageId, list[Path]] = {}
        for path in paths:
            if found := _FILE_NAME.fullmatch(path.name):
                by_message.setdefault(MessageId(found[1]), []).append(path)

        async def work(tx: Transaction) -> set[MessageId]:
            await first(tx)
            return await find_owners_of_files(tx, list(by_message))

        kept = await database.run(work)
        orphans = [path for each in by_message.keys() - kept for path in by_message[each]]
        return await asyncio.to_thread(_remove_older, orphans, _MIN_AGE)

    def _next_files(self) -> list[Path]:
        """List the next files after the last round's, in a stable order."""
        found = (path for path in _iter_files(self.root) if self._relative_path(path) > self._last)
        return list(islice(found, self.most))

    def _relative_path(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _remove_leftovers(self) -> int:
        """Remove unfinished files, and cached files that nobody asks for any more."""
        cache = self.root / "cache"
        unfinished = [*_list_folder(self.root / "incoming"), *cache.glob("*.part")]
        removed = _remove_older(unfinished, _MIN_AGE)
        return removed + _remove_older(_list_folder(cache), _MAX_UNUSED, used=True)


def _iter_files(root: Path) -> Iterator[Path]:
    """Iterate over the files of messages, folder by folder."""
    for folder in [root / "cache", *_list_folder(root / "uploads")]:
        yield from _list_folder(folder)


def _list_folder(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _remove_older(paths: list[Path], seconds: float, *, used: bool = False) -> int:
    """Remove files changed (with `used`: last used) longer ago than `seconds`; return how many."""
    before, removed = time.time() - seconds, 0
    for path in paths:
        with contextlib.suppress(OSError):
            known = path.stat()
            if (known.st_atime if used else known.st_mtime) < before:
                path.unlink()
                removed += 1
    return removed
