"""Tests of content that is not at Telegram: local files, locations, contacts and descriptions."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.bot_factory import make_bot
from bot.sender.sender import TelegramSender
from db.tables import MessageType as Kind
from db.tables import OutboxKind, Side
from desk.content import Content
from desk.delivery.ports import Delivery, Destination
from desk.errors import Rejected, Unavailable, Uncertain
from sandbox.app import serve
from sandbox.telegram.client import TelegramSandbox
from sandbox.telegram.model.sample_files import SAMPLES

TOKEN = "123456:" + "A" * 35
pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class SenderEnv:
    """A bot, and a customer who reads what it sends."""

    telegram: TelegramSandbox
    sender: TelegramSender
    ana: dict[str, Any]

    async def send(self, content: Content, file: Path | None = None, **more: Any) -> list[Any]:
        """Deliver content; return what Ana reads, after checking that the sender knows each id."""
        place, known = Destination(str(self.ana["id"])), len(await self.telegram.messages(self.ana))
        more = {"side": Side.CUSTOMER, **more}
        delivery = Delivery(
            1, OutboxKind.ANSWER, destination=place, content=content, file=file, **more
        )
        receipt = await self.sender.deliver(delivery)
        read = (await self.telegram.messages(self.ana))[known:]
        assert [str(each["message_id"]) for each in read] == list(receipt.provider_ids)
        return read


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sender_env() -> AsyncIterator[SenderEnv]:
    async with serve() as sandbox, TelegramSandbox(sandbox.url) as telegram:
        await telegram.add_bot(TOKEN)
        ana = await telegram.add_user("Ana")
        await telegram.say(ana, "/start")
        bot = make_bot(TOKEN, sandbox.url)
        try:
            yield SenderEnv(telegram, TelegramSender(bot, "en"), ana)
        finally:
            await bot.session.close()


def file(folder: Path, kind: str) -> Path:
    path = folder / "file"
    path.write_bytes(SAMPLES[kind][2])
    return path


@pytest.mark.parametrize(
    ("kind", "sample"),
    [
        (Kind.IMAGE, "photo"),
        (Kind.VIDEO, "video"),
        (Kind.AUDIO, "audio"),
        (Kind.VOICE, "voice"),
        (Kind.FILE, "document"),
    ],
)
async def test_files_with_captions(
    sender_env: SenderEnv, tmp_path: Path, kind: Kind, sample: str
) -> None:
    bold = [{"type": "bold", "offset": 0, "length": 4}]
    about = {"name": SAMPLES[sample][0], "mime": SAMPLES[sample][1]}
    content = Content(kind, text="look here", entities=bold, file=about)
    (read,) = await sender_env.send(content, file(tmp_path, sample))
    assert sample in read
    assert (read["caption"], read["caption_entities"]) == ("look here", bold)


async def test_a_sticker_and_its_words(sender_env: SenderEnv, tmp_path: Path) -> None:
    path = file(tmp_path, "sticker")
    (alone,) = await sender_env.send(Content(Kind.STICKER, file={"name": "x.webp"}), path)
    assert "sticker" in alone
    first, words = await sender_env.send(Content(Kind.STICKER, text="Ann:", file={}), path)
    assert "sticker" in first
    assert words["text"] == "Ann:"


async def test_a_caption_that_is_too_long_goes_on_as_text(
    sender_env: SenderEnv, tmp_path: Path
) -> None:
    text = "word " * 1200  # six thousand characters: a caption and two texts
    last = [{"type": "bold", "offset": 5990, "length": 4}]
    content = Content(Kind.IMAGE, text=text.strip(), entities=last, file={})
    read = await sender_env.send(content, file(tmp_path, "photo"))
    said = [read[0]["caption"], *(each["text"] for each in read[1:])]
    assert " ".join(said) == text.strip()
    assert max(map(len, said[:1])) <= 1024
    assert max(map(len, said)) <= 4096
    assert read[-1]["entities"][0]["type"] == "bold"


async def test_a_customer_receives_nothing_twice(sender_env: SenderEnv, tmp_path: Path) -> None:
    content = Content(Kind.IMAGE, text="word " * 300, file={})
    path = file(tmp_path, "photo")
    await sender_env.telegram.fail("sendMessage", code=500, description="restart")
    with pytest.raises(Uncertain, match="without the end"):
        await sender_env.send(content, path)
    # Staff receives it again: twice is better than not at all.
    await sender_env.telegram.fail("sendMessage", code=500, description="restart")
    with pytest.raises(Unavailable):
        await sender_env.send(content, path, side=Side.STAFF)
    assert await sender_env.send(content, path)


async def test_places(sender_env: SenderEnv) -> None:
    here = {"latitude": -6.2, "longitude": 106.8}
    (plain,) = await sender_env.send(Content(Kind.LOCATION, attributes=here))
    assert (plain["location"]["latitude"], "venue" in plain) == (-6.2, False)
    named = {**here, "title": "The shop", "address": "Jl. Merdeka 1"}
    (venue,) = await sender_env.send(Content(Kind.LOCATION, attributes=named))
    assert venue["venue"]["title"] == "The shop"
    (half,) = await sender_env.send(Content(Kind.LOCATION, attributes={**here, "address": "Jl. 1"}))
    assert half["venue"]["title"] == half["venue"]["address"] == "Jl. 1"
    read = await sender_env.send(Content(Kind.LOCATION, text="here!", attributes=here))
    assert ["location" in read[0], read[1]["text"]] == [True, "here!"]


async def test_contacts(sender_env: SenderEnv) -> None:
    shared = {"phone": "+62 812 555", "name": "Budi"}
    (read,) = await sender_env.send(Content(Kind.CONTACT, attributes=shared))
    assert read["contact"]["phone_number"] == "+62 812 555"
    assert read["contact"]["first_name"] == "Budi"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (Content(Kind.OTHER, attributes={"kind": "poll"}), "poll"),
        (Content(Kind.OTHER), "other"),
        (Content(Kind.OTHER, text="2 teas", attributes={"kind": "order"}), "2 teas\n"),
        (Content(Kind.CONTACT, attributes={"name": "Budi"}), "Budi"),
        (Content(Kind.LOCATION, attributes={}), "location"),
        (Content(Kind.LOCATION, attributes={"latitude": "x", "longitude": None}), "location"),
        (Content(Kind.LOCATION, attributes={"latitude": 91, "longitude": 0}), "location"),
        (Content(Kind.LOCATION, attributes={"latitude": "nan", "longitude": 0}), "location"),
        (Content(Kind.IMAGE), "image"),
    ],
)
async def test_content_that_cannot_be_shown_is_described(
    sender_env: SenderEnv, content: Content, told: str
) -> None:
    (read,) = await sender_env.send(content)
    assert told in read["text"]
    assert "cannot be shown" in read["text"]


async def test_a_file_that_was_removed_to_free_space(sender_env: SenderEnv, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="downloaded again"):
        await sender_env.send(Content(Kind.FILE, file={}), tmp_path / "nothing")


async def test_a_file_that_is_too_large_after_all(sender_env: SenderEnv, tmp_path: Path) -> None:
    await sender_env.telegram.fail("sendDocument", code=413, description="Request Entity Too Large")
    with pytest.raises(Rejected, match="too large for Telegram"):
        await sender_env.send(Content(Kind.FILE, file={}), file(tmp_path, "document"))
