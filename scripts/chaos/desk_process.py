"""Keeps the desk running as a service manager would: it is restarted whenever it ends."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import scripts

_ROOT = Path(scripts.__file__).parent.parent
# Far more than a start takes: a busy machine must not fail the test.
_START_TIMEOUT = 90.0
_STOP_TIMEOUT = 10.0
_PAUSE = 0.2
# How its last line begins if it stopped for a reason that it does not know.
_CRASH = b"osmodesk: unexpected "


class DeskProcess:
    """The desk as a separate process, `osmodesk run`."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(_ROOT),
            "PYTHONFAULTHANDLER": "1",
            **environment,
        }
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._ready = asyncio.Event()
        self._stopping = False
        self.log = folder / "desk.log"
        self.starts = 0
        # Unix times of the kills.
        self.kills: list[float] = []
        # Pairs of Unix times, from and to, in which it was frozen.
        self.freezes: list[tuple[float, float]] = []
        # What the desk said of errors that nobody expected, and that stopped it.
        self.crashes: list[str] = []

    async def run(self) -> None:
        """Start the desk, and restart it whenever it ends, until `stop`."""
        while not self._stopping:
            await self._run_once()
            if not self._stopping:
                await asyncio.sleep(_PAUSE)

    async def _run_once(self) -> None:
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "scripts.cli", "run"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self._environment,
            cwd=self._folder,  # there is no .env here
        )
        self.starts += 1
        try:
            await self._read(process)
            await process.wait()
        finally:
            self._ready.clear()
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # noqa: S101 it was asked for above
        with self.log.open("ab", buffering=0) as log:
            async for line in process.stdout:
                log.write(line)
                if b'"event": "ready"' in line:
                    self._ready.set()
                elif line.startswith(_CRASH):
                    self.crashes.append(line.decode(errors="replace").strip())

    async def wait_until_ready(self) -> None:
        """Wait until the desk is ready; raise TimeoutError if it does not start."""
        try:
            await asyncio.wait_for(self._ready.wait(), _START_TIMEOUT)
        except TimeoutError:
            where = await self._describe_hang()
            raise TimeoutError(
                f"the desk did not start within {_START_TIMEOUT} s:\n{where}"
            ) from None

    async def _describe_hang(self) -> str:
        process = self._process
        if process is not None and process.returncode is None:
            process.send_signal(signal.SIGABRT)  # its fault handler writes the stacks
            await process.wait()
            await asyncio.sleep(_PAUSE)
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-40:])

    def kill(self) -> None:
        """Kill the desk immediately."""
        if self._process is not None and self._process.returncode is None:
            self.kills.append(time.time())
            self._process.kill()

    async def freeze(self, seconds: float) -> None:
        """Let the desk do nothing for a while, as on a machine that hangs; calls go on outside."""
        process, began = self._process, time.time()
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            if process.returncode is None:  # nobody killed it meanwhile
                process.send_signal(signal.SIGCONT)
            self.freezes.append((began, time.time()))

    async def stop(self) -> None:
        """Stop the desk cleanly, and do not restart it."""
        self._stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), _STOP_TIMEOUT)
        except TimeoutError:
            process.kill()
