"""Previews: made once, of pictures and videos alone, and not too many at a time."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from db.ids import ChannelId, MessageId, new_id
from db.tables import MessageType
from desk.media.cache import MediaCache
from desk.media.converter import ConversionError, NoConverter, OutputFormat
from desk.media.errors import FileGoneError, FileUnavailableError
from desk.media.message_files import MessageFiles
from desk.media.thumbnails import Thumbnails
from desk.media.upload_store import UploadStore
from tests.desk.media.sample_files import PNG

BOT = ChannelId(new_id())
JPEG = b"\xff\xd8\xff small"


class Camera:
    """Makes the same small picture of everything; it can be made to wait."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, OutputFormat]] = []
        self.resume = asyncio.Event()
        self.resume.set()

    async def convert(
        self, source: Path, mime: str, form: OutputFormat
    ) -> AsyncGenerator[bytes, None]:
        self.asked.append((mime, form))
        await self.resume.wait()
        yield JPEG


def stored(folder: Path, data: bytes) -> MessageId:
    """Store an upload of a message."""
    message_id = MessageId(new_id())
    place = UploadStore(folder).path_of(message_id)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    return message_id


def thumbnails(folder: Path, camera: Camera) -> tuple[Thumbnails, MessageFiles]:
    files = MessageFiles(UploadStore(folder), MediaCache(folder / "cache"), {})
    return Thumbnails(files, camera), files


async def test_a_picture_gets_one_preview_which_goes_with_the_picture(tmp_path: Path) -> None:
    camera = Camera()
    made, files = thumbnails(tmp_path, camera)
    message = stored(tmp_path, PNG)
    file = {"upload": message, "mime": "text/plain"}
    for _ in range(2):
        path = await made.path(message, file, BOT)
        assert path.read_bytes() == JPEG
    # The bytes decide, not what somebody said they are.
    assert camera.asked == [("image/png", OutputFormat.JPEG)]
    files.forget(message, file)
    assert not path.exists()
    with pytest.raises(FileGoneError):
        await made.path(message, file, BOT)


@pytest.mark.parametrize("data", [b"just words", b"<svg onload='alert(1)'/>", b"%PDF-1.7", b""])
async def test_other_files_have_none(tmp_path: Path, data: bytes) -> None:
    camera = Camera()
    made, _ = thumbnails(tmp_path, camera)
    message = stored(tmp_path, data)
    with pytest.raises(ConversionError):
        await made.path(message, {"upload": message, "mime": "image/svg+xml"}, BOT)
    assert camera.asked == []


async def test_of_too_many_at_once_some_are_refused(tmp_path: Path) -> None:
    camera = Camera()
    made, _ = thumbnails(tmp_path, camera)
    camera.resume.clear()
    messages = [stored(tmp_path, PNG) for _ in range(41)]
    asked = [asyncio.create_task(made.path(each, {"upload": each}, BOT)) for each in messages[:-1]]
    await asyncio.sleep(0)  # each has begun
    with pytest.raises(FileUnavailableError):
        await made.path(messages[-1], {"upload": messages[-1]}, BOT)
    camera.resume.set()
    assert {path.read_bytes() for path in await asyncio.gather(*asked)} == {JPEG}
    assert (await made.path(messages[-1], {"upload": messages[-1]}, BOT)).is_file()


def test_without_a_converter_nothing_has_a_preview(tmp_path: Path) -> None:
    made, files = thumbnails(tmp_path, Camera())
    assert made.can_have(MessageType.IMAGE)
    assert made.can_have(MessageType.VIDEO)
    assert not made.can_have(MessageType.FILE)
    assert not made.can_have(MessageType.VOICE)
    assert not Thumbnails(files, NoConverter()).can_have(MessageType.IMAGE)
