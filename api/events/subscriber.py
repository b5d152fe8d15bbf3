"""One listener's place: who it is, what it listens for, and what it is still to be sent."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from api.access.caller import Caller
from api.access.permissions import Share, share, sight
from api.events.rendering import Frame
from db.ids import AgentId, ChannelId, SessionId
from db.tables import EventKind
from desk.live.cursor import EventCursor

# What may wait for a slow reader, in bytes: one who lets more wait is cut off, and comes back.
MOST_WAITING = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Audience:
    """Those who are told the same: rendered and chosen once for all of them."""

    viewer: AgentId | None
    channel: ChannelId | None = None
    session: SessionId | None = None

    def chunk(self, frames: Iterable[Frame]) -> bytes:
        """Choose what these are told, as lines of the stream."""
        return b"".join(self._lines(frame) for frame in frames)

    def _lines(self, frame: Frame) -> bytes:
        if not self._listens_for(frame):
            return b""
        match share(self.viewer, frame.told):
            case Share.ALL:
                return frame.all_of_it
            case Share.GONE:
                return frame.gone
        return b""

    def _listens_for(self, frame: Frame) -> bool:
        if self.channel is None and self.session is None:
            return True
        session = frame.told.session
        if frame.told.kind is EventKind.CHANNEL_LINK:
            return self.session is None and frame.told.about == self.channel
        if session is None or (self.channel is not None and session.channel_id != self.channel):
            return False
        return self.session is None or session.id == self.session


class Seat:
    """A listener's place in the hub."""

    def __init__(
        self,
        caller: Caller,
        *,
        channel: ChannelId | None,
        session: SessionId | None,
        cut: Callable[[], None],
        is_gone: Callable[[], bool],
    ) -> None:
        """`cut` breaks the connection off, whatever is being written; `is_gone`: that is done."""
        self.caller = caller
        self.audience = Audience(sight(caller), channel, session)
        # Where the listener is ahead of the hub, having come from another process.
        self.ahead: EventCursor | None = None
        # Why the stream is at its end.
        self.ended: str | None = None
        self._cut = cut
        self.is_gone = is_gone
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._filled = asyncio.Event()

    def put(self, chunk: bytes) -> None:
        """Have something sent; whoever reads too slowly is cut off."""
        if self.ended is not None:
            return
        if self._size > MOST_WAITING:
            self.end("slow")
            self._cut()
            return
        self._waiting.append(chunk)
        self._size += len(chunk)
        self._filled.set()

    def end(self, reason: str) -> None:
        """Send nothing more, not even what waits."""
        if self.ended is None:
            self.ended = reason
            self._waiting.clear()
            self._filled.set()

    async def next(self, seconds: float) -> bytes:
        """Wait for what is to be sent next; empty after `seconds`, or at the end."""
        try:
            async with asyncio.timeout(seconds):
                await self._filled.wait()
        except TimeoutError:
            return b""
        chunk = b"".join(self._waiting)
        self._waiting.clear()
        self._size = 0
        if self.ended is None:
            self._filled.clear()
        return chunk
