"""Which phones are behind the ids that hide them.

WAHA is asked while its event is taken in, before the event is kept: in that way all that a customer
writes is in one lane, whichever of the two ids an event uses, and the receiver, which works within
a transaction, needs no network. Where WAHA cannot say, the customer is known by the hidden id, and
the desk joins both as soon as an event brings them together (Person.alias).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from bridge.waha.client.client import WahaClient
from bridge.waha.client.errors import WahaError
from bridge.waha.identifiers import chat_ids
from db.ids import ChannelId
from desk.limits.clock import steady_now

log = structlog.get_logger(__name__)

# The event waits for it, and WAHA for our answer.
_SECONDS = 2.0
# What WAHA did not know is asked again after a while: it learns it from the customer's messages.
_RETRY_UNKNOWN_SECONDS = 60.0
_MAX_REMEMBERED = 20_000

FindClient = Callable[[ChannelId], WahaClient | None]


@dataclass(slots=True)
class LidResolver:
    """Asks, and remembers; a hidden id never leads to another phone later."""

    find_client: FindClient
    _known: dict[tuple[ChannelId, str], str] = field(default_factory=dict)
    _unknown: dict[tuple[ChannelId, str], float] = field(default_factory=dict)
    _asking: dict[tuple[ChannelId, str], "asyncio.Future[str | None]"] = field(default_factory=dict)

    async def resolve_chat(self, channel_id: ChannelId, chat: object) -> str | None:
        """Give the chat id by the phone of one that hides it; None: not hidden, or not known."""
        lid = chat_ids.normalize_person_chat(chat)
        if lid is None or not chat_ids.is_lid(lid):
            return None
        key = channel_id, lid
        if key in self._known:
            return self._known[key]
        if steady_now() < self._unknown.get(key, 0.0):
            return None
        return await self._ask_once(key)

    async def _ask_once(self, key: tuple[ChannelId, str]) -> str | None:
        """Ask, once for all who want to know it in this moment."""
        if key in self._asking:
            return await asyncio.shield(self._asking[key])
        asking = self._asking[key] = asyncio.get_running_loop().create_future()
        found: str | None = None
        try:
            found = await self._ask(*key)
            self._remember(key, found)
        finally:
            del self._asking[key]
            asking.set_result(found)
        return found

    async def _ask(self, channel_id: ChannelId, lid: str) -> str | None:
        client = self.find_client(channel_id)
        if client is None:
            return None
        try:
            phone = chat_ids.normalize_person_chat(await client.find_phone(lid, seconds=_SECONDS))
        except WahaError as error:
            log.info("waha.lid_unknown", channel=channel_id, reason=str(error))
            return None
        return None if phone is None or chat_ids.is_lid(phone) else phone

    def _remember(self, key: tuple[ChannelId, str], found: str | None) -> None:
        if len(self._known) + len(self._unknown) >= _MAX_REMEMBERED:
            self._known.clear()
            self._unknown.clear()
        if found is None:
            self._unknown[key] = steady_now() + _RETRY_UNKNOWN_SECONDS
        else:
            self._known[key] = found
