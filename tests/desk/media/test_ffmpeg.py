"""The converter: the arguments of ffmpeg, its limits, and that it always ends.

The real program is used if it is installed; otherwise NoConverter refuses, as it should.
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

HAS_FFMPEG = shutil.which(PROGRAM) is not None


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def write_program(folder: Path, body: str) -> str:
    """Write a program that replaces ffmpeg: Python, with the result's path as `out`."""
    path = folder / "program"
    head = f"#!{sys.executable}\nimport os, sys, time\nout = sys.argv[-1].removeprefix('file:')\n"
    path.write_text(head + body)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


async def make(converter: Converter, source: Path, mime: str, form: OutputFormat) -> bytes:
    return b"".join([piece async for piece in converter.convert(source, mime, form)])


# With the real program, if it is installed


@pytest.mark.parametrize(
    ("data", "mime", "form", "becomes"),
    [
        (sound(), "audio/wav", OutputFormat.OPUS, "audio/ogg; codecs=opus"),
        (sound(), "audio/wav", OutputFormat.M4A, "audio/mp4"),
        (GIF, "image/gif", OutputFormat.MP4, "video/mp4"),
        (PNG, "image/png", OutputFormat.PNG, "image/png"),
        (PNG, "image/png", OutputFormat.JPEG, "image/jpeg"),
    ],
)
async def test_converted_files(
    tmp_path: Path, data: bytes, mime: str, form: OutputFormat, becomes: str
) -> None:
    source, converter = put(tmp_path / "source", data), find_converter()
    assert isinstance(converter, FfmpegConverter if HAS_FFMPEG else NoConverter)
    if not HAS_FFMPEG:
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
        (film(b"avc1"), "video/mp4"),  # without any frame
        (WEBM, "video/webm"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "video/mp4"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "audio/wav"),
        (b"", "image/gif"),
        (b"anything", "text/plain"),
    ],
)
async def test_an_invalid_file_is_not_converted(tmp_path: Path, data: bytes, mime: str) -> None:
    with pytest.raises(ConversionError):
        await make(find_converter(), put(tmp_path / "source", data), mime, OutputFormat.MP4)


# With a fake program


async def test_ffmpeg_is_told_the_format_and_opens_nothing_else(tmp_path: Path) -> None:
    body = "open(out, 'w').write('\\n'.join([*sys.argv[1:], repr(sorted(os.environ))]))"
    converter = FfmpegConverter(write_program(tmp_path, body))
    source = put(tmp_path / "-y; rm $(x) file:", PNG)
    said = (await make(converter, source, "video/quicktime", OutputFormat.MP4)).decode().split("\n")
    assert said[said.index("-protocol_whitelist") + 1] == "file,pipe"
    assert said[said.index("-i") - 2 : said.index("-i") + 2] == [
        "-f",
        "mov",
        "-i",
        f"file:{source}",
    ]
    assert set(eval(said[-1])) - {"LC_CTYPE"} == {"PATH", "LC_ALL"}  # noqa: S307 our own output


def test_the_arguments_name_the_encoder_and_the_result() -> None:
    arguments = build_arguments(Path("/x"), "mov", OutputFormat.OPUS, Path("/y"))
    assert arguments[-1] == "file:/y"
    assert "libopus" in arguments


async def test_a_slow_process_is_killed(tmp_path: Path) -> None:
    body = f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    converter = FfmpegConverter(write_program(tmp_path, body), ConversionLimits(seconds=0.3))
    with pytest.raises(ConversionError, match="more than"):
        await make(converter, put(tmp_path / "source", PNG), "image/png", OutputFormat.PNG)
    await wait_until_ended(tmp_path / "pid")


async def test_a_process_is_killed_when_its_caller_is_cancelled(tmp_path: Path) -> None:
    body = f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    converter = FfmpegConverter(write_program(tmp_path, body))
    source = put(tmp_path / "source", PNG)
    waiting = asyncio.ensure_future(make(converter, source, "image/png", OutputFormat.PNG))
    await eventually(lambda: asyncio.to_thread(written, tmp_path / "pid"), "it runs")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await wait_until_ended(tmp_path / "pid")


def written(path: Path) -> str:
    return path.read_text() if path.exists() else ""


async def wait_until_ended(path: Path) -> None:
    """Wait until the process whose id is in a file has ended, if it got that far."""
    if number := written(path):
        with pytest.raises(ProcessLookupError):
            os.kill(int(number), 0)


@pytest.mark.parametrize(
    "body",
    [
        "sys.exit(1)",
        "pass",  # reports success, but wrote nothing
        "open(out, 'w')",
        "open(out, 'wb').write(b'x'); os.abort()",
        "sys.stderr.write('x' * 1_000_000); sys.exit(3)",
    ],
)
async def test_a_failed_process_leaves_nothing(tmp_path: Path, body: str) -> None:
    converter = FfmpegConverter(write_program(tmp_path, body))
    with pytest.raises(ConversionError) as failed:
        await make(converter, put(tmp_path / "source", PNG), "image/png", OutputFormat.PNG)
    assert len(str(failed.value)) < 400


async def test_the_output_size_is_limited(tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        return  # on other systems only the time is limited
    body = (
        "time.sleep(0.1)\nwith open(out, 'wb') as file:\n"
        "    for _ in range(100): file.write(bytes(100_000))"
    )
    converter = FfmpegConverter(write_program(tmp_path, body), ConversionLimits(result=1_000_000))
    with pytest.raises(ConversionError):
        await make(converter, put(tmp_path / "source", PNG), "image/png", OutputFormat.PNG)


async def test_a_file_that_is_too_large_is_not_converted(tmp_path: Path) -> None:
    converter = FfmpegConverter(
        write_program(tmp_path, "open(out, 'w').write('x')"), ConversionLimits(source=10)
    )
    with pytest.raises(ConversionError, match="too large"):
        await make(converter, put(tmp_path / "source", PNG), "image/png", OutputFormat.PNG)


async def test_the_number_of_processes_is_limited(tmp_path: Path) -> None:
    body = (
        "open(out, 'w').write('x')\n"
        f"log = open({str(tmp_path / 'log')!r}, 'a')\n"
        "log.write('+'); log.flush(); time.sleep(0.1); log.write('-')"
    )
    converter = FfmpegConverter(write_program(tmp_path, body), ConversionLimits(at_once=1))
    source = put(tmp_path / "source", PNG)
    await asyncio.gather(
        *(make(converter, source, "image/png", OutputFormat.PNG) for _ in range(3))
    )
    assert written(tmp_path / "log") == "+-+-+-"


async def test_a_program_that_is_gone(tmp_path: Path) -> None:
    converter = FfmpegConverter(str(tmp_path / "nothing"))
    with pytest.raises(ConversionError):
        await make(converter, put(tmp_path / "source", PNG), "image/png", OutputFormat.PNG)
