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
from scripts.connections.connections import Line, Lines
from scripts.connections.task_supervisor import Job, Jobs

log = structlog.get_logger(__name__)

# A bell tells of changes at once (desk/cluster/notify.py); this is for those who do not hear it.
_EVERY = 2.0

Read = Callable[[], Awaitable[list[Channel]]]


@dataclass(slots=True)
class Switchboard:
    """Keeps a process's channels and lines as they are in the database."""

    read: Read
    encryptor: Encryptor
    channels: Channels
    lines: Lines
    language: str
    enrols_members: bool
    traits: Mapping[ChannelKind, ChannelTraits] = field(default_factory=dict)
    # What a line needs done as long as it is there, in this process.
    jobs_of: Callable[[Line], Iterator[Job]] = lambda _: iter(())
    # Told when a channel is served that was not before: what waits for it may go on.
    on_new_events: Callable[[], None] = lambda: None
    signal: Signal = field(default_factory=Signal)
    _sealed_wrongly: set[str] = field(default_factory=set)

    def connect(self, rows: list[Channel]) -> None:
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
        keys = {row.id: opened for row in rows if (opened := self._credentials(row))}
        self.channels.replace_all(each if each.id in keys else each.as_inactive() for each in known)
        news = self.lines.serve((each, keys[each.id]) for each in self.channels)
        if news:
            self.on_new_events()

    async def run(self, vitals: TaskMonitor) -> None:
        """Go on until cancelled."""
        async with asyncio.TaskGroup() as group:
            jobs = Jobs(group, vitals)
            while True:
                await jobs.keep(job for line in self.lines.all() for job in self.jobs_of(line))
                await self.lines.let_go()
                await self.signal.sleep(_EVERY)
                try:
                    self.connect(await self.read())
                except DATABASE_ERRORS as error:
                    log.warning("switchboard.database_away", error=describe_error(error))
                except Exception:
                    # A row that somebody changed by hand must not stop who serves the others.
                    log.exception("switchboard.unreadable", hint="the channels stay as they were")

    def _credentials(self, row: Channel) -> Credentials | None:
        if not self.lines.can_make(row.kind) or not row.is_active or not row.credentials:
            return None
        if row.credentials in self._sealed_wrongly:
            return None
        try:
            return self.seal.decrypt(row.credentials)
        except WrongKeyError as error:
            self._sealed_wrongly.add(row.credentials)
            log.error("channel.not_served", channel=row.id, reason=str(error))
            return None
