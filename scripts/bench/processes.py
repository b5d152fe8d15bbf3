"""Runs what is measured as a process of its own, and reads what the kernel says it used."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class MeasuredProcess:
    """A process under measurement."""

    pid: int

    def cpu_seconds(self) -> float:
        """Tell the processor time used so far, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def peak_megabytes(self) -> float:
        """Tell the most memory that was resident at once."""
        return self._read_status("VmHWM:")

    def _read_status(self, name: str) -> float:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) / 1024
        return 0.0

    def megabytes(self) -> float:
        """Tell the memory that is resident now."""
        return self._read_status("VmRSS:")

    def pause(self) -> None:
        """Stop the process where it is, so that work piles up before it."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        os.kill(self.pid, signal.SIGCONT)


@asynccontextmanager
async def start_python(
    *arguments: str, environment: Mapping[str, str] | None = None, ready_text: str
) -> AsyncIterator[tuple[MeasuredProcess, str]]:
    """Run Python with arguments until the block ends; starts it when a line contains `says`.

    Yields the process and that line.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, **(environment or {})},
    )
    reader = None
    try:
        line = await asyncio.wait_for(_wait_for_line(process, ready_text), timeout=30)
        reader = asyncio.ensure_future(_drain(process))
        yield MeasuredProcess(process.pid), line
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            await process.wait()
        if reader is not None:
            await reader


async def _wait_for_line(process: asyncio.subprocess.Process, ready_text: str) -> str:
    assert process.stdout is not None  # noqa: S101 it was asked for above
    seen = []
    async for raw in process.stdout:
        line = raw.decode().strip()
        seen.append(line)
        if ready_text in line:
            return line
    raise RuntimeError("the process ended before it was ready:\n" + "\n".join(seen[-20:]))


async def _drain(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None  # noqa: S101 it was asked for above
    async for _ in process.stdout:
        pass  # read, so that it never waits for a full pipe
