"""Watch the installation, and tell staff what goes wrong: in one worker at a time."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from api.routing.transactions import Transactions
from db.tables.base import now_utc
from desk.alarms.announcements import announce_changes
from desk.alarms.conditions import AlarmChange, AlarmLimits, Readings
from desk.telemetry.backlog import read_backlog
from desk.unit_of_work import UnitOfWork
from scripts.configuration.settings import Settings
from scripts.monitoring.alarm_readings import (
    find_last_backup,
    read_certificate_end,
    read_free_bytes,
)
from scripts.monitoring.rounds import Rounds

log = structlog.get_logger(__name__)

_INTERVAL = 60.0
_CERTIFICATE_INTERVAL = 3600.0


@dataclass(slots=True)
class AlarmWatch:
    """Measures in each round, and says in General what changed.

    With every alarm switched off it still measures, for `/metrics`.
    """

    transactions: Transactions
    limits: AlarmLimits
    # The disks of these folders are watched.
    folders: list[Path]
    public_url: str | None = None
    backups: Path | None = None
    rounds: Rounds = field(default_factory=lambda: Rounds("alarms", _INTERVAL))
    now: Callable[[], datetime] = now_utc
    # The latest; None while another process watches.
    readings: Readings | None = None
    _began: datetime = field(default_factory=now_utc)
    _certificate_ends: datetime | None = None
    _certificate_read_at: float | None = None

    async def run(self) -> None:
        """Run until cancelled."""
        await self.rounds.run(self.check, self.transactions)

    async def check(self) -> list[AlarmChange]:
        """Measure once and return the alarms that began or were over.

        Does nothing while another process watches.
        """
        now = self.now()
        if not await self.transactions.run(lambda uow: self.rounds.take_lease(uow.tx, now)):
            self.readings = None
            return []
        free = await asyncio.to_thread(read_free_bytes, self.folders)
        last_backup = await asyncio.to_thread(self._find_last_backup)
        ends = await self._read_certificate_end()

        async def work(uow: UnitOfWork) -> list[AlarmChange]:
            backlog = await read_backlog(uow.tx, now)
            self.readings = Readings(
                now, free, backlog.longest_wait, backlog.parked, ends, last_backup
            )
            return await announce_changes(uow, self.readings, self.limits)

        changes = await self.transactions.run(work)
        for change in changes:
            log.warning("alarms.changed", alarm=change.name, is_raised=change.is_raised)
        return changes

    def _find_last_backup(self) -> datetime | None:
        """Return when the newest backup was made; without any, when this process began to look."""
        if self.backups is None:
            return None
        return find_last_backup(self.backups) or self._began

    async def _read_certificate_end(self) -> datetime | None:
        """Read the certificate from time to time; keep what was read while it cannot be read."""
        if self.public_url is None:
            return None
        read_at = self._certificate_read_at
        if read_at is not None and time.monotonic() - read_at < _CERTIFICATE_INTERVAL:
            return self._certificate_ends
        ends = await read_certificate_end(self.public_url)
        if ends is not None:  # else it is read again in the next round
            self._certificate_ends, self._certificate_read_at = ends, time.monotonic()
        return self._certificate_ends


def build_alarm_watch(settings: Settings, transactions: Transactions) -> AlarmWatch:
    """Build the watch of a process from its settings."""
    folders = [settings.media_dir.absolute()]
    if file := settings.database_url.sqlite_file:
        folders.append(file.absolute().parent)
    return AlarmWatch(
        transactions, _build_limits(settings), folders, settings.public_url, settings.backup_dir
    )


def _build_limits(settings: Settings) -> AlarmLimits:
    if not settings.alarms:
        return AlarmLimits()
    return AlarmLimits(
        free_bytes=settings.alarm_free_mb * 10**6 or None,
        waiting=timedelta(minutes=settings.alarm_waiting_minutes) or None,
        parked=True,
        certificate=timedelta(days=settings.alarm_certificate_days) or None,
        backup=timedelta(hours=settings.alarm_backup_hours) or None,
    )
