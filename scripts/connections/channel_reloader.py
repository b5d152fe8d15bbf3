"""Serves the channels as they are kept: what is added, changed or switched off is so in seconds."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field

import structlog

from api.http.health import TaskMonitor
from db.errors import DATABASE_ERRORS, describe_error
from db.tables import Channel, ChannelKind
from desk.accounts.encryption import Encryptor, WrongKeyError
from desk.channel_traits import ChannelTraits
from desk.channels import Channels, ServedChannel
from desk.cluster.wake import Signal
from desk.setup.providers import Credentials
from scripts.connections.connections import Connection, Connections
from scripts.connections.task_supervisor import SupervisedTask, TaskSupervisor

log = structlog.get_logger(__name__)

# A bell tells of changes at once (desk/cluster/notify.py); this is for those who do not hear it.
_RELOAD_SECONDS = 2.0

LoadChannels = Callable[[], Awaitable[list[Channel]]]


@dataclass(slots=True)
class ChannelReloader:
    """Keeps a process's channels and lines as they are in the database."""

    load_channels: LoadChannels
    encryptor: Encryptor
    channels: Channels
    connections: Connections
    language: str
    enrols_members: bool
    traits: Mapping[ChannelKind, ChannelTraits] = field(default_factory=dict)
    # What a line needs done as long as it is there, in this process.
    list_tasks: Callable[[Connection], Iterator[SupervisedTask]] = lambda _: iter(())
    # Told when a channel is served that was not before: what waits for it may go on.
    on_new_events: Callable[[], None] = lambda: None
    signal: Signal = field(default_factory=Signal)
    _undecryptable: set[str] = field(default_factory=set)

    def apply(self, rows: list[Channel]) -> None:
        """Serve these channels as they stand; one whose credentials do not open is told of."""
        known = [
            ServedChannel.from_row(
                row,
                language=self.language,
                enrols_members=self.enrols_members,
                traits=self.traits,
            )
            for row in rows
        ]
        keys = {row.id: opened for row in rows if (opened := self._decrypt_credentials(row))}
        self.channels.replace_all(each if each.id in keys else each.as_inactive() for each in known)
        news = self.connections.replace((each, keys[each.id]) for each in self.channels)
        if news:
            self.on_new_events()

    async def run(self, task_monitor: TaskMonitor) -> None:
        """Go on until cancelled."""
        async with asyncio.TaskGroup() as group:
            supervisor = TaskSupervisor(group, task_monitor)
            while True:
                await supervisor.reconcile(
                    job
                    for connection in self.connections.all()
                    for job in self.list_tasks(connection)
                )
                await self.connections.close_retired()
                await self.signal.sleep(_RELOAD_SECONDS)
                try:
                    self.apply(await self.load_channels())
                except DATABASE_ERRORS as error:
                    log.warning("channels.database_unavailable", error=describe_error(error))
                except Exception:
                    # A row that somebody changed by hand must not stop who serves the others.
                    log.exception("channels.reload_failed", hint="the channels stay as they were")

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
