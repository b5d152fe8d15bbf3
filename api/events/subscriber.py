"""One subscriber of the event stream: the caller, the scope, and the queue of unsent data."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from api.access.caller import Caller
from api.access.permissions import Visibility, decide_visibility, visibility_scope
from api.events.rendering import Frame
from db.ids import AgentId, ChannelId, SessionId
from db.tables import EventKind
from desk.conversations.rights import is_visible
from desk.live.cursor import EventCursor
from desk.live.presence import Presence

# Queue limit for a slow client, in bytes: above it the client is disconnected and comes back.
MAX_QUEUED_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class EventScope:
    """What a subscriber may see and wants; events are rendered once for each scope."""

    viewer: AgentId | None
    channel: ChannelId | None = None
    session: SessionId | None = None

    def render(self, frames: Iterable[Frame]) -> bytes:
        """Render the frames that this scope may see, as server-sent events."""
        return b"".join(self._render_frame(frame) for frame in frames)

    def may_know(self, presence: Presence) -> bool:
        """Check whether this scope sees the session in which an agent is."""
        wanted = self.session in {None, presence.session_id} and self.channel in {
            None,
            presence.channel_id,
        }
        return wanted and is_visible(self.viewer, holder=presence.holder, is_open=presence.is_open)

    def _render_frame(self, frame: Frame) -> bytes:
        if not self._matches(frame):
            return b""
        match decide_visibility(self.viewer, frame.event):
            case Visibility.ALL:
                return frame.full
            case Visibility.HIDDEN:
                return frame.hidden
        return b""

    def _matches(self, frame: Frame) -> bool:
        if self.channel is None and self.session is None:
            return True
        session = frame.event.session
        if frame.event.kind in {EventKind.CHANNEL_LINK, EventKind.CHANNEL_CHANGED}:
            return self.session is None and frame.event.about == self.channel
        if session is None or (self.channel is not None and session.channel_id != self.channel):
            return False
        return self.session is None or session.id == self.session


class Subscriber:
    """A subscriber of the hub."""

    def __init__(
        self,
        caller: Caller,
        *,
        channel: ChannelId | None,
        session: SessionId | None,
        abort: Callable[[], None],
        is_gone: Callable[[], bool],
    ) -> None:
        """`abort` breaks the connection at once; `is_gone` says whether it is closed."""
        self.caller = caller
        self.scope = EventScope(visibility_scope(caller), channel, session)
        # The cursor of a client that came from another process and is ahead of the hub.
        self.ahead_at: EventCursor | None = None
        # Why the stream ended; None while it runs.
        self.end_reason: str | None = None
        self._abort = abort
        self.is_gone = is_gone
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        self._has_data = asyncio.Event()

    def put(self, chunk: bytes) -> None:
        """Queue a chunk; disconnect a client that reads too slowly."""
        if self.end_reason is not None:
            return
        if self._queued_bytes > MAX_QUEUED_BYTES:
            self.end("slow")
            self._abort()
            return
        self._queue.append(chunk)
        self._queued_bytes += len(chunk)
        self._has_data.set()

    def end(self, reason: str) -> None:
        """End the stream and discard the queue."""
        if self.end_reason is None:
            self.end_reason = reason
            self._queue.clear()
            self._has_data.set()

    async def next(self, seconds: float) -> bytes:
        """Wait for the next chunk; return empty bytes after `seconds`, or at the end."""
        try:
            async with asyncio.timeout(seconds):
                await self._has_data.wait()
        except TimeoutError:
            return b""
        chunk = b"".join(self._queue)
        self._queue.clear()
        self._queued_bytes = 0
        if self.end_reason is None:
            self._has_data.clear()
        return chunk
