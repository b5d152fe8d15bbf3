"""The program that makes films and sounds into others: what it is told, and that it ends.

A real one is used where there is one; otherwise what stands in its place refuses, as it should.
"""

import asyncio
import os
import shutil
import stat
import sys
from pathlib import Path

import pytest

from desk.media.converter import ConversionError, Converter, NoConverter, OutputFormat
from desk.media.ffmpeg import PROGRAM, ConversionLimits, FfmpegConverter, find_converter
from desk.media.ffmpeg_args import build_arguments
from desk.media.probe import probe_file
from tests.desk.media.sample_files import GIF, PNG, WEBM, film, sound
from tests.flows.eventually import eventually

HAS_ONE = shutil.which(PROGRAM) is not None


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def program(folder: Path, body: str) -> str:
    """Write a program that stands in for ffmpeg: Python, with the result's path as `out`."""
    path = folder / "program"
    head = f"#!{sys.executable}\nimport os, sys, time\nout = sys.argv[-1].removeprefix('file:')\n"
    path.write_text(head + body)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


async def make(converter: Converter, source: Path, mime: str, form: OutputFormat) -> bytes:
    return b"".join([piece async for piece in converter.convert(source, mime, form)])


# With a real one, if there is


@pytest.mark.parametrize(
    ("data", "mime", "form", "becomes"),
    [
        (sound(), "audio/wav", OutputFormat.OPUS, "audio/ogg; codecs=opus"),
        (sound(), "audio/wav", OutputFormat.M4A, "audio/mp4"),
        (GIF, "image/gif", OutputFormat.MP4, "video/mp4"),
        (PNG, "image/png", OutputFormat.PNG, "image/png"),
    ],
)
async def test_what_files_become(
    tmp_path: Path, data: bytes, mime: str, form: OutputFormat, becomes: str
) -> None:
    source, converter = put(tmp_path / "source", data), find_converter()
    assert isinstance(converter, FfmpegConverter if HAS_ONE else NoConverter)
    if not HAS_ONE:
        with pytest.raises(ConversionError):
            await make(converter, source, mime, form)
        return
    made = put(tmp_path / "made", await make(converter, source, mime, form))
    facts = await probe_file(made, {})
    assert (facts.mime, facts.is_sure) == (becomes, True)
    if form is OutputFormat.MP4:
        assert facts.codecs == {"h264"}


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (film(b"avc1"), "video/mp4"),  # without a frame
        (WEBM, "video/webm"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "video/mp4"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "audio/wav"),
        (b"", "image/gif"),
        (b"anything", "text/plain"),
    ],
)
async def test_what_is_no_film_becomes_nothing(tmp_path: Path, data: bytes, mime: str) -> None:
    with pytest.raises(ConversionError):
        await make(find_converter(), put(tmp_path / "source", data), mime, OutputFormat.MP4)


# With a stand-in


async def test_it_is_told_what_to_read_and_opens_nothing_else(tmp_path: Path) -> None:
    body = "open(out, 'w').write('\\n'.join([*sys.argv[1:], repr(sorted(os.environ))]))"
    converter = FfmpegConverter(program(tmp_path, body))
    source = put(tmp_path / "-y; rm $(x) file:", PNG)
    said = (await make(converter, source, "video/quicktime", OutputFormat.MP4)).decode().split("\n")
    assert said[said.index("-protocol_whitelist") + 1] == "file,pipe"
    assert said[said.index("-i") - 2 : said.index("-i") + 2] == [
        "-f",
        "mov",
        "-i",
        f"file:{source}",
    ]
    assert set(eval(said[-1])) - {"LC_CTYPE"} == {"PATH", "LC_ALL"}  # noqa: S307 our own words


def test_what_is_made_has_a_known_reader() -> None:
    told = build_arguments(Path("/x"), "mov", OutputFormat.OPUS, Path("/y"))
    assert told[-1] == "file:/y"
    assert "libopus" in told


async def test_one_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    body = f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    converter = FfmpegConverter(program(tmp_path, body), ConversionLimits(seconds=0.3))
    with pytest.raises(ConversionError, match="more than"):
        await make(converter, put(tmp_path / "source", PNG), "image/png", OutputFormat.PNG)
    await ended(tmp_path / "pid")


async def test_one_that_nobody_waits_for_is_ended(tmp_path: Path) -> None:
    body = f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    converter = FfmpegConverter(program(tmp_path, body))
    source = put(tmp_path / "source", PNG)
    waiting = asyncio.ensure_future(make(converter, source, "image/png", OutputFormat.PNG))
    await eventually(lambda: asyncio.to_thread(written, tmp_path / "pid"), "it runs")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await ended(tmp_path / "pid")


def written(path: Path) -> str:
    return path.read_text() if path.exists() else ""


async def ended(path: Path) -> None:
    """Make sure that the process whose number stands in a file is gone, if it came so far."""
    if number := written(path):
        with pytest.raises(ProcessLookupError):
            os.kill(int(number), 0)


@pytest.mark.parametrize(
    "body",
    [
        "sys.exit(1)",
        "pass",  # says that it did, and made nothing
        "open(out, 'w')",
        "open(out, 'wb').write(b'x'); os.abort()",
        "sys.stderr.write('x' * 1_000_000); sys.exit(3)",
    ],
)
async def test_one_that_fails_leaves_nothing(tmp_path: Path, body: str) -> None:
    converter = FfmpegConverter(program(tmp_path, body))
    with pytest.raises(ConversionError) as failed:
        await make(converter, put(tmp_path / "source", PNG), "image/png", OutputFormat.PNG)
    assert len(str(failed.value)) < 400


async def test_it_writes_only_so_much(tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        return  # elsewhere time alone bounds it
    body = (
        "time.sleep(0.1)\nwith open(out, 'wb') as file:\n"
        "    for _ in range(100): file.write(bytes(100_000))"
    )
    converter = FfmpegConverter(program(tmp_path, body), ConversionLimits(result=1_000_000))
    with pytest.raises(ConversionError):
        await make(converter, put(tmp_path / "source", PNG), "image/png", OutputFormat.PNG)


async def test_what_is_too_large_is_not_begun(tmp_path: Path) -> None:
    converter = FfmpegConverter(
        program(tmp_path, "open(out, 'w').write('x')"), ConversionLimits(source=10)
    )
    with pytest.raises(ConversionError, match="too large"):
        await make(converter, put(tmp_path / "source", PNG), "image/png", OutputFormat.PNG)


async def test_only_so_many_run_at_once(tmp_path: Path) -> None:
    body = (
        "open(out, 'w').write('x')\n"
        f"log = open({str(tmp_path / 'log')!r}, 'a')\n"
        "log.write('+'); log.flush(); time.sleep(0.1); log.write('-')"
    )
    converter = FfmpegConverter(program(tmp_path, body), ConversionLimits(at_once=1))
    source = put(tmp_path / "source", PNG)
    await asyncio.gather(
        *(make(converter, source, "image/png", OutputFormat.PNG) for _ in range(3))
    )
    assert written(tmp_path / "log") == "+-+-+-"


async def test_a_program_that_is_gone(tmp_path: Path) -> None:
    converter = FfmpegConverter(str(tmp_path / "nothing"))
    with pytest.raises(ConversionError):
        await make(converter, put(tmp_path / "source", PNG), "image/png", OutputFormat.PNG)
