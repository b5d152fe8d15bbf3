"""Long-lived tasks that come and go with what they are for."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import structlog

from api.http.health import TaskMonitor

log = structlog.get_logger(__name__)

# Of what is told to end; what has not ended by then is asked again later.
_STOP_TIMEOUT = 5.0


@dataclass(frozen=True, slots=True)
class SupervisedTask:
    """What goes on as long as it is wanted, and begins anew when what it depends on changes."""

    name: str
    depends_on: Hashable
    start: Callable[[], Coroutine[Any, Any, None]]
    # Whether it is a fault when it ends by itself.
    runs_forever: bool = True


@dataclass(frozen=True, slots=True)
class _RunningTask:
    depends_on: Hashable
    task: asyncio.Task[None]


class TaskSupervisor:
    """Keeps exactly the wanted jobs running, each once, in the task group of whoever asks."""

    def __init__(self, group: asyncio.TaskGroup, task_monitor: TaskMonitor) -> None:
        self._group = group
        self._task_monitor = task_monitor
        self._running: dict[str, _RunningTask] = {}

    async def reconcile(self, wanted: Iterable[SupervisedTask]) -> None:
        """End what is not wanted or has changed, then begin what is missing."""
        jobs = {job.name: job for job in wanted}
        await self._stop(
            name
            for name, running in self._running.items()
            if name not in jobs or jobs[name].depends_on != running.depends_on
        )
        for name, job in jobs.items():
            if name not in self._running:
                self._start(job)

    def _start(self, job: SupervisedTask) -> None:
        task = self._group.create_task(job.start())
        if job.runs_forever:
            self._task_monitor.watch(job.name, task)
        self._running[job.name] = _RunningTask(job.depends_on, task)

    async def _stop(self, names: Iterable[str]) -> None:
        # Two of one kind must never run at once: what is told to end is waited for.
        ending = {self._running[name].task: name for name in names}
        for task in ending:
            task.cancel()
        if not ending:
            return
        ended, late = await asyncio.wait(ending, timeout=_STOP_TIMEOUT)
        for task in ended:
            self._task_monitor.forget(ending[task])
            del self._running[ending[task]]
        if late:
            log.warning("task.did_not_stop", names=sorted(ending[task] for task in late))
