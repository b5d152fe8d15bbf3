"""Decide which alarms begin and which are over."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# An alarm is over when the figure is clearly better, not when it is just at the limit: the alarm
# would come and go each minute.
_CLEARLY_MORE = 1.2
_CLEARLY_LESS = 0.5


class AlarmName(StrEnum):
    """What an alarm is about; stored."""

    DISK = "disk"
    QUEUE = "queue"
    PARKED = "parked"
    CERTIFICATE = "certificate"
    BACKUP = "backup"


@dataclass(frozen=True, slots=True)
class AlarmLimits:
    """When alarms begin; the operator sets them (ALARM_FREE_MB and others). None: never."""

    free_bytes: int | None = None
    waiting: timedelta | None = None
    parked: bool = False
    # Before the certificate ends.
    certificate: timedelta | None = None
    backup: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Readings:
    """What was measured at one moment; None: it could not be measured, or need not be."""

    now: datetime
    free_bytes: int | None = None
    # How long the oldest message has waited to be handled or sent.
    waiting: timedelta | None = None
    parked: int | None = None
    certificate_ends: datetime | None = None
    # Without any backup: since the first time that it was looked for one.
    last_backup: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlarmChange:
    """An alarm that begins or is over now."""

    name: AlarmName
    is_raised: bool


def find_changes(
    readings: Readings, limits: AlarmLimits, raised: Collection[str]
) -> list[AlarmChange]:
    """Return the alarms whose state changes.

    What could not be measured, or is switched off, stays as it is.
    """
    return [
        AlarmChange(name, is_bad)
        for name, is_bad in _judge(readings, limits, raised)
        if is_bad is not (name in raised)
    ]


def _judge(
    readings: Readings, limits: AlarmLimits, raised: Collection[str]
) -> Iterator[tuple[AlarmName, bool]]:
    if limits.free_bytes is not None and readings.free_bytes is not None:
        wanted = limits.free_bytes * (_CLEARLY_MORE if AlarmName.DISK in raised else 1)
        yield AlarmName.DISK, readings.free_bytes < wanted
    if limits.waiting is not None and readings.waiting is not None:
        most = limits.waiting * (_CLEARLY_LESS if AlarmName.QUEUE in raised else 1)
        yield AlarmName.QUEUE, readings.waiting > most
    if limits.parked and readings.parked is not None:
        yield AlarmName.PARKED, readings.parked > 0
    if limits.certificate is not None and readings.certificate_ends is not None:
        left = readings.certificate_ends - readings.now
        yield AlarmName.CERTIFICATE, left < limits.certificate
    if limits.backup is not None and readings.last_backup is not None:
        yield AlarmName.BACKUP, readings.now - readings.last_backup > limits.backup
