"""Customers who write to a WhatsApp number: at the Cloud API, or linked through WAHA."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sandbox.common.control_client import SandboxRequestError
from sandbox.graph.client import GraphSandbox
from sandbox.waha.client import WahaSandbox
from scripts.chaos.customers import ChatMessage, Customer
from scripts.chaos.message_log import Id, Json, find_token

_STEPS = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read"}
_TEMPLATE_NEEDED = 131047
# WAHA's ticks; lower ones, and errors, are only reported by `report_statuses`.
_TICKS = {1: ("sent",), 2: ("sent", "delivered"), 3: ("sent", "delivered", "read")}


@dataclass(slots=True)
class CloudCustomer(Customer):
    """A customer of a Cloud API number."""

    graph: GraphSandbox
    number: Json
    person: Json

    @property
    def chat_id(self) -> Id:
        return str(self.person["id"])

    async def says(self, text: str, *, reply_to: Id | None = None) -> Id:
        more = {} if reply_to is None else {"reply_to": str(reply_to)}
        said = await self.graph.says(self.person, text, number=self.number, **more)
        return str(said["id"])

    async def sends_pictures(self, captions: list[str]) -> list[Id]:
        to: dict[str, Any] = {"number": self.number}
        sent = [
            await self.graph.sends_media(self.person, "image", caption=each, **to)
            for each in captions
        ]
        return [str(each["id"]) for each in sent]

    async def edits(self, message: Id, text: str) -> None:
        await self.graph.edits(str(message), text)

    async def reacts(self, message: Id, emoji: str) -> None:
        await self.graph.reacts(str(message), emoji)

    async def reads(self) -> None:
        await self.graph.reads(self.person, number=self.number)

    async def report_statuses(self, message: Id, states: tuple[str, ...]) -> None:
        """Make the provider report these statuses of an answer, whatever it reported before."""
        for state in states:
            await self.graph.status(str(message), state)

    async def chat(self) -> list[ChatMessage]:
        try:
            found = await self.graph.messages(self.person, self.number)
        except SandboxRequestError:  # nobody has written yet
            return []
        found = [each for each in found if each["type"] != "reaction"]
        texts = {each["id"]: each for each in found}
        return [from_cloud(place, each, texts) for place, each in enumerate(found)]

    async def add_fault(self, **fault: object) -> int:
        to = self.person["wa_id"] or self.person["user_id"]
        return await self.graph.fail("messages", to=to, **fault)  # type: ignore[arg-type]  # `kind` and `times` among them

    async def has_pending_fault(self, fault: int) -> bool:
        return any(each["id"] == fault for each in await self.graph.faults())


def from_cloud(place: int, each: Json, others: dict[str, Json]) -> ChatMessage:
    """Convert a message of the Graph sandbox."""
    told = tuple(
        "held" if step["code"] == _TEMPLATE_NEEDED else _STEPS.get(step["status"], "failed")
        for step in each["statuses"]
    )
    return ChatMessage(
        id=each["id"],
        place=place,
        at=each["at"],
        text=each["text"] or "",
        by_desk=each["from"] == "business",
        reply_to_token=find_token(others.get(each["reply_to"] or "") or {}),
        reaction=each["reactions"].get("business", ""),
        statuses=told,
    )


@dataclass(slots=True)
class WahaCustomer(Customer):
    """A customer of a number that is linked through WAHA."""

    waha: WahaSandbox
    session: str
    person: Json
    # Ticks from `report_statuses`: the sandbox itself only remembers the last tick.
    _extra_statuses: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def chat_id(self) -> Id:
        return str(self.person["phone"])

    async def says(self, text: str, *, reply_to: Id | None = None) -> Id:
        more = {} if reply_to is None else {"reply_to": str(reply_to)}
        said = await self.waha.says(self.person, text, session=self.session, **more)
        return str(said["tail"])

    async def sends_pictures(self, captions: list[str]) -> list[Id]:
        to: dict[str, Any] = {"session": self.session}
        sent = [await self.waha.sends(self.person, "image", text=each, **to) for each in captions]
        return [str(each["tail"]) for each in sent]

    async def edits(self, message: Id, text: str) -> None:
        await self.waha.edits(self.session, self.person, str(message), text)

    async def reacts(self, message: Id, emoji: str) -> None:
        await self.waha.reacts(self.session, self.person, str(message), emoji)

    async def reads(self) -> None:
        await self.waha.reads(self.session, self.person)

    async def report_statuses(self, message: Id, states: tuple[str, ...]) -> None:
        """Make WAHA report these ticks of an answer, whatever it reported before."""
        numbers = {"failed": -1, "sent": 1, "delivered": 2, "read": 3}
        found = await self.waha.sees(self.session, self.person)
        now = next((each["ack"] for each in found if each["tail"] == message), 0)
        self._extra_statuses[str(message)] += [*_TICKS.get(now, ()), *states]
        for state in states:
            await self.waha.ack(self.session, self.person, str(message), numbers[state])

    async def chat(self) -> list[ChatMessage]:
        try:
            found = await self.waha.sees(self.session, self.person)
        except SandboxRequestError:  # nobody has written yet
            return []
        texts = {each["tail"]: each for each in found}
        return [self._to_chat_message(place, each, texts) for place, each in enumerate(found)]

    def _to_chat_message(self, place: int, each: Json, others: dict[str, Json]) -> ChatMessage:
        told = (*self._extra_statuses.get(each["tail"], ()), *_TICKS.get(each["ack"], ()))
        return ChatMessage(
            id=each["tail"],
            place=place,
            at=each["at"],
            text=each["text"] or "",
            by_desk=each["author"] == "desk",
            reply_to_token=find_token(others.get(each["reply_to"] or "") or {}),
            reaction=each["reactions"].get("desk", ""),
            statuses=told,
        )

    async def add_fault(self, **fault: object) -> int:
        return await self.waha.fail("sendText", session=self.session, **fault)  # type: ignore[arg-type]  # `kind` and `times` among them

    async def has_pending_fault(self, fault: int) -> bool:
        return any(each["id"] == fault for each in await self.waha.faults())
