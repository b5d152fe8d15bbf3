"""Read the blocks of a PDF in a process of its own, with limits of memory and time."""

import asyncio
import contextlib
import json
import re
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desk.knowledge.importing.blocks import Block, ImportRefusedError
from desk.knowledge.limits import MAX_PDF_PAGES

_PROGRAM = Path(__file__).with_name("pdf_process.py")
_HYPHEN = re.compile(r"(?<=\w)[-\u00ad\ufffe]\r?\n(?=\w)")
_SENTENCE_ENDS = (".", "!", "?", ":")


@dataclass(frozen=True, slots=True)
class PdfLimits:
    """What the process may use."""

    memory: int = 512 * 1024 * 1024
    cpu_seconds: int = 30
    seconds: float = 60.0
    characters: int = 5_000_000


async def read_pdf(data: bytes, limits: PdfLimits | None = None) -> list[Block]:
    """Return the paragraphs of a PDF; raise ImportRefusedError.

    A PDF tells where letters stand, not what is a heading: all of it is one article.
    """
    limits = limits or PdfLimits()
    command = (sys.executable, "-I", str(_PROGRAM), str(MAX_PDF_PAGES), str(limits.characters))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        _limit(process.pid, limits)
        async with asyncio.timeout(limits.seconds):
            output, _ = await process.communicate(data)
    except TimeoutError:
        raise ImportRefusedError("the PDF takes too long to read") from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return list(_read_output(output, process.returncode or 0))


def _limit(pid: int, limits: PdfLimits) -> None:
    """Limit a process that waits for its input; no code runs between fork and exec for it."""
    for name, value in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.prlimit(pid, name, (value, value))


def _read_output(output: bytes, code: int) -> Iterator[Block]:
    pages: list[str] = []
    for line in output.splitlines():
        said = json.loads(line)
        if "error" in said:
            raise ImportRefusedError(f"the PDF cannot be read: {said['error']}")
        pages.append(said["page"])
    if code:
        raise ImportRefusedError("the PDF needs too much memory or time, or is broken")
    for page in pages:
        yield from _split_page(page)


def _split_page(text: str) -> Iterator[Block]:
    """Yield the paragraphs of a page: they end where a line ends with a sentence."""
    lines = _HYPHEN.sub("", text).splitlines()
    paragraph: list[str] = []
    for line in lines:
        stripped = line.strip()
        if stripped:
            paragraph.append(stripped)
        if paragraph and (not stripped or stripped.endswith(_SENTENCE_ENDS)):
            yield Block(" ".join(paragraph))
            paragraph = []
    if paragraph:
        yield Block(" ".join(paragraph))
