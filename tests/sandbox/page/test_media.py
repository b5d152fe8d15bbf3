"""Tests of pictures, files and places: sent from the page and shown on it."""

import base64
import struct
import zlib

import pytest
from playwright.async_api import FilePayload, expect

from tests.sandbox.page.stage import GROUP, Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]


def png(size: int = 60) -> bytes:
    """Return a picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x2e\x86\xa3" * size) * size)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


async def attach(stage: Stage, entry: str, *files: FilePayload) -> None:
    await stage.phone.get_by_role("button", name="Attach").click()
    async with stage.page.expect_file_chooser() as chooser:
        await stage.page.get_by_role("menuitem", name=entry).click()
    await (await chooser.value).set_files(list(files))


async def test_a_picture_with_its_caption(stage: Stage) -> None:
    await stage.say("/start")
    await attach(
        stage, "Picture or video", {"name": "p.png", "mimeType": "image/png", "buffer": png()}
    )
    await stage.write(stage.phone, "It is broken")
    await stage.heard()
    message = await stage.heard()
    assert message["caption"] == "It is broken"
    assert message["photo"]
    await expect(stage.phone.get_by_role("img", name="Photo")).to_be_visible()
    await stage.page.wait_for_function(
        "() => document.querySelector('#customer .bubble img').naturalWidth > 0"
    )
    await stage.phone.get_by_role("button", name="Photo: show large").click()
    large = stage.page.get_by_role("dialog", name="Photo")
    await expect(large).to_be_visible()
    await stage.page.keyboard.press("Escape")
    await expect(large).to_have_count(0)


async def test_several_pictures_are_one_album(stage: Stage) -> None:
    await stage.say("/start")
    pictures: list[FilePayload] = [
        {"name": f"{i}.png", "mimeType": "image/png", "buffer": png(40 + i)} for i in range(3)
    ]
    await attach(stage, "Picture or video", *pictures)
    await stage.write(stage.phone, "Three views")
    album = stage.bubble(stage.phone, "Three views")
    await expect(album.get_by_role("img", name="Photo")).to_have_count(3)
    await expect(stage.phone.locator(".row")).to_have_count(2)
    await stage.heard()
    parts = [await stage.heard() for _ in range(3)]
    assert len({part["media_group_id"] for part in parts}) == 1


async def test_a_file_arrives_unchanged(stage: Stage) -> None:
    await stage.say("/start")
    words: FilePayload = {"name": "bill.txt", "mimeType": "text/plain", "buffer": b"12 euro"}
    await attach(stage, "File", words)
    await stage.phone.get_by_role("button", name="Send", exact=True).click()
    link = stage.phone.get_by_role("link", name="bill.txt")
    async with stage.page.expect_download() as download:
        await link.click()
    assert (await (await download.value).path()).read_bytes() == b"12 euro"


async def test_samples_of_each_kind_are_shown(stage: Stage) -> None:
    await stage.say("/start")
    marks = {
        "picture": ".picture",
        "voice message": ".player",
        "sticker": ".bare",
        "location": ".map",
        "contact": ".contact",
    }
    for name, mark in marks.items():
        await stage.phone.get_by_role("button", name="Attach").click()
        await stage.page.get_by_role("menuitem", name=f"Sample {name}").click()
        await expect(stage.phone.locator(mark)).to_be_visible()


async def test_kinds_only_others_send_are_shown_too(stage: Stage) -> None:
    thread = await stage.topic()
    await stage.open_topic()
    data = base64.b64encode(b"not really a film").decode()
    for kind in ("video", "audio", "animation", "video_note", "document"):
        media = {"kind": kind, "name": f"{kind}.bin", "data": data}
        await stage.control(
            "POST", "messages", {"from": 8002, "chat": GROUP, "thread": thread, "media": media}
        )
    await expect(stage.group.locator(".row")).to_have_count(5)
    await expect(stage.group.locator(".file")).to_contain_text("document.bin")
    # Bytes that no browser can play become a labelled chip.
    await expect(stage.group.locator(".media-chip").first).to_be_visible()
