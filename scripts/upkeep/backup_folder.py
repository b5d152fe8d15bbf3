"""Backups in a folder: a file for each moment, the newest are kept; and a copy of the uploads."""

import os
import re
import shutil
from datetime import datetime
from pathlib import Path

from db.url import DatabaseUrl
from scripts.upkeep.backup import OnGrowth, OnProgress, backup
from scripts.upkeep.errors import UpkeepError

_UPLOADS = "uploads"
# The end of the name of a file that is being copied.
_PART = ".part"
_NAME = re.compile(r"osmodesk-\d{8}T\d{6}(\.\d{6})?Z\.backup")


def _ignore(_done: int, _total: int) -> None:
    """Show no progress."""


def backup_into(
    address: DatabaseUrl,
    folder: Path,
    *,
    now: datetime,
    keep: int | None,
    on_growth: OnGrowth = lambda _bytes: None,
) -> Path:
    """Write a backup named by its time, then delete all but the newest `keep`; return its path.

    Nothing is deleted if the new backup fails. Raises UpkeepError.
    """
    file = folder / f"osmodesk-{now:%Y%m%dT%H%M%SZ}.backup"
    if file.exists():
        file = folder / f"osmodesk-{now:%Y%m%dT%H%M%S.%fZ}.backup"
    backup(address, file, on_growth)
    if keep is not None:
        for old in find_expired([each.name for each in folder.iterdir()], keep):
            (folder / old).unlink(missing_ok=True)
    return file


def list_backups(folder: Path) -> list[Path]:
    """List our backups in a folder, in no order; none where there is no such folder."""
    try:
        return [each for each in folder.iterdir() if _NAME.fullmatch(each.name)]
    except OSError:
        return []


def find_expired(names: list[str], keep: int) -> list[str]:
    """Return the names of our backups that are not among the newest `keep`."""
    ours = sorted((name for name in names if _NAME.fullmatch(name)), reverse=True)
    return ours[keep:]


def copy_uploads(media: Path, folder: Path, on_progress: OnProgress = _ignore) -> int:
    """Copy the agents' uploads that the folder does not have yet, and return how many.

    An upload never changes, so what is there is not copied again. Raises UpkeepError.
    """
    return _copy_missing(media / _UPLOADS, folder / _UPLOADS, on_progress)


def restore_uploads(folder: Path, media: Path, on_progress: OnProgress = _ignore) -> int:
    """Copy the uploads of a backup folder that MEDIA_DIR does not have, and return how many."""
    return _copy_missing(folder / _UPLOADS, media / _UPLOADS, on_progress)


def _copy_missing(source: Path, target: Path, on_progress: OnProgress) -> int:
    copied = 0
    try:
        files = [each for each in sorted(source.rglob("*")) if each.is_file()]
        for number, file in enumerate(files, 1):
            there = target / file.relative_to(source)
            if not there.exists() and not file.name.endswith(_PART):
                _copy(file, there)
                copied += 1
            on_progress(number, len(files))
    except OSError as error:
        raise UpkeepError(f"{error.filename} cannot be copied: {error.strerror}") from None
    return copied


def _copy(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(f"{target.name}{_PART}")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        shutil.copyfile(file, part)
        part.replace(target)
    except FileNotFoundError:
        # The desk deleted it meanwhile.
        if file.exists():
            raise
    finally:
        part.unlink(missing_ok=True)
