"""A client of the event stream over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.api.stage import ApiStage
from tests.flows.eventually import eventually

Json = dict[str, Any]


@dataclass(frozen=True)
class ReceivedEvent:
    """One received event."""

    kind: str
    id: str | None
    data: Json

    @property
    def text(self) -> str | None:
        """Return the text of the event's message."""
        return (self.data.get("message") or {}).get("message")

    @property
    def session(self) -> str | None:
        return (self.data.get("session") or {}).get("id") or self.data.get("session_id")


@dataclass
class EventListener:
    """Listens to a stream until it ends."""

    reply: aiohttp.ClientResponse
    heard: list[ReceivedEvent] = field(default_factory=list)
    retry: int | None = None
    comments: int = 0
    ended: bool = False

    @property
    def last_id(self) -> str:
        return [each.id for each in self.heard if each.id is not None][-1]

    def of(self, kind: str) -> list[ReceivedEvent]:
        return [each for each in self.heard if each.kind == kind]

    def texts(self, kind: str = "message.new") -> list[str | None]:
        return [each.text for each in self.of(kind)]

    async def listen(self) -> None:
        found: dict[str, str] = {}
        try:
            async for raw in self.reply.content:
                line = raw.decode().rstrip("\n")
                name, _, value = line.partition(": ")
                if line.startswith(":"):
                    self.comments += 1
                elif line:
                    found[name] = value
                elif found:
                    self._note(found)
                    found = {}
        except aiohttp.ClientError:
            pass
        finally:
            self.ended = True

    def _note(self, found: dict[str, str]) -> None:
        if "retry" in found:
            self.retry = int(found["retry"])
            return
        heard = ReceivedEvent(found["event"], found.get("id"), json.loads(found["data"]))
        assert heard.data["type"] == heard.kind
        self.heard.append(heard)

    async def wait_for_event(self, kind: str, **wanted: Any) -> ReceivedEvent:
        """Wait for an event of this kind, with these values in its data or as its text."""

        async def found() -> ReceivedEvent | None:
            for each in self.of(kind):
                has = {**each.data, "text": each.text, "session": each.session}
                if all(has.get(name) == value for name, value in wanted.items()):
                    return each
            return None

        return await eventually(found, f"{kind} {wanted} is heard")

    async def wait_for_end(self) -> str | None:
        """Wait until the stream ends; return the reason."""

        async def over() -> bool:
            return self.ended

        await eventually(over, "the stream has ended")
        ends = self.of("end")
        return ends[-1].data["reason"] if ends else None


@asynccontextmanager
async def open_event_stream(
    api: ApiStage, token: str, *, last_id: str | None = None, **query: str
) -> AsyncIterator[EventListener]:
    """Listen from the time when the stream is ready until the block ends."""
    headers = {"Authorization": f"Bearer {token}"}
    if last_id is not None:
        headers["Last-Event-ID"] = last_id
    url = f"{api.address}/api/v1/events"
    forever = aiohttp.ClientTimeout(total=None, sock_read=25)
    async with (
        aiohttp.ClientSession(timeout=forever) as http,
        http.get(url, headers=headers, params=query) as reply,
    ):
        assert reply.status == 200, await reply.text()
        ears = EventListener(reply)
        listens = asyncio.create_task(ears.listen())
        try:
            await ears.wait_for_event("ready")
            yield ears
        finally:
            listens.cancel()
            await asyncio.wait({listens})
