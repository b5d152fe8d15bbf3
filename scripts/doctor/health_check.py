"""All checks of the doctor, in order."""

from collections.abc import AsyncIterator

import aiohttp

from db.database import Database
from desk.setup.findings import CheckResult, Severity, report_error, report_ok
from desk.urls.private import is_loopback
from scripts.configuration.settings import Settings, SettingsError, load_settings
from scripts.doctor import services
from scripts.doctor.alarms import check_backups, check_certificate, check_messages
from scripts.doctor.channels import check_channels
from scripts.doctor.database import check_accounts, check_database, check_jobs
from scripts.doctor.encryption import check_secrets
from scripts.doctor.exposure import check_files, check_proxies
from scripts.doctor.telegram import check_telegram


async def run_checks() -> AsyncIterator[CheckResult]:
    """Check the settings, then each service that they name."""
    try:
        settings = load_settings()
    except SettingsError as error:
        for fault in error.errors:
            name, _, rest = fault.partition(" ")
            text, _, remedy = rest.partition("; ")
            yield report_error("settings", f"{name} {text}", remedy)
        return
    for finding in _check_secrets(settings):
        yield finding
    for finding in (*check_proxies(settings), *check_files(settings)):
        yield finding
    async for finding in check_telegram(settings):
        yield finding
    async with aiohttp.ClientSession() as http:
        yield await services.check_public_url(http, settings)
        for finding in await check_certificate(settings):
            yield finding
        yield await services.check_model(http, settings)
        yield await services.check_port(http, settings)
    async for finding in _check_data(settings):
        yield finding
    yield await services.check_redis(settings)
    for finding in services.check_disk(settings):
        yield finding
    yield await check_backups(settings)
    yield services.check_converter()


def _check_secrets(settings: Settings) -> list[CheckResult]:
    missing = [name for name in ("jwt_secret", "secret_key") if getattr(settings, name) is None]
    if not missing:
        return [report_ok("settings", "valid, and both secrets are set")]
    return [
        report_error(
            "settings",
            f"{name.upper()} is missing",
            Settings.model_fields[name].description or "",
        )
        for name in missing
    ]


async def _check_data(settings: Settings) -> AsyncIterator[CheckResult]:
    database = Database(
        settings.database_url, log_sql=settings.log_sql, log_slow_sql=settings.log_slow_sql
    )
    worst = Severity.OK
    try:
        async for finding in check_database(database):
            worst = max(worst, finding.severity)
            yield finding
        if worst is Severity.OK:
            is_open = not is_loopback(settings.host) or settings.public_url is not None
            by_code = settings.staff_enrolment == "code"
            for finding in await check_accounts(database, is_open=is_open, by_code=by_code):
                yield finding
            waiting = await check_messages(database, settings)
            for finding in (*waiting, *await check_jobs(database)):
                yield finding
            if settings.secret_key is not None:
                yield await check_secrets(settings, database)
            async for finding in check_channels(settings, database):
                yield finding
    finally:
        await database.close()
