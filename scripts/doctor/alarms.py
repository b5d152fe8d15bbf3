"""Checks of what alarms are about: messages that wait, what was set aside, certificate, backups."""

import asyncio
from datetime import datetime, timedelta

from db.database import Database
from db.queues import queue_depth
from db.tables.base import now_utc
from desk.setup.findings import CheckResult, report_error, report_ok, report_warning
from desk.telemetry.backlog import read_backlog
from scripts.configuration.settings import Settings
from scripts.monitoring.alarm_readings import find_last_backup, read_certificate_end

_REASONS_SHOWN = 3
_LOG = "the log says more: journalctl -u 'osmodesk*' -n 50"


async def check_messages(database: Database, settings: Settings) -> list[CheckResult]:
    """Check that no message waits for long, and that none was set aside."""
    async with database.transaction() as tx:
        backlog = await read_backlog(tx, now_utc())
        reasons = await queue_depth.list_waiting_reasons(tx, _REASONS_SHOWN)
    findings = []
    most = timedelta(minutes=settings.alarm_waiting_minutes)
    if most and backlog.longest_wait > most:
        minutes = backlog.longest_wait // timedelta(minutes=1)
        text = f"one has waited for {minutes} min to be handled or sent"
        if reasons:
            text = f"one has waited for {minutes} min to be handled or sent: {'; '.join(reasons)}"
        findings.append(report_warning("messages", text, _LOG))
    if backlog.parked:
        text = f"{backlog.parked} could not be handled and were set aside"
        remedy = "try them again or drop them: in the console, Settings, Parked updates"
        findings.append(report_warning("messages", text, remedy))
    return findings or [report_ok("messages", "none waits for long, and none was set aside")]


async def check_certificate(settings: Settings) -> list[CheckResult]:
    """Check how long the certificate of PUBLIC_URL is valid, where it has one that can be read."""
    ends = await read_certificate_end(settings.public_url) if settings.public_url else None
    if ends is None:
        return []
    return [judge_certificate(ends, timedelta(days=settings.alarm_certificate_days), now_utc())]


def judge_certificate(ends: datetime, least: timedelta, now: datetime) -> CheckResult:
    """Return whether a certificate is valid for long enough."""
    remedy = "renew it: the log of your web server says why it did not do so by itself"
    if ends <= now:
        return report_error("certificate", f"it ended on {ends:%F}", remedy)
    if ends - now < least:
        return report_warning("certificate", f"it ends on {ends:%F}", remedy)
    return report_ok("certificate", f"it is valid until {ends:%F}")


async def check_backups(settings: Settings) -> CheckResult:
    """Check that there is a new backup in BACKUP_DIR."""
    folder = settings.backup_dir
    if folder is None:
        return report_ok("backup", "BACKUP_DIR is not set: nobody looks whether there are backups")
    last = await asyncio.to_thread(find_last_backup, folder)
    remedy = "run osmodesk db backup, and look at the timer: systemctl status osmodesk-backup.timer"
    if last is None:
        return report_warning("backup", f"BACKUP_DIR {folder} has no backup", remedy)
    most = timedelta(hours=settings.alarm_backup_hours)
    if most and now_utc() - last > most:
        return report_warning("backup", f"the newest one is of {last:%F %R} UTC", remedy)
    return report_ok("backup", f"the newest one is of {last:%F %R} UTC")
