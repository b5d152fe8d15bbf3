"""A bot whose staff also serves a WhatsApp number, with fakes for both providers."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.convert import media_constraints as telegram
from bridge.convert import media_constraints as whatsapp
from db.ids import ChannelId, MessageId, new_id
from db.queues.outbox import OutboxRow
from db.queues.payloads import AnswerPayload, CopyPayload
from db.tables import Channel, ChannelKind, OutboxKind, OutboxState, Side
from db.tables import MessageType as Kind
from db.tables.base import now_utc
from desk.channels import Channels, ServedChannel
from desk.content import Content
from desk.delivery.file_transfer import FileTransfer
from desk.delivery.ports import Delivery, Destination
from desk.media.cache import MediaCache
from desk.media.converter import ConversionError, OutputFormat
from desk.media.errors import MediaError
from desk.media.message_files import MessageFiles
from desk.media.ports import MediaConstraints
from desk.media.upload_store import UploadStore
from tests.desk.media.sample_files import film

MB = 1024 * 1024
HTML = b"<!doctype html><script>alert(1)</script>"
GOOD = film(b"avc1", b"mp4a")


@dataclass
class Provider:
    """Returns the files that it was given, and accepts what its table says."""

    table: Any
    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[MediaError] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    given: int = 0
    hold: asyncio.Event | None = None

    def get_media_constraints(self, kind: Kind) -> MediaConstraints | None:
        found: MediaConstraints | None = self.table.get_media_constraints(kind)
        return found

    async def download(self, file_id: str) -> AsyncGenerator[bytes, None]:
        self.asked.append(file_id)
        if self.hold is not None:
            await self.hold.wait()
        if self.faults:
            raise self.faults.pop(0)
        data = self.files[file_id]
        for start in range(0, len(data), 64 * 1024):
            self.given += 1
            yield data[start : start + 64 * 1024]


@dataclass
class FakeConverter:
    """Converts any file to what the test says."""

    results: dict[OutputFormat, bytes] = field(default_factory=dict)
    asked: list[tuple[str, OutputFormat]] = field(default_factory=list)

    async def convert(
        self, source: Path, mime: str, form: OutputFormat
    ) -> AsyncGenerator[bytes, None]:
        self.asked.append((mime, form))
        if form not in self.results:
            raise ConversionError("there is no such program")
        yield self.results[form]


def channel(kind: ChannelKind, staff: ChannelId | None = None) -> ServedChannel:
    row = Channel(id=ChannelId(new_id()), kind=kind, external_id="1", name="x", staff_groups=["-1"])
    served = ServedChannel.from_row(row, enrols_members=False)
    return replace(served, staff_channel_id=staff or served.id)


@dataclass
class Scene:
    """A bot whose staff also serves a WhatsApp number."""

    root: Path
    converter: FakeConverter = field(default_factory=FakeConverter)
    bot: ServedChannel = field(default_factory=lambda: channel(ChannelKind.TELEGRAM))
    at_telegram: Provider = field(default_factory=lambda: Provider(telegram))
    at_whatsapp: Provider = field(default_factory=lambda: Provider(whatsapp))

    def __post_init__(self) -> None:
        self.number = channel(ChannelKind.WHATSAPP_CLOUD, self.bot.id)
        self.uploads = UploadStore(self.root)
        senders = {self.bot.id: self.at_telegram, self.number.id: self.at_whatsapp}
        self.files = MessageFiles(self.uploads, MediaCache(self.root / "cache"), senders)
        self.file_transfer = FileTransfer(
            Channels([self.bot, self.number]), senders, self.files, self.converter, "en"
        )

    def make_delivery(
        self, side: Side, content: Content, **more: Any
    ) -> tuple[OutboxRow, Delivery]:
        """Make an answer to the number's customer, or a copy of the customer's message."""
        to_staff = side is Side.STAFF
        kind = more.pop("kind", OutboxKind.COPY if to_staff else OutboxKind.ANSWER)
        through = self.bot if to_staff else self.number
        attempts = more.pop("attempts", 0)
        message = more.pop("message", MessageId(new_id()))
        now, state = now_utc(), OutboxState.PENDING
        payload = CopyPayload(content) if to_staff else AnswerPayload(content)
        row = OutboxRow(1, "lane", through.id, None, message, payload, state, attempts, now, now)
        about = {"destination": Destination("42"), "channel_id": self.number.id, **more}
        return row, Delivery(1, kind, side, content=content, **about)

    async def fetch(self, side: Side, content: Content, **more: Any) -> Delivery:
        row, delivery = self.make_delivery(side, content, **more)
        assert self.file_transfer.is_needed(row, delivery)
        return await self.file_transfer.fetch(row, delivery)

    async def from_customer(self, kind: Kind, data: bytes, **file: Any) -> Delivery:
        self.at_whatsapp.files["media"] = data
        return await self.fetch(Side.STAFF, Content(kind, file={"id": "media", **file}))

    async def from_agent(self, kind: Kind, data: bytes, **file: Any) -> Delivery:
        self.at_telegram.files["photo"] = data
        content = Content(kind, text="see", file={"id": "photo", **file}, source=("-1", "7"))
        return await self.fetch(Side.CUSTOMER, content)


def put_upload(uploads: UploadStore, message: MessageId, data: bytes) -> None:
    path = uploads.path_of(message)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
