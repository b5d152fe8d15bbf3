"""WhatsApp's side of the flow tests: customers of a Cloud number, and of a linked one."""

from typing import Any

from sandbox.graph.client import GraphSandbox
from sandbox.waha.client import WahaSandbox
from tests.flows.eventually import eventually
from tests.flows.heard import Heard

Json = dict[str, Any]
_PLACE = {"latitude": -6.2, "longitude": 106.8}
_CARD = {"name": {"formatted_name": "Budi", "first_name": "Budi"}, "phones": [{"phone": "+62811"}]}
_VCARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Budi\nTEL;type=CELL;waid=62811:+62811\nEND:VCARD"
# What the tests call a kind → what it is called there.
_AT_GRAPH = {"photo": "image"}
_AT_WAHA = {"photo": "image", "document": "file"}
_HEARD = {"image": "photo", "file": "document"}


class _Hears:
    """What hearing is alike on both."""

    name: str

    async def chat(self) -> list[Heard]:
        raise NotImplementedError

    async def heard(self) -> list[Heard]:
        return [each for each in await self.chat() if each.by_desk]

    async def hears(self, text: str) -> Heard:
        async def found() -> Heard | None:
            return next((each for each in await self.heard() if text in each.text), None)

        return await eventually(found, f"{self.name} hears {text[:60]!r}")


class CloudCustomer(_Hears):
    """A customer who writes to a number at the Cloud API."""

    def __init__(self, graph: GraphSandbox, number: Json, customer: Json) -> None:
        self.graph = graph
        self.number = number
        self.customer = customer
        self.name: str = customer["name"]
        self.address: str = customer["wa_id"] or customer["user_id"]

    async def begins(self) -> None:
        """Nobody has to press anything before the first message."""

    async def says(self, text: str, *, reply_to: Heard | None = None) -> str:
        more = {} if reply_to is None else {"reply_to": reply_to.id}
        said = await self.graph.says(self.customer, text, number=self.number, **more)
        return str(said["id"])

    async def sends(self, kind: str, *, caption: str | None = None, **more: Any) -> str:
        to = {"number": self.number, **more}
        if kind == "location":
            said = await self.graph.sends(self.customer, kind, _PLACE, **to)
        elif kind == "contact":
            said = await self.graph.sends(self.customer, "contacts", [_CARD], **to)
        else:
            kind = _AT_GRAPH.get(kind, kind)
            said = await self.graph.sends_media(self.customer, kind, caption=caption, **to)
        return str(said["id"])

    async def sends_album(self, *kinds: str, caption: str | None = None) -> list[str]:
        """Send one after the other: WhatsApp tells of no albums."""
        return [
            await self.sends(kind, caption=caption if number == 0 else None)
            for number, kind in enumerate(kinds)
        ]

    async def edits(self, message_id: str, text: str) -> None:
        await self.graph.edits(message_id, text)

    async def reacts(self, message: Heard, emoji: str) -> None:
        await self.graph.reacts(message.id, emoji)

    async def reads(self) -> None:
        await self.graph.reads(self.customer, number=self.number)

    async def chat(self) -> list[Heard]:
        found = await self.graph.messages(self.customer, self.number)
        return [self._heard(each) for each in found if each["type"] != "reaction"]

    def _heard(self, each: Json) -> Heard:
        kind = "voice" if each["voice"] else _HEARD.get(each["type"], each["type"])
        return Heard(
            id=each["id"],
            text=each["shown"] or each["text"] or "",
            kind="contact" if kind == "contacts" else kind,
            by_desk=each["from"] != self.customer["id"],
            reply_to=each["reply_to"],
            edited=bool(each["edited"]),
            reactions=tuple(each["reactions"].values()),
            buttons=tuple(button["title"] for button in each["buttons"] or ()),
        )


class WahaCustomer(_Hears):
    """A customer who writes to a number that is linked through WAHA."""

    def __init__(self, waha: WahaSandbox, session: str, customer: Json) -> None:
        self.waha = waha
        self.session = session
        self.customer = customer
        self.name: str = customer["name"]
        self.address = f"{customer['phone']}@c.us"

    async def begins(self) -> None:
        """Nobody has to press anything before the first message."""

    async def says(self, text: str, *, reply_to: Heard | None = None) -> str:
        more = {} if reply_to is None else {"reply_to": reply_to.id}
        said = await self.waha.says(self.customer, text, session=self.session, **more)
        return str(said["tail"])

    async def sends(self, kind: str, *, caption: str | None = None, **more: Any) -> str:
        if kind == "location":
            said = await self.waha.says(
                self.customer, session=self.session, location=_PLACE, **more
            )
        elif kind == "contact":
            said = await self.waha.says(
                self.customer, session=self.session, vcards=[_VCARD], **more
            )
        else:
            kind = _AT_WAHA.get(kind, kind)
            more |= {"session": self.session, "text": caption}
            said = await self.waha.sends(self.customer, kind, **more)
        return str(said["tail"])

    async def sends_album(self, *kinds: str, caption: str | None = None) -> list[str]:
        """Send one after the other: WAHA tells of no albums."""
        return [
            await self.sends(kind, caption=caption if number == 0 else None)
            for number, kind in enumerate(kinds)
        ]

    async def edits(self, message_id: str, text: str) -> None:
        await self.waha.edits(self.session, self.customer, message_id, text)

    async def reacts(self, message: Heard, emoji: str) -> None:
        await self.waha.reacts(self.session, self.customer, message.id, emoji)

    async def reads(self) -> None:
        await self.waha.reads(self.session, self.customer)

    async def chat(self) -> list[Heard]:
        return [_heard(each) for each in await self.waha.sees(self.session, self.customer)]


def _heard(each: Json) -> Heard:
    return Heard(
        id=each["tail"],
        text=each["text"] or "",
        kind=_HEARD.get(each["kind"], each["kind"]),
        by_desk=each["author"] == "desk",
        reply_to=each["reply_to"],
        edited=bool(each["edited"]),
        reactions=tuple(each["reactions"].values()),
    )
