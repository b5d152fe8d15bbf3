"""Checks for files that others can read, and for client addresses that cannot be told apart."""

from collections.abc import Iterator
from pathlib import Path

from db.sqlite_files import is_readable_by_others
from desk.setup.findings import CheckResult, report_ok, report_warning
from scripts.configuration.settings import Settings

_OTHERS_MAY_READ = 0o044


def check_proxies(settings: Settings) -> Iterator[CheckResult]:
    """Warn about a reverse proxy that is not named: all clients then count as one."""
    if settings.public_url is not None and not settings.trusted_proxies:
        yield report_warning(
            "proxy",
            "PUBLIC_URL is set, but TRUSTED_PROXIES is not: wrong passwords of one client then "
            "slow down all of them",
            "set TRUSTED_PROXIES to the address of your reverse proxy, such as 127.0.0.1",
        )


def check_files(settings: Settings, env_file: Path = Path(".env")) -> Iterator[CheckResult]:
    """Warn about files with secrets or customers' words that other users can read."""
    readable = []
    if env_file.is_file() and env_file.stat().st_mode & _OTHERS_MAY_READ:
        readable.append(str(env_file))
    database = settings.database_url.sqlite_file
    if database is not None and is_readable_by_others(database):
        readable.append(str(database))
    for name in readable:
        remedy = f"chmod 600 {name}*" if name == str(database) else f"chmod 600 {name}"
        yield report_warning("files", f"other users of this machine can read {name}", remedy)
    if not readable:
        yield report_ok("files", "other users of this machine cannot read them")
