"""Measure what alarms are about and the database does not know: disk, certificate, backups."""

import asyncio
import shutil
import ssl
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from scripts.upkeep.backup_folder import list_backups

_CONNECT_TIMEOUT = 10.0
_HTTPS_PORT = 443


def read_free_bytes(folders: list[Path]) -> int | None:
    """Return the free space of the fullest disk; None if there is no such folder."""
    free = []
    for folder in folders:
        # A folder is created when it is needed.
        existing = next((each for each in (folder, *folder.parents) if each.is_dir()), None)
        if existing is not None:
            free.append(shutil.disk_usage(existing).free)
    return min(free, default=None)


def find_last_backup(folder: Path) -> datetime | None:
    """Return when the newest backup in a folder was made; None without one."""
    times = []
    for file in list_backups(folder):
        try:
            times.append(datetime.fromtimestamp(file.stat().st_mtime, UTC))
        except OSError:
            continue  # deleted meanwhile
    return max(times, default=None)


async def read_certificate_end(public_url: str) -> datetime | None:
    """Return when the certificate of an https address ends; None if it cannot be read now."""
    address = urlsplit(public_url)
    if address.scheme != "https" or not address.hostname:
        return None
    # One that has ended, or that nobody trusts, is read too.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    where = address.hostname, address.port or _HTTPS_PORT
    try:
        async with asyncio.timeout(_CONNECT_TIMEOUT):
            _, writer = await asyncio.open_connection(
                *where, ssl=context, server_hostname=address.hostname
            )
    except (OSError, TimeoutError):
        return None
    certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return _read_end(certificate) if certificate else None


def _read_end(certificate: bytes) -> datetime:
    from cryptography import x509  # noqa: PLC0415 4 MB, for servers with an https address only

    return x509.load_der_x509_certificate(certificate).not_valid_after_utc
