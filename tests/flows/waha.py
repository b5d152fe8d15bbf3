"""A number linked through WAHA: its customers, its faults, and a stage with it."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sandbox.waha.client import WahaSandbox
from tests.flows.channels import add_channel
from tests.flows.chat_message import ChatMessage, parse_digits, parse_location
from tests.flows.customers import PHONE, PLACE, Customer
from tests.flows.eventually import eventually
from tests.flows.providers import Capabilities
from tests.flows.stage import Stage
from tests.flows.whatsapp_customer import KIND_NAMES, Json, WhatsAppCustomer, format_text, new_phone

_VCARD = f"BEGIN:VCARD\nVERSION:3.0\nFN:Budi\nTEL;type=CELL;waid=62811:{PHONE}\nEND:VCARD"
_KINDS = {"photo": "image", "document": "file"}
_SENT, _DELIVERED = 1, 2


class WahaCustomer(WhatsAppCustomer):
    """A customer who writes to a number that is linked through WAHA."""

    def __init__(self, waha: WahaSandbox, session: str, customer: Json) -> None:
        self.waha = waha
        self.session = session
        self.customer = customer
        self.name = customer["name"]
        self.address = f"{customer['phone']}@c.us"

    async def says(
        self,
        text: str,
        *,
        reply_to: ChatMessage | None = None,
        marks: Mapping[str, str] | None = None,
    ) -> str:
        more = {} if reply_to is None else {"reply_to": reply_to.id}
        said = await self.waha.says(
            self.customer, format_text(text, marks), session=self.session, **more
        )
        return str(said["tail"])

    async def sends(
        self, kind: str, *, caption: str | None = None, data: bytes | None = None, **more: Any
    ) -> str:
        more["session"] = self.session
        if kind == "location":
            said = await self.waha.says(self.customer, location=PLACE, **more)
        elif kind == "contact":
            said = await self.waha.says(self.customer, vcards=[_VCARD], **more)
        else:
            more["text"] = caption
            # Phones take pictures as JPEG; the samples are PNG.
            more["mimetype"] = "image/png" if kind == "photo" else None
            said = await self.waha.sends(self.customer, _KINDS.get(kind, kind), data, **more)
        return str(said["tail"])

    async def edits(self, message_id: str, text: str) -> None:
        await self.waha.edits(self.session, self.customer, message_id, text)

    async def deletes(self, message_id: str) -> None:
        await self.waha.revokes(self.session, self.customer, message_id)

    async def reacts(self, message: ChatMessage, emoji: str) -> None:
        await self.waha.reacts(self.session, self.customer, message.id, emoji)

    async def reads(self) -> None:
        await self.waha.reads(self.session, self.customer)

    async def chat(self) -> list[ChatMessage]:
        return [
            _to_chat_message(each) for each in await self.waha.sees(self.session, self.customer)
        ]

    async def download(self, message: ChatMessage) -> bytes:
        assert message.file is not None, f"{message} has no file"
        return await self.waha.file(message.file)


def _to_chat_message(each: Json) -> ChatMessage:
    found = re.search(r"waid=(\d+)", "".join(each["vcards"] or ()))
    return ChatMessage(
        id=each["tail"],
        text=each["text"] or "",
        kind=KIND_NAMES.get(each["kind"], each["kind"]),
        by_desk=each["author"] == "desk",
        reply_to=each["reply_to"],
        edited=bool(each["edited"]),
        reactions=tuple(each["reactions"].values()),
        file=each["media"]["file"] if each["media"] else None,
        place=parse_location(each["location"]),
        phone=parse_digits(found[1]) if found else None,
    )


@dataclass(frozen=True, slots=True)
class WahaProvider:
    """A WAHA server, whose faults affect the next answer to anybody."""

    waha: WahaSandbox
    session: str

    async def rate_limit(self, customer: Customer) -> None:
        await self._fail(code=429, retry_after=1)

    async def fail_once(self, customer: Customer) -> None:
        await self._fail(code=503)

    async def drop_connection(self, customer: Customer, *, taken: bool) -> None:
        await self._fail(kind="drop_after" if taken else "drop_before")

    async def is_slow(self, customer: Customer, seconds: float) -> None:
        await self._fail(kind="late", seconds=seconds)

    async def make_unreachable(self, customer: Customer) -> None:
        await self._fail(code=500, message="No LID for user")

    async def make_reachable(self, customer: Customer) -> None:
        """Do nothing: only one answer was rejected."""

    async def deliver_twice(self, customer: Customer, text: str) -> None:
        before = len(await self.waha.deliveries("message", self.session))
        await self.waha.tune(duplicates=1)
        await customer.says(text)
        await self.waha.tune(duplicates=0)

        async def told() -> bool:
            return len(await self.waha.deliveries("message", self.session)) == before + 2

        await eventually(told, "it is told twice")

    async def send_late_status(self, customer: Customer, message: ChatMessage) -> None:
        phone = parse_digits(customer.address)
        for ack in (_DELIVERED, _SENT):
            await self.waha.ack(self.session, phone, message.id, ack)

    async def is_typing_shown(self, customer: Customer) -> bool:
        return bool((await self.waha.chat(self.session, parse_digits(customer.address)))["typing"])

    async def is_read_shown(self, customer: Customer, message_id: str) -> bool:
        seen = await self.waha.sees(self.session, parse_digits(customer.address))
        return any(each["seen"] for each in seen if each["tail"] == message_id)

    async def _fail(self, **fault: Any) -> None:
        await self.waha.fail("sendText", session=self.session, **fault)


@dataclass(slots=True)
class WahaStage(Stage):
    """A stage whose customers write to a number that is linked through WAHA."""

    waha: WahaSandbox | None = None
    session: str = ""

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            phones=True,
            reports_deletes=True,
            reports_delivery=True,
            shows_read_marks=True,
            allows_any_emoji=True,
            replacements={
                "animation": "video",
                "video_note": "video",
                "venue": "location",
                # WAHA has no operations for these.
                "audio": "document",
                "sticker": "document",
            },
        )

    @property
    def provider(self) -> WahaProvider:
        assert self.waha is not None
        return WahaProvider(self.waha, self.session)

    async def customer(self, name: str = "Ann", *, language: str = "en", **more: Any) -> Customer:
        assert self.waha is not None
        more.setdefault("phone", new_phone())
        more.pop("username", None)
        customer = await self.waha.add_customer(f"{name} {next(self._numbers)}", **more)
        return WahaCustomer(self.waha, self.session, customer)

    async def connect(self) -> None:
        """Connect a linked number to the desk, and scan its code."""
        assert self.waha is not None
        self.session = f"desk_{secrets.token_hex(4)}"
        credentials = {
            "url": self.waha.waha_url,
            "api_key": self.waha.API_KEY,
            "session": self.session,
        }
        added = await add_channel(self, "whatsapp_waha", credentials)
        await self.waha.until(self.session, "SCAN_QR_CODE", seconds=15)
        await self.waha.scan(self.session, phone=new_phone())
        await self.waha.until(self.session, "WORKING", seconds=15)
        # The desk tells the staff group when it knows: that must not come later, in a test's time.
        linked = "SELECT 1 FROM whatsapp_sessions WHERE channel_id = :id AND status = 'WORKING'"
        await eventually(partial(self.rows, linked, id=added), "the desk knows of the link")
        # The sandbox repeats a webhook that the desk rejected after a moment, not after seconds.
        await self.waha.tune(tempo=0.02)
