"""The bytes of a file decide what it is, whatever it is called."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.media.mp4 import read_codecs
from desk.media.probe import MediaInfo, probe_file
from desk.media.webp import WebpInfo, read_webp_info
from sandbox.telegram.model.sample_files import SAMPLES
from tests.desk.media.sample_files import GIF, OPUS, PNG, TGS, box, film, sound, webp


def codecs(data: bytes) -> frozenset[str] | None:
    return read_codecs(io.BytesIO(data))


async def look(path: Path, data: bytes, mime: str = "") -> MediaInfo:
    put(path, data)
    return await probe_file(path, {"mime": mime})


def put(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def test_codecs_of_films() -> None:
    assert codecs(film(b"avc1", b"mp4a")) == {"h264", "aac"}
    assert codecs(film(b"hvc1", b"mp4a")) == {"h265", "aac"}
    assert codecs(film(b"zzzz")) == {"zzzz"}
    assert codecs(film()) is None
    # A box with a 64-bit size.
    whole = large_box(b"mdat", bytes(16))
    assert codecs(box(b"ftyp", b"isom") + whole + film(b"avc1")[16:]) == {"h264"}


def large_box(name: bytes, body: bytes) -> bytes:
    return (1).to_bytes(4) + name + (16 + len(body)).to_bytes(8) + body


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(7),
        b"\x00\x00\x00\x04moov",  # shorter than its own header
        b"\xff\xff\xff\xffmoov" + bytes(20),  # longer than the file
        (1).to_bytes(4) + b"moov" + (2**63).to_bytes(8),
        box(b"moov", box(b"trak", b"\x00\x00\x00\x01mdia")),
        box(b"free") * 2000 + film(b"avc1"),  # more boxes than any file needs
        b"\x00\x00\x00\x00moov" * 50,
    ],
)
def test_broken_boxes_give_no_codecs(data: bytes) -> None:
    assert codecs(data) is None


def test_boxes_in_boxes_without_end() -> None:
    data = b"x"
    for _ in range(5000):
        data = box(b"moov", data)
    assert codecs(data) is None


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda rest: film(b"avc1") + rest))
def test_no_bytes_break_the_readers(data: bytes) -> None:
    found = codecs(data)
    assert found is None or found
    shape = read_webp_info(data)
    assert shape is None or shape.width > 0 or shape.height >= 0


def test_sizes_of_stickers() -> None:
    assert read_webp_info(webp()) == WebpInfo(512, 512)
    assert read_webp_info(webp(300, 512, moves=True)) == WebpInfo(300, 512, is_animated=True)
    assert read_webp_info(SAMPLES["sticker"][2]) is not None
    lossy = b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(7) + b"\x9d\x01\x2a\x00\x02\x00\x02"
    assert read_webp_info(lossy) == WebpInfo(512, 512)
    assert read_webp_info(lossy[:20]) is None
    assert read_webp_info(PNG) is None


async def test_probed_files(tmp_path: Path) -> None:
    path = tmp_path / "file"
    told = await look(path, film(b"avc1", b"mp4a"), "text/html")
    assert (told.mime, told.codecs, told.is_sure) == ("video/mp4", {"h264", "aac"}, True)
    assert (await look(path, film(b"s263", b"samr", brand=b"3gp4"))).mime == "video/3gpp"
    # A video file without pictures is a sound.
    assert (await look(path, film(b"mp4a"), "audio/mp4")).mime == "audio/mp4"
    assert (await look(path, OPUS)).mime == "audio/ogg; codecs=opus"
    assert (await look(path, sound())).mime == "audio/wav"
    assert (await look(path, GIF)).mime == "image/gif"
    sticker = await look(path, webp(moves=True))
    assert (sticker.mime, sticker.width, sticker.is_animated) == ("image/webp", 512, True)


async def test_the_declared_type_counts_if_the_bytes_are_unknown(tmp_path: Path) -> None:
    path = tmp_path / "file"
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert (await look(path, b"PK\x03\x04" + bytes(40), word)).mime == word
    assert (await look(path, b"PK\x03\x04" + bytes(40), "image/png")).mime == "application/zip"
    told = await look(path, TGS, "application/x-tgsticker")
    assert (told.mime, told.is_sure) == ("application/x-tgsticker", False)
    assert (await look(path, b"<html>", "image/png")).mime == "application/octet-stream"
    assert (await look(path, b"", "no type\r\n")).mime == "application/octet-stream"
