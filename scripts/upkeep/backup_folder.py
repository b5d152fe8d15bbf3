"""Backups in a folder: a file for each moment, the newest are kept; and a copy of the uploads."""

import os
import re
import shutil
from datetime import datetime
from pathlib import Path

from db.url import DatabaseUrl
from scripts.upkeep.backup import backup
from scripts.upkeep.errors import UpkeepError

_NAME = re.compile(r"osmodesk-\d{8}T\d{6}(\.\d{6})?Z\.backup")


def backup_into(address: DatabaseUrl, folder: Path, *, now: datetime, keep: int | None) -> Path:
    """Write a backup named by its time, then delete all but the newest `keep`; return its path.

    Nothing is deleted if the new backup fails. Raises UpkeepError.
    """
    file = folder / f"osmodesk-{now:%Y%m%dT%H%M%SZ}.backup"
    if file.exists():
        file = folder / f"osmodesk-{now:%Y%m%dT%H%M%S.%fZ}.backup"
    backup(address, file)
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


def copy_uploads(media: Path, folder: Path) -> int:
    """Copy the agents' uploads that the folder does not have yet, and return how many.

    An upload never changes, so what is there is not copied again. Raises UpkeepError.
    """
    source, copied = media / "uploads", 0
    try:
        for file in sorted(source.rglob("*")) if source.is_dir() else ():
            target = folder / "uploads" / file.relative_to(source)
            if file.is_file() and not target.exists():
                _copy(file, target)
                copied += 1
    except OSError as error:
        raise UpkeepError(f"{error.filename} cannot be copied: {error.strerror}") from None
    return copied


def _copy(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(f"{target.name}.part")
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
