"""The changes of a world, for pages that watch it: a bounded list with ids to resume from."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from sandbox.common.json_shapes import Json, encode

RING = 2000
BACKLOG = 5000


@dataclass(slots=True)
class ChangeFeed:
    """Changes in order; each watcher has its own queue, and a slow one loses the oldest changes."""

    last_id: int = 0
    ring: deque[tuple[int, Json]] = field(default_factory=lambda: deque(maxlen=RING))
    watchers: set["asyncio.Queue[tuple[int, Json]]"] = field(default_factory=set)

    def publish(self, kind: str, chat_id: int, **details: object) -> None:
        """Send a change to every watcher."""
        self.last_id += 1
        change: Json = {"kind": kind, "chat_id": chat_id, **details}
        self.ring.append((self.last_id, change))
        for queue in self.watchers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait((self.last_id, change))

    def watch(self, after: int | None) -> "asyncio.Queue[tuple[int, Json]]":
        """Return a queue of the changes from now on, or of those after the id `after`."""
        queue: asyncio.Queue[tuple[int, Json]] = asyncio.Queue(BACKLOG)
        if after is not None:
            for item in self.ring:
                if item[0] > after:
                    queue.put_nowait(item)
        self.watchers.add(queue)
        return queue

    def unwatch(self, queue: "asyncio.Queue[tuple[int, Json]]") -> None:
        """Stop filling a watcher's queue."""
        self.watchers.discard(queue)


def to_sse(item: tuple[int, Json]) -> bytes:
    """Return a change as one server-sent event."""
    return f"id: {item[0]}\nevent: change\ndata: {encode(item[1])}\n\n".encode()
