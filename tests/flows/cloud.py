"""A Cloud API number: its customers, its faults, and a stage with it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.common.control_client import SandboxRequestError
from sandbox.graph.client import GraphSandbox
from tests.flows.channels import add_channel
from tests.flows.chat_message import ChatMessage, parse_digits, parse_location
from tests.flows.customers import PHONE, PLACE, Customer
from tests.flows.eventually import eventually
from tests.flows.providers import Capabilities
from tests.flows.stage import Stage
from tests.flows.whatsapp_customer import KIND_NAMES, Json, WhatsAppCustomer, format_text, new_phone

_CARD = {"name": {"formatted_name": "Budi", "first_name": "Budi"}, "phones": [{"phone": PHONE}]}
_KINDS = {"photo": "image"}
_TOO_MANY_FOR_ONE, _FOR_A_MOMENT = 131056, 131016


class CloudCustomer(WhatsAppCustomer):
    """A customer who writes to a Cloud API number."""

    def __init__(self, graph: GraphSandbox, number: Json, customer: Json) -> None:
        self.graph = graph
        self.number = number
        self.customer = customer
        self.name = customer["name"]
        self.address: str = customer["wa_id"] or customer["user_id"]

    async def says(
        self,
        text: str,
        *,
        reply_to: ChatMessage | None = None,
        marks: Mapping[str, str] | None = None,
    ) -> str:
        more = {} if reply_to is None else {"reply_to": reply_to.id}
        said = await self.graph.says(
            self.customer, format_text(text, marks), number=self.number, **more
        )
        return str(said["id"])

    async def sends(
        self, kind: str, *, caption: str | None = None, data: bytes | None = None, **more: Any
    ) -> str:
        to = {"number": self.number, **more}
        if kind == "location":
            said = await self.graph.sends(self.customer, kind, PLACE, **to)
        elif kind == "contact":
            said = await self.graph.sends(self.customer, "contacts", [_CARD], **to)
        else:
            kind = _KINDS.get(kind, kind)
            said = await self.graph.sends_media(self.customer, kind, data, caption=caption, **to)
        return str(said["id"])

    async def edits(self, message_id: str, text: str) -> None:
        await self.graph.edits(message_id, text)

    async def deletes(self, message_id: str) -> None:
        await self.graph.deletes(message_id)

    async def reacts(self, message: ChatMessage, emoji: str) -> None:
        await self.graph.reacts(message.id, emoji)

    async def reads(self) -> None:
        await self.graph.reads(self.customer, number=self.number)

    async def chat(self) -> list[ChatMessage]:
        found = await self.graph.messages(self.customer, self.number)
        return [self._to_chat_message(each) for each in found if _is_there(each)]

    async def download(self, message: ChatMessage) -> bytes:
        assert message.file is not None, f"{message} has no file"
        return await self.graph.media(message.file)

    def _to_chat_message(self, each: Json) -> ChatMessage:
        kind = "voice" if each["voice"] else KIND_NAMES.get(each["type"], each["type"])
        shown = each["shown"]
        return ChatMessage(
            id=each["id"],
            text=(shown["body"] if isinstance(shown, dict) else shown) or each["text"] or "",
            kind=kind,
            by_desk=each["from"] == "business",
            reply_to=each["reply_to"],
            edited=bool(each["edited"]),
            reactions=tuple(each["reactions"].values()),
            buttons=tuple(button["title"] for button in each["buttons"] or ()),
            file=each["media"]["id"] if each["media"] else None,
            place=parse_location(each["content"] if kind == "location" else None),
            phone=parse_digits(each["content"][0]["phones"][0]["phone"])
            if kind == "contact"
            else None,
        )


def _is_there(each: Json) -> bool:
    """Check whether a message is on the customer's phone.

    One that Meta has only accepted may still fail.
    """
    arrived = each["from"] != "business" or each["status"] in {"delivered", "read", "played"}
    return bool(arrived and each["type"] != "reaction")


@dataclass(frozen=True, slots=True)
class CloudProvider:
    """Meta's Cloud API."""

    graph: GraphSandbox

    async def rate_limit(self, customer: Customer) -> None:
        await self.graph.fail(to=customer.address, code=_TOO_MANY_FOR_ONE)

    async def fail_once(self, customer: Customer) -> None:
        await self.graph.fail(to=customer.address, code=_FOR_A_MOMENT)

    async def drop_connection(self, customer: Customer, *, taken: bool) -> None:
        await self.graph.fail(to=customer.address, kind="drop_after" if taken else "drop_before")

    async def is_slow(self, customer: Customer, seconds: float) -> None:
        await self.graph.fail(to=customer.address, kind="late", seconds=seconds)

    async def make_unreachable(self, customer: Customer) -> None:
        await self.graph.change_customer(customer.address, reachable=False)

    async def make_reachable(self, customer: Customer) -> None:
        await self.graph.change_customer(customer.address, reachable=True)

    async def deliver_twice(self, customer: Customer, text: str) -> None:
        await self.graph.settings(copies=2)
        await customer.says(text)
        assert await self.graph.wait_until_settled()
        await self.graph.settings(copies=1)

    async def send_late_status(self, customer: Customer, message: ChatMessage) -> None:
        await self.graph.status(message.id, "delivered")
        await self.graph.status(message.id, "sent")
        assert await self.graph.wait_until_settled()

    async def is_typing_shown(self, customer: Customer) -> bool:
        return await self.graph.is_typing(customer.address)

    async def is_read_shown(self, customer: Customer, message_id: str) -> bool:
        messages = await self.graph.messages(customer.address)
        return any(each["read"] for each in messages if each["id"] == message_id)


@dataclass(slots=True)
class CloudStage(Stage):
    """A stage whose customers write to a Cloud API number."""

    graph: GraphSandbox | None = None
    number: Json | None = None

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            phones=True,
            can_edit_answers=False,
            can_delete_answers=False,
            reports_deletes=True,
            reports_delivery=True,
            shows_read_marks=True,
            allows_any_emoji=True,
            replacements={"animation": "video", "video_note": "video", "venue": "location"},
        )

    @property
    def provider(self) -> CloudProvider:
        assert self.graph is not None
        return CloudProvider(self.graph)

    async def customer(self, name: str = "Ann", *, language: str = "en", **more: Any) -> Customer:
        assert self.graph is not None
        assert self.number is not None
        more.setdefault("phone", new_phone())
        more.pop("username", None)
        customer = await self.graph.add_customer(f"{name} {next(self._numbers)}", **more)
        return CloudCustomer(self.graph, self.number, customer)

    async def connect(self) -> None:
        """Connect a number to the desk, as an administrator and Meta's pages do."""
        assert self.graph is not None
        self.number = number = await self.graph.add_number(phone=new_phone())
        token = secrets.token_urlsafe(12)
        credentials = {
            "access_token": number["token"],
            "phone_number_id": number["id"],
            "app_secret": number["app_secret"],
            "waba_id": number["account"],
            "verify_token": token,
        }
        made = await add_channel(self, "whatsapp_cloud", credentials)
        graph, url = self.graph, f"{self.address}/whatsapp/{made}"

        async def shaken() -> bool:
            try:
                await graph.set_webhook(number, url, token)
            except SandboxRequestError:  # the channel is not served yet
                return False
            return True

        await eventually(shaken, "the webhook's address is taken")
        # The sandbox repeats a webhook that the desk rejected after a moment, not after seconds.
        await graph.settings(retry_base=0.05)
