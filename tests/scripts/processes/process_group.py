"""Runs `osmodesk` as separate processes that tests start, suspend, kill and stop one by one."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import scripts
from tests.flows.eventually import eventually
from tests.flows.stage import SECRET_KEY, TOKEN, Stage
from tests.patience import PATIENCE

ROOT = Path(scripts.__file__).parent.parent
# Telegram's rate limits with a minute of this many seconds.
SHORT_MINUTE = 6.0
_WITH_SHORT_MINUTES = f"""
import bot.limits
from desk.limits.rate_limiter import Limits
from desk.limits.windows import Limit
bot.limits.TELEGRAM_LIMITS = Limits(
    person=(Limit(3, 3.0),), group=(Limit(18, {SHORT_MINUTE}),), overall=(Limit(25, 1.0),)
)
from scripts.cli import main
main()
"""


@dataclass
class Process:
    """One process of the desk."""

    process: asyncio.subprocess.Process
    log: Path

    @property
    def log_text(self) -> str:
        return self.log.read_text()

    async def wait_for_log(self, words: str, within: float = PATIENCE) -> None:
        """Wait until the log contains these words; fail with the log if the process ends first."""

        async def found() -> bool:
            if words in self.log_text:
                return True
            assert self.process.returncode is None, self.log_text
            return False

        await eventually(found, f"{self.log.name} says {words!r}", within)

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    async def stop(self) -> float:
        """Stop the process cleanly; return how many seconds that took."""
        began = time.monotonic()
        self.process.terminate()
        try:
            async with asyncio.timeout(PATIENCE):
                code = await self.process.wait()
        except TimeoutError:
            raise AssertionError(f"it does not stop:\n{self.log_text}") from None
        assert code == 0, self.log_text
        return time.monotonic() - began


@dataclass
class ProcessGroup:
    """All processes of one installation."""

    stage: Stage
    folder: Path
    environment: Mapping[str, str]
    processes: list[Process]

    async def start(self, command: str, *, short_minutes: bool = False, **more: str) -> Process:
        """Start a process; it may not be ready yet."""
        number = len(self.processes)
        log = self.folder / f"{command}-{number}.log"
        program = ["-c", _WITH_SHORT_MINUTES] if short_minutes else ["-m", "scripts.cli"]
        with log.open("wb") as written:
            running = await asyncio.create_subprocess_exec(
                *(sys.executable, *program, command),
                env={**self.environment, **more},
                cwd=self.folder,  # there is no .env here
                stdin=asyncio.subprocess.DEVNULL,
                stdout=written,
                stderr=asyncio.subprocess.STDOUT,
            )
        self.processes.append(Process(running, log))
        return self.processes[-1]

    async def stop(self, *processes: Process) -> list[float]:
        """Stop processes cleanly, all at once; return how long each took."""
        return await asyncio.gather(*(each.stop() for each in processes))


@asynccontextmanager
async def run_process_group(
    stage: Stage, database_url: str, folder: Path, **more: str
) -> AsyncIterator[ProcessGroup]:
    """Yield a group of processes; those that still run at the end are killed."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": database_url,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_STAFF_GROUP": str(stage.group["id"]),
        "TELEGRAM_API_URL": stage.url,
        "TELEGRAM_LIMITS": "off",
        "SECRET_KEY": SECRET_KEY,
        "JWT_SECRET": "j" * 40,
        "PORT": "0",
        **more,
    }
    made = ProcessGroup(stage, folder, environment, [])
    try:
        yield made
    finally:
        for each in made.processes:
            if each.process.returncode is None:
                await each.kill()
