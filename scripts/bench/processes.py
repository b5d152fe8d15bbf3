"""Runs the measured program as its own process, and reads its usage from the kernel."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class MeasuredProcess:
    """A process that is being measured."""

    pid: int

    def cpu_seconds(self) -> float:
        """Return the processor time used so far, user and system, in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def peak_megabytes(self) -> float:
        """Return the most memory that was resident at once, in megabytes."""
        return self._read_status("VmHWM:")

    def _read_status(self, name: str) -> float:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) / 1024
        return 0.0

    def megabytes(self) -> float:
        """Return the memory that is resident now, in megabytes."""
        return self._read_status("VmRSS:")

    def pause(self) -> None:
        """Suspend the process, so that work queues up for it."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Resume the process."""
        os.kill(self.pid, signal.SIGCONT)


@dataclass(frozen=True, slots=True)
class MeasuredProcesses:
    """Several processes that are measured as one."""

    processes: Sequence[MeasuredProcess]

    def cpu_seconds(self) -> float:
        """Return the processor time that all have used so far."""
        return sum(each.cpu_seconds() for each in self.processes)

    def peak_megabytes(self) -> float:
        """Return the sum of the most memory of each."""
        return sum(each.peak_megabytes() for each in self.processes)

    def pause(self) -> None:
        """Suspend all."""
        for each in self.processes:
            each.pause()

    def resume(self) -> None:
        """Resume all."""
        for each in self.processes:
            each.resume()


Measured = MeasuredProcess | MeasuredProcesses


@asynccontextmanager
async def start_python(
    *arguments: str, environment: Mapping[str, str] | None = None, ready_text: str
) -> AsyncIterator[tuple[MeasuredProcess, str]]:
    """Run Python with arguments until the block ends; yield once a line contains `ready_text`.

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
        line = await asyncio.wait_for(_wait_for_line(process, ready_text), timeout=120)
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
