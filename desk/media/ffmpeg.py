"""Convert videos, sounds and pictures with ffmpeg.

Its input can come from anybody. So ffmpeg gets one local file and is told its format, because a
playlist that claims to be a video would make it read other files. It opens nothing else, and its
time, memory and output are limited.
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

from desk.media.converter import ConversionError, Converter, NoConverter, OutputFormat
from desk.media.ffmpeg_args import INPUT_FORMATS, build_arguments

try:
    import resource
except ImportError:  # Windows: only the time is limited
    resource = None  # type: ignore[assignment] # asked for before each use

log = structlog.get_logger(__name__)

PROGRAM = "ffmpeg"
_MEGABYTE = 1024 * 1024
_CHUNK_SIZE = 256 * 1024
_TAIL_LENGTH = 300


@dataclass(frozen=True, slots=True)
class ConversionLimits:
    """The limits for converting one file."""

    seconds: float = 60.0
    at_once: int = 2
    # Bytes that it may read, write, and hold in memory.
    source: int = 64 * _MEGABYTE
    result: int = 64 * _MEGABYTE
    memory: int = 1536 * _MEGABYTE


class FfmpegConverter:
    """Runs ffmpeg, for a few files at a time."""

    def __init__(self, program: str, limits: ConversionLimits | None = None) -> None:
        self._program = program
        self._limits = limits or ConversionLimits()
        self._turns = asyncio.Semaphore(self._limits.at_once)

    async def convert(
        self, source: Path, mime: str, form: OutputFormat
    ) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of the converted file; raise ConversionError."""
        reads = INPUT_FORMATS.get(mime)
        if reads is None:
            raise ConversionError("files of this type cannot be converted")
        async with self._turns:
            try:
                if await asyncio.to_thread(_size, source) > self._limits.source:
                    raise ConversionError("it is too large to convert")
                with tempfile.TemporaryDirectory(prefix="osmodesk-") as folder:
                    result = await self._run(Path(folder), source, reads, form)
                    with result.open("rb") as file:
                        while piece := await asyncio.to_thread(file.read, _CHUNK_SIZE):
                            yield piece
            except OSError as error:
                raise ConversionError(f"{type(error).__name__}: {error.strerror}") from None

    async def _run(self, folder: Path, source: Path, reads: str, form: OutputFormat) -> Path:
        result = folder / f"result.{form.value}"
        with (folder / "stderr").open("w+b") as stderr:
            process = await asyncio.create_subprocess_exec(
                self._program,
                *build_arguments(source, reads, form, result),
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=stderr,
                cwd=folder,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
                start_new_session=True,
            )
            await self._wait_or_kill(process)
            if process.returncode != 0 or not await asyncio.to_thread(_size, result):
                reason = _read_tail(stderr)
                log.info(
                    "media.conversion_failed",
                    form=form.value,
                    code=process.returncode,
                    reason=reason,
                )
                raise ConversionError(f"ffmpeg ended with {process.returncode}: {reason}")
        return result

    async def _wait_or_kill(self, process: Process) -> None:
        """Wait until the process ends; kill it if it takes too long or the caller is cancelled."""
        try:
            _limit_process(process.pid, self._limits)
            async with asyncio.timeout(self._limits.seconds):
                await process.wait()
        except TimeoutError:
            raise ConversionError(f"it took more than {self._limits.seconds:g} seconds") from None
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()


def _limit_process(pid: int, limits: ConversionLimits) -> None:
    """Limit what a process may use, if the system lets another process do so."""
    if resource is None or not hasattr(resource, "prlimit"):
        return
    seconds = int(limits.seconds) + 1
    with contextlib.suppress(OSError):  # the process has ended already
        resource.prlimit(pid, resource.RLIMIT_AS, (limits.memory, limits.memory))
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (limits.result, limits.result))
        resource.prlimit(pid, resource.RLIMIT_CPU, (seconds, seconds))
        os.setpriority(os.PRIO_PROCESS, pid, 10)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _read_tail(stderr: BinaryIO) -> str:
    stderr.seek(max(0, stderr.seek(0, 2) - _TAIL_LENGTH))
    return stderr.read().decode("utf-8", "replace").strip()


def find_converter() -> Converter:
    """Return the converter of this machine."""
    program = shutil.which(PROGRAM)
    return NoConverter() if program is None else FfmpegConverter(program)
