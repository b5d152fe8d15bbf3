"""Has ffmpeg make films, sounds and pictures into others.

What it reads was made by anybody: it gets one local file, is told what is in it (a playlist that
calls itself a film would have it read other files), opens nothing else, and is bounded in time,
memory, and in what it may write.
"""

import asyncio
import contextlib
import os
import shutil
import tempfile
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import structlog

from desk.media.converter import Converter, Form, NoConverter, NotMadeError
from desk.media.ffmpeg_args import READS, arguments

try:
    import resource
except ImportError:  # Windows: bounded by time alone
    resource = None  # type: ignore[assignment] # asked for before each use

log = structlog.get_logger(__name__)

PROGRAM = "ffmpeg"
_MEGABYTE = 1024 * 1024
_PIECE = 256 * 1024
_WORDS = 300


@dataclass(frozen=True, slots=True)
class Bounds:
    """What making one file may cost."""

    seconds: float = 60.0
    at_once: int = 2
    # Bytes that it reads, writes, and holds in memory.
    source: int = 64 * _MEGABYTE
    result: int = 64 * _MEGABYTE
    memory: int = 1536 * _MEGABYTE


class Ffmpeg:
    """Runs one program, a few at a time."""

    def __init__(self, program: str, bounds: Bounds | None = None) -> None:
        self._program = program
        self._bounds = bounds or Bounds()
        self._turns = asyncio.Semaphore(self._bounds.at_once)

    async def made(self, source: Path, mime: str, form: Form) -> AsyncGenerator[bytes, None]:
        """Give the bytes of what a file becomes, in pieces; raises NotMadeError."""
        reads = READS.get(mime)
        if reads is None:
            raise NotMadeError("it is of no kind that can be made into another")
        async with self._turns:
            try:
                if await asyncio.to_thread(_size, source) > self._bounds.source:
                    raise NotMadeError("it is too large to be made into another")
                with tempfile.TemporaryDirectory(prefix="osmodesk-") as folder:
                    result = await self._run(Path(folder), source, reads, form)
                    with result.open("rb") as file:
                        while piece := await asyncio.to_thread(file.read, _PIECE):
                            yield piece
            except OSError as error:
                raise NotMadeError(f"{type(error).__name__}: {error.strerror}") from None

    async def _run(self, folder: Path, source: Path, reads: str, form: Form) -> Path:
        result = folder / f"made.{form.value}"
        with (folder / "words").open("w+b") as words:
            process = await asyncio.create_subprocess_exec(
                self._program,
                *arguments(source, reads, form, result),
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=words,
                cwd=folder,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
                start_new_session=True,
            )
            await self._end(process)
            if process.returncode != 0 or not await asyncio.to_thread(_size, result):
                reason = _last(words)
                log.info("media.not_made", form=form.value, code=process.returncode, reason=reason)
                raise NotMadeError(f"ffmpeg ended with {process.returncode}: {reason}")
        return result

    async def _end(self, process: Process) -> None:
        """Wait for its end, which is brought about where it takes too long or nobody waits."""
        try:
            _bound(process.pid, self._bounds)
            async with asyncio.timeout(self._bounds.seconds):
                await process.wait()
        except TimeoutError:
            raise NotMadeError(f"it took more than {self._bounds.seconds:g} seconds") from None
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()


def _bound(pid: int, bounds: Bounds) -> None:
    """Bound what a process may use, where the system lets another process do so."""
    if resource is None or not hasattr(resource, "prlimit"):
        return
    seconds = int(bounds.seconds) + 1
    with contextlib.suppress(OSError):  # it has ended already
        resource.prlimit(pid, resource.RLIMIT_AS, (bounds.memory, bounds.memory))
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (bounds.result, bounds.result))
        resource.prlimit(pid, resource.RLIMIT_CPU, (seconds, seconds))
        os.setpriority(os.PRIO_PROCESS, pid, 10)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _last(words: BinaryIO) -> str:
    words.seek(max(0, words.seek(0, 2) - _WORDS))
    return words.read().decode("utf-8", "replace").strip()


def find_converter() -> Converter:
    """Give what makes files into others on this machine."""
    program = shutil.which(PROGRAM)
    return NoConverter() if program is None else Ffmpeg(program)
