"""Say in each staff group which alarms begin and which are over, once for each change."""

from db.queries import alarms
from desk.alarms.conditions import AlarmChange, AlarmLimits, AlarmName, Readings, find_changes
from desk.conversations.staff_groups import list_staff_groups
from desk.unit_of_work import UnitOfWork

_RAISED = {
    AlarmName.DISK: "alarm.disk",
    AlarmName.QUEUE: "alarm.queue",
    AlarmName.PARKED: "alarm.parked",
    AlarmName.CERTIFICATE: "alarm.certificate",
    AlarmName.BACKUP: "alarm.backup",
}
_OVER = {
    AlarmName.DISK: "alarm.disk_over",
    AlarmName.QUEUE: "alarm.queue_over",
    AlarmName.PARKED: "alarm.parked_over",
    AlarmName.CERTIFICATE: "alarm.certificate_over",
    AlarmName.BACKUP: "alarm.backup_over",
}


async def announce_changes(
    uow: UnitOfWork, readings: Readings, limits: AlarmLimits
) -> list[AlarmChange]:
    """Record the alarms that begin or are over, say so in General, and return them."""
    changes = find_changes(readings, limits, await alarms.list_raised(uow.tx))
    for change in changes:
        if change.is_raised:
            await alarms.raise_alarm(uow.tx, change.name, uow.now)
        else:
            await alarms.clear_alarm(uow.tx, change.name)
        key = (_RAISED if change.is_raised else _OVER)[change.name]
        text = uow.text_for_staff(key, **_describe(readings))
        for group, bot in list_staff_groups(uow).items():
            uow.enqueue_for_chat(bot, group, text, group=True)
    return changes


def _describe(readings: Readings) -> dict[str, object]:
    """Return the values for the texts; each takes those that it names."""
    waiting, ends, backup = readings.waiting, readings.certificate_ends, readings.last_backup
    return {
        "megabytes": (readings.free_bytes or 0) // 10**6,
        "minutes": int(waiting.total_seconds() // 60) if waiting else 0,
        "count": readings.parked or 0,
        "date": ends or "",
        "hours": int((readings.now - backup).total_seconds() // 3600) if backup else 0,
    }
