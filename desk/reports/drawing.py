"""Draw pictures in processes of their own, a few at once."""

import asyncio
import contextlib
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from desk.reports.pictures import Picture

_PROGRAM = Path(__file__).with_name("drawing_process.py")
_SECONDS = 60.0
_AT_ONCE = 2
_ERROR_LENGTH = 300
# Where the plotting library keeps its list of fonts; one thread computes fast enough.
_KEPT = ("HOME", "MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "TMPDIR", "PATH")
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class DrawingError(Exception):
    """A picture could not be drawn; the text says why."""


class Artist:
    """Draws pictures as PNG; two at once, the others wait."""

    def __init__(self, *, seconds: float = _SECONDS, program: Path = _PROGRAM) -> None:
        self._seconds, self._program = seconds, program
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def draw(self, picture: Picture) -> bytes:
        """Draw a picture; raise DrawingError."""
        async with self._slots:
            return await self._draw(json.dumps(asdict(picture)).encode())

    async def _draw(self, told: bytes) -> bytes:
        pipe = asyncio.subprocess.PIPE
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", str(self._program)),
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                env=environment | _ONE_THREAD,
            )
        except OSError as error:
            raise DrawingError(f"the drawing process does not start: {error}") from error
        try:
            async with asyncio.timeout(self._seconds):
                png, said = await process.communicate(told)
        except TimeoutError:
            raise DrawingError(f"drawing took longer than {self._seconds:.0f} seconds") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if process.returncode:
            reason = said.decode(errors="replace").strip()[-_ERROR_LENGTH:]
            raise DrawingError(f"the drawing process ended with {process.returncode}: {reason}")
        return png
