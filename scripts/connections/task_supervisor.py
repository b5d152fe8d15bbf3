"""Starts and stops long-lived tasks as they are needed."""

import asyncio
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import structlog

from api.http.health import TaskMonitor
from desk.plugins.connection import SupervisedTask

log = structlog.get_logger(__name__)

# For cancelled tasks; one that has not ended after this time is cancelled again later.
_STOP_TIMEOUT = 5.0


@dataclass(frozen=True, slots=True)
class _RunningTask:
    depends_on: Hashable
    task: asyncio.Task[None]


class TaskSupervisor:
    """Keeps exactly the wanted tasks running, each once, in the caller's task group."""

    def __init__(self, group: asyncio.TaskGroup, task_monitor: TaskMonitor) -> None:
        self._group = group
        self._task_monitor = task_monitor
        self._running: dict[str, _RunningTask] = {}

    async def reconcile(self, wanted: Iterable[SupervisedTask]) -> None:
        """Stop tasks that are not wanted or have changed, then start those that are missing."""
        wanted_tasks = {wanted_task.name: wanted_task for wanted_task in wanted}
        await self._stop(
            name
            for name, running in self._running.items()
            if name not in wanted_tasks or wanted_tasks[name].depends_on != running.depends_on
        )
        for name, wanted_task in wanted_tasks.items():
            if name not in self._running:
                self._start(wanted_task)

    def _start(self, wanted_task: SupervisedTask) -> None:
        task = self._group.create_task(wanted_task.start())
        if wanted_task.runs_forever:
            self._task_monitor.watch(wanted_task.name, task)
        self._running[wanted_task.name] = _RunningTask(wanted_task.depends_on, task)

    async def _stop(self, names: Iterable[str]) -> None:
        # Two of one kind must never run at once, so wait for those that are cancelled.
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
