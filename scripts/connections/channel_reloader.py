"""Follows changes of channels: what is added, changed or switched off takes effect in seconds."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

import structlog

from api.http.health import TaskMonitor
from db.errors import DATABASE_ERRORS, describe_error
from db.tables import Channel, StaffMode
from desk.accounts.encryption import Encryptor, WrongKeyError
from desk.channels import Channels
from desk.cluster.wake import Signal
from desk.plugins.connection import Connection, SupervisedTask
from desk.plugins.connections import Connections
from desk.setup.providers import Credentials
from scripts.connections.task_supervisor import TaskSupervisor

log = structlog.get_logger(__name__)

# Changes are notified at once (desk/cluster/notify.py); this is for processes that miss that.
_RELOAD_SECONDS = 2.0

LoadChannels = Callable[[], Awaitable[list[Channel]]]


@dataclass(slots=True)
class ChannelReloader:
    """Keeps a process's channels and connections the same as in the database."""

    load_channels: LoadChannels
    encryptor: Encryptor
    channels: Channels
    connections: Connections
    language: str
    enrols_members: bool
    staff_mode: StaffMode = StaffMode.GROUP
    # What this process runs for a connection while it is in use.
    list_tasks: Callable[[Connection], Iterator[SupervisedTask]] = lambda _: iter(())
    # Called when a new channel is served: work that waited for it can go on.
    on_new_channel: Callable[[], None] = lambda: None
    signal: Signal = field(default_factory=Signal)
    _undecryptable: set[str] = field(default_factory=set)

    def apply(self, rows: list[Channel]) -> None:
        """Serve these channels; log each one whose credentials cannot be decrypted."""
        channels_now = [
            self.channels.read_row(
                row,
                language=self.language,
                enrols_members=self.enrols_members,
                staff_mode=self.staff_mode,
            )
            for row in rows
        ]
        credentials = {row.id: opened for row in rows if (opened := self._decrypt_credentials(row))}
        self.channels.replace_all(
            each if each.id in credentials else each.as_inactive() for each in channels_now
        )
        has_new = self.connections.replace((each, credentials[each.id]) for each in self.channels)
        if has_new:
            self.on_new_channel()

    async def run(self, task_monitor: TaskMonitor) -> None:
        """Run until cancelled."""
        async with asyncio.TaskGroup() as group:
            supervisor = TaskSupervisor(group, task_monitor)
            while True:
                await supervisor.reconcile(
                    task
                    for connection in self.connections.all()
                    for task in self.list_tasks(connection)
                )
                await self.connections.close_retired()
                await self.signal.sleep(_RELOAD_SECONDS)
                try:
                    self.apply(await self.load_channels())
                except DATABASE_ERRORS as error:
                    log.warning("channels.database_unavailable", error=describe_error(error))
                except Exception:
                    # A row that somebody changed by hand must not stop the other channels.
                    log.exception("channels.reload_failed", hint="the channels stay unchanged")

    def _decrypt_credentials(self, row: Channel) -> Credentials | None:
        if not self.connections.can_serve(row.kind) or not row.is_active or not row.credentials:
            return None
        if row.credentials in self._undecryptable:
            return None
        try:
            return self.encryptor.decrypt(row.credentials)
        except WrongKeyError as error:
            self._undecryptable.add(row.credentials)
            log.error("channel.not_served", channel=row.id, reason=str(error))
            return None
