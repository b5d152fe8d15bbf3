"""Resolve chat ids that hide the phone (lids) to the phone's chat id.

WAHA is asked before its event is stored. So all messages of a customer are in one lane, whichever
of the two ids an event uses, and the receiver, which works within a transaction, needs no network.
If WAHA does not know the phone, the customer is known by the lid, and the desk merges both as soon
as an event contains both (Person.alias).
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

# The event waits for the answer, and WAHA waits for our response.
_SECONDS = 2.0
# An unknown lid is asked again later, because WAHA learns it from the customer's messages.
_RETRY_UNKNOWN_SECONDS = 60.0
_MAX_REMEMBERED = 20_000

FindClient = Callable[[ChannelId], WahaClient | None]


@dataclass(slots=True)
class LidResolver:
    """Asks WAHA and caches the answers; a lid never leads to another phone later."""

    find_client: FindClient
    _known: dict[tuple[ChannelId, str], str] = field(default_factory=dict)
    _unknown: dict[tuple[ChannelId, str], float] = field(default_factory=dict)
    _asking: dict[tuple[ChannelId, str], "asyncio.Future[str | None]"] = field(default_factory=dict)

    def learn(self, channel_id: ChannelId, lid: str, phone_chat: str) -> None:
        """Remember a phone that an event itself names behind a lid."""
        self._remember((channel_id, lid), phone_chat)

    async def resolve_chat(self, channel_id: ChannelId, chat: object) -> str | None:
        """Return the phone's chat id behind a lid, or None if there is none or it is unknown."""
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
        """Ask WAHA once for all concurrent callers."""
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
        if found is None and key not in self._known:
            self._unknown[key] = steady_now() + _RETRY_UNKNOWN_SECONDS
        elif found is not None:
            self._known[key] = found
