"""Lanes of webhook deliveries: in order within a lane, lanes side by side."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class TaskSet:
    """Tasks that run in the background; the set keeps them from being garbage-collected."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Future[object]] = set()

    def run(self, work: Coroutine[Any, Any, object]) -> "asyncio.Future[object]":
        """Run a coroutine as a task and hold the task until it ends."""
        task: asyncio.Future[object] = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def cancel(self) -> None:
        """Cancel all tasks."""
        for task in self.tasks:
            task.cancel()


class Lanes(TaskSet, Generic[K, T]):
    """A queue and a task for each lane that has something to deliver."""

    def __init__(self, deliver: Callable[[T], Awaitable[object]]) -> None:
        super().__init__()
        self._deliver = deliver
        self._queues: dict[K, deque[T]] = {}

    def offer(self, lane: K, item: T) -> None:
        """Deliver an item after those that wait in its lane already."""
        queue = self._queues.get(lane)
        if queue is not None:
            queue.append(item)
            return
        self._queues[lane] = deque([item])
        self.run(self._run_lane(lane))

    def cancel(self) -> None:
        """Cancel all deliveries and empty the lanes."""
        super().cancel()
        self._queues.clear()

    async def _run_lane(self, lane: K) -> None:
        queue = self._queues[lane]
        while queue:
            await self._deliver(queue[0])
            queue.popleft()
        self._queues.pop(lane, None)
