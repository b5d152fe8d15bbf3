"""Files of another provider come to our disk and are made to fit, or the error says why not."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from db.ids import MessageId, new_id
from db.tables import MessageType as Kind
from db.tables import OutboxKind, Side
from desk.channels import Channels
from desk.content import Content
from desk.delivery.file_transfer import FileTransfer
from desk.delivery.ports import Delivery
from desk.errors import DeliveryError, FileRefused, Unavailable
from desk.media.cache import MediaCache
from desk.media.converter import OutputFormat
from desk.media.errors import (
    FileGoneError,
    FileTooLargeError,
    FileUnavailableError,
    MediaError,
)
from desk.media.message_files import MessageFiles
from tests.desk.delivery.file_transfer_scene import GOOD, HTML, MB, FakeConverter, Scene, put_upload
from tests.desk.media.sample_files import JPEG, MP3, OPUS, PNG, TGS, WEBM, film, webp


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    yield Scene(tmp_path)
    parts = await asyncio.to_thread(lambda: [*tmp_path.rglob("*.part")])
    assert not parts


def read(path: Path | None) -> bytes:
    assert path is not None
    return path.read_bytes()


def shown(delivery: Delivery) -> tuple[Kind, str, str]:
    assert delivery.file_error is None
    file = delivery.content.file or {}
    return delivery.content.type, file["mime"], file["name"]


def error_of(delivery: Delivery) -> DeliveryError:
    assert delivery.file is None
    assert delivery.file_error is not None
    return delivery.file_error


async def test_a_customers_picture_reaches_staff(scene: Scene) -> None:
    delivery = await scene.from_customer(Kind.IMAGE, JPEG, mime="image/jpeg")
    assert shown(delivery) == (Kind.IMAGE, "image/jpeg", "file.jpg")
    assert read(delivery.file) == JPEG
    assert scene.at_whatsapp.asked == ["media"]
    assert scene.at_telegram.asked == []


async def test_an_agents_picture_reaches_the_customer(scene: Scene) -> None:
    delivery = await scene.from_agent(Kind.IMAGE, PNG)
    assert shown(delivery) == (Kind.IMAGE, "image/png", "file.png")
    assert (delivery.content.text, delivery.content.source) == ("see", None)
    assert scene.at_telegram.asked == ["photo"]


async def test_a_file_is_fetched_once(scene: Scene) -> None:
    scene.at_whatsapp.files["media"] = JPEG
    content, message = Content(Kind.IMAGE, file={"id": "media"}), MessageId(new_id())
    first = await scene.fetch(Side.STAFF, content, message=message)
    again = await scene.fetch(Side.STAFF, content, message=message)
    assert (
        first.file
        == again.file
        == await scene.files.path(message, {"id": "media"}, scene.number.id)
    )
    assert scene.at_whatsapp.asked == ["media"]


async def test_files_at_the_provider_and_texts_need_no_transfer(scene: Scene) -> None:
    picture = Content(Kind.IMAGE, file={"id": "photo"}, source=("42", "7"))
    for content, more in (
        (Content(text="words"), {}),
        (Content(Kind.LINK, text="words"), {}),
        (picture, {"channel_id": scene.bot.id}),
        (picture, {"channel_id": None}),
        (picture, {"kind": OutboxKind.EDIT}),
        (picture, {"kind": OutboxKind.DELETE}),
    ):
        assert not scene.file_transfer.is_needed(*scene.make_delivery(Side.STAFF, content, **more))
    place = Content(Kind.LOCATION, attributes={"latitude": 1.0}, source=("-1", "7"))
    delivery = await scene.fetch(Side.CUSTOMER, place)
    assert (delivery.file, delivery.file_error, delivery.content.source) == (None, None, None)
    assert delivery.content.attributes == place.attributes


async def test_uploads_are_fitted_too(scene: Scene) -> None:
    message = MessageId(new_id())
    await asyncio.to_thread(put_upload, scene.uploads, message, PNG)
    file = {"upload": message, "name": "a.png", "mime": "image/png", "size": len(PNG)}
    for side in Side:
        delivery = await scene.fetch(side, Content(Kind.IMAGE, file=file))
        assert delivery.file == scene.uploads.path_of(message)
        assert shown(delivery) == (Kind.IMAGE, "image/png", "a.png")
    scene.uploads.discard(message)
    gone = await scene.fetch(Side.STAFF, Content(Kind.IMAGE, file=file))
    assert "MEDIA_DIR" in str(error_of(gone))


# The message type for sending


@pytest.mark.parametrize(
    ("kind", "data", "file", "expected"),
    [
        (Kind.IMAGE, JPEG, {}, (Kind.IMAGE, "image/jpeg", "file.jpg")),
        (Kind.IMAGE, JPEG + bytes(5 * MB), {}, (Kind.FILE, "image/jpeg", "file.jpg")),
        (Kind.IMAGE, HTML, {}, (Kind.FILE, "application/octet-stream", "file")),
        (Kind.VIDEO, GOOD, {"name": "a.mp4"}, (Kind.VIDEO, "video/mp4", "a.mp4")),
        (Kind.VIDEO_NOTE, GOOD, {}, (Kind.VIDEO, "video/mp4", "file.mp4")),
        (Kind.ANIMATION, film(b"avc1"), {}, (Kind.VIDEO, "video/mp4", "file.mp4")),
        (Kind.VOICE, OPUS, {}, (Kind.VOICE, "audio/ogg; codecs=opus", "file.ogg")),
        (Kind.AUDIO, MP3, {"name": "s.mp3"}, (Kind.AUDIO, "audio/mpeg", "s.mp3")),
        (Kind.STICKER, webp(), {}, (Kind.STICKER, "image/webp", "file.webp")),
        # No converter makes them fit: they are sent as documents.
        (Kind.VIDEO, film(b"hvc1", b"mp4a"), {}, (Kind.FILE, "video/mp4", "file.mp4")),
        (
            Kind.FILE,
            HTML,
            {"name": "../a\u202eb.html", "mime": "text/html"},
            (Kind.FILE, "text/html", "ab.html"),
        ),
    ],
    ids=range(11),
)
async def test_message_types_of_files_for_whatsapp(
    scene: Scene, kind: Kind, data: bytes, file: dict[str, str], expected: tuple[Kind, str, str]
) -> None:
    delivery = await scene.from_agent(kind, data, **file)
    assert shown(delivery) == expected
    assert read(delivery.file) == data
    assert (delivery.content.file or {})["size"] == len(data)


@pytest.mark.parametrize(("data", "mime"), [(TGS, "application/x-tgsticker"), (WEBM, "video/webm")])
async def test_a_moving_sticker_that_nobody_could_open_is_refused(
    scene: Scene, data: bytes, mime: str
) -> None:
    delivery = await scene.from_agent(Kind.STICKER, data, mime=mime)
    assert "cannot be sent there" in str(error_of(delivery))


@pytest.mark.parametrize(
    ("kind", "data", "made", "expected"),
    [
        (Kind.VIDEO, film(b"hvc1"), (OutputFormat.MP4, GOOD), (Kind.VIDEO, "video/mp4", "my.mp4")),
        (Kind.STICKER, WEBM, (OutputFormat.MP4, GOOD), (Kind.VIDEO, "video/mp4", "my.mp4")),
        (
            Kind.STICKER,
            webp(300, 300),
            (OutputFormat.PNG, PNG),
            (Kind.IMAGE, "image/png", "my.png"),
        ),
        (
            Kind.VOICE,
            MP3,
            (OutputFormat.OPUS, OPUS),
            (Kind.VOICE, "audio/ogg; codecs=opus", "my.ogg"),
        ),
        # The converted file does not fit, either: the next option, with the original file.
        (Kind.VOICE, MP3, (OutputFormat.OPUS, HTML), (Kind.AUDIO, "audio/mpeg", "my.file")),
        (
            Kind.VIDEO,
            film(b"hvc1"),
            (OutputFormat.MP4, GOOD + bytes(16 * MB)),
            (Kind.FILE, "video/mp4", "my.file"),
        ),
    ],
    ids=range(6),
)
async def test_files_are_converted_to_fit(
    scene: Scene,
    kind: Kind,
    data: bytes,
    made: tuple[OutputFormat, bytes],
    expected: tuple[Kind, str, str],
) -> None:
    form, result = made
    scene.converter.results[form] = result
    delivery = await scene.from_agent(kind, data, name="my.file")
    assert shown(delivery) == expected
    assert read(delivery.file) == (result if expected[2] != "my.file" else data)


async def test_converted_files_are_cached_and_forgotten_with_the_original(scene: Scene) -> None:
    scene.converter.results[OutputFormat.MP4] = GOOD
    scene.at_telegram.files["photo"] = film(b"hvc1")
    file, message = {"id": "photo"}, MessageId(new_id())
    for _ in range(2):
        await scene.fetch(Side.CUSTOMER, Content(Kind.VIDEO, file=file), message=message)
    assert scene.converter.asked == [("video/mp4", OutputFormat.MP4)]
    assert len(await asyncio.to_thread(lambda: [*scene.root.rglob(f"{message}*")])) == 2
    scene.files.forget(message, file)
    assert not await asyncio.to_thread(lambda: [*scene.root.rglob(f"{message}*")])


# Files that are not available


async def test_a_file_that_is_too_large_is_not_fetched(scene: Scene) -> None:
    said = error_of(await scene.from_customer(Kind.FILE, b"", size=80 * MB, name="plan.pdf"))
    assert isinstance(said, FileRefused)
    assert "has 80.0 MB, and the limit is 50 MB" in str(said)
    assert "/api/v1/messages/" in str(said)
    assert scene.at_whatsapp.asked == []


async def test_a_file_of_unknown_size_is_fetched_up_to_the_limit(scene: Scene) -> None:
    said = error_of(await scene.from_customer(Kind.FILE, bytes(60 * MB)))
    assert isinstance(said, FileRefused)
    assert "larger than 50 MB" in str(said)
    assert scene.at_whatsapp.given <= 50 * 16 + 1
    files = await asyncio.to_thread(lambda: [*scene.root.rglob("*.*")])
    assert not files


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileTooLargeError("Telegram hands out files of up to 20 MB"), "up to 20 MB"),
        (FileGoneError("its server answered 404"), "answered 404"),
    ],
)
async def test_final_errors(scene: Scene, error: MediaError, words: str) -> None:
    scene.at_telegram.faults = [error]
    said = error_of(await scene.from_agent(Kind.IMAGE, JPEG))
    assert isinstance(said, FileRefused)
    assert words in str(said)
    # No file is left behind: the next attempt succeeds.
    assert (await scene.from_agent(Kind.IMAGE, JPEG)).file_error is None


async def test_an_unavailable_provider_is_asked_again_but_not_for_ever(scene: Scene) -> None:
    scene.at_whatsapp.files["media"] = JPEG
    content = Content(Kind.IMAGE, file={"id": "media"})
    for attempts in range(7):
        scene.at_whatsapp.faults = [FileUnavailableError("its server answered 503")]
        said = error_of(await scene.fetch(Side.STAFF, content, attempts=attempts))
        assert type(said) is Unavailable
    scene.at_whatsapp.faults = [FileUnavailableError("its server answered 503")]
    said = error_of(await scene.fetch(Side.STAFF, content, attempts=7))
    assert isinstance(said, FileRefused)
    assert "answered 503" in str(said)


@pytest.mark.parametrize("file", [{}, {"id": None}, {"id": 5}])
async def test_a_file_without_a_valid_id(scene: Scene, file: dict[str, Any]) -> None:
    delivery = await scene.fetch(Side.STAFF, Content(Kind.IMAGE, file=file))
    assert isinstance(error_of(delivery), FileRefused)


async def test_an_empty_file(scene: Scene) -> None:
    assert "it is empty" in str(error_of(await scene.from_customer(Kind.FILE, b"")))


async def test_a_file_of_no_message(scene: Scene) -> None:
    content = Content(Kind.IMAGE, file={"id": "media"})
    delivery = await scene.fetch(Side.STAFF, content, message=None)
    assert isinstance(error_of(delivery), FileRefused)


async def test_a_provider_that_raises_an_unexpected_error(scene: Scene) -> None:
    content = Content(Kind.IMAGE, file={"id": "unknown"})  # raises KeyError
    delivery = await scene.fetch(Side.STAFF, content)
    assert type(error_of(delivery)) is Unavailable


async def test_a_channel_that_is_not_served(scene: Scene, tmp_path: Path) -> None:
    channels, carriers = Channels([scene.bot, scene.number]), {scene.bot.id: scene.at_telegram}
    files = MessageFiles(scene.uploads, MediaCache(tmp_path / "cache"), carriers)
    crossing = FileTransfer(channels, carriers, files, FakeConverter(), "en")
    row, delivery = scene.make_delivery(Side.STAFF, Content(Kind.IMAGE, file={"id": "media"}))
    assert type(error_of(await crossing.fetch(row, delivery))) is Unavailable


async def test_stop_abandons_running_transfers(scene: Scene) -> None:
    scene.at_whatsapp.hold = asyncio.Event()
    content = Content(Kind.IMAGE, file={"id": "media"})
    waiting = [asyncio.ensure_future(scene.fetch(Side.STAFF, content)) for _ in range(3)]
    while len(scene.at_whatsapp.asked) < 3:  # noqa: ASYNC110 a few turns of the loop
        await asyncio.sleep(0)
    scene.file_transfer.stop()
    for each in [*await asyncio.gather(*waiting), await scene.fetch(Side.STAFF, content)]:
        assert type(error_of(each)) is Unavailable
        assert "stopping" in str(each.file_error)


async def test_slow_files_leave_room_for_other_deliveries(scene: Scene) -> None:
    scene.at_whatsapp.hold = asyncio.Event()
    scene.at_whatsapp.files["media"] = JPEG
    content = Content(Kind.IMAGE, file={"id": "media"})
    waiting = [asyncio.ensure_future(scene.fetch(Side.STAFF, content)) for _ in range(16)]
    await asyncio.sleep(0)
    said = error_of(await scene.fetch(Side.STAFF, content))
    assert type(said) is Unavailable
    assert said.retry_after > 0
    scene.at_whatsapp.hold.set()
    assert [each.file_error for each in await asyncio.gather(*waiting)] == [None] * 16
    assert (await scene.fetch(Side.STAFF, content)).file_error is None
