"""Files without a message are removed, and not too early."""

import os
import time
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import MessageId, new_id
from desk.content import Content
from desk.housekeeping import Housekeeping
from desk.media.cleanup import MediaCleanup
from desk.media.upload_store import UploadStore
from tests.desk.stage import Stage as DeskStage

HOUR = 3600.0


async def nothing(tx: AsyncSession) -> None:
    _ = tx


def write_file(path: Path, *, age: float) -> Path:
    """Write a file that was last changed and used this many seconds ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    then = time.time() - age
    os.utime(path, (then, then))
    return path


def left(root: Path) -> set[Path]:
    return {path for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "media"


def upload(root: Path, message_id: str, *, age: float) -> Path:
    return write_file(UploadStore(root).path_of(MessageId(message_id)), age=age)


def fetched(root: Path, message_id: str, *, age: float, end: str = "." + "a" * 16) -> Path:
    return write_file(root / "cache" / f"{message_id}{end}", age=age)


async def a_message(stage: DeskStage) -> MessageId:
    return await stage.answer(await stage.customer(), Content(text="hello"))


async def swept(stage: DeskStage, root: Path) -> int:
    return await MediaCleanup(root).run_round(stage.database, first=nothing)


async def test_files_without_a_message_are_removed_after_an_hour(
    stage: DeskStage, folder: Path
) -> None:
    kept = await a_message(stage)
    stay = {
        upload(folder, kept, age=9 * HOUR),
        fetched(folder, kept, age=9 * HOUR),
        upload(folder, new_id(), age=0.5 * HOUR),
        fetched(folder, new_id(), age=0.5 * HOUR),
    }
    upload(folder, new_id(), age=2 * HOUR)
    fetched(folder, new_id(), age=2 * HOUR)
    assert await swept(stage, folder) == 2
    assert left(folder) == stay
    assert await swept(stage, folder) == 0


async def test_unfinished_and_unused_files_are_removed(stage: DeskStage, folder: Path) -> None:
    kept = await a_message(stage)
    write_file(folder / "incoming" / new_id(), age=2 * HOUR)
    write_file(folder / "cache" / f"{new_id()}.part", age=2 * HOUR)
    fetched(folder, kept, age=8 * 24 * HOUR)
    stay = {
        write_file(folder / "incoming" / new_id(), age=60),
        write_file(folder / "cache" / f"{new_id()}.part", age=60),
        upload(folder, kept, age=8 * 24 * HOUR),
        fetched(folder, kept, age=6 * 24 * HOUR, end="." + "b" * 16),
    }
    assert await swept(stage, folder) == 3
    assert left(folder) == stay


async def test_other_files_are_left_alone(stage: DeskStage, folder: Path) -> None:
    stay = {
        write_file(folder / "notes.txt", age=99 * HOUR),
        write_file(folder / "uploads" / "2026" / "somebody's file.pdf", age=99 * HOUR),
        write_file(folder / "uploads" / "stray", age=99 * HOUR),
        write_file(folder / "other" / new_id(), age=99 * HOUR),
    }
    assert await swept(stage, folder) == 0
    assert left(folder) == stay
    assert await swept(stage, folder / "nowhere") == 0


async def test_many_files_are_checked_in_rounds(stage: DeskStage, folder: Path) -> None:
    kept = upload(folder, await a_message(stage), age=9 * HOUR)
    for number in range(23):
        upload(folder, f"{number % 8}{new_id()[1:]}", age=2 * HOUR)
    media = MediaCleanup(folder, most=10, at_once=4)
    removed = [await media.run_round(stage.database, first=nothing) for _ in range(4)]
    assert sum(removed) == 23
    assert max(removed) <= 10
    assert left(folder) == {kept}


async def test_cleanup_is_part_of_housekeeping(stage: DeskStage, folder: Path) -> None:
    upload(folder, new_id(), age=2 * HOUR)
    house = Housekeeping(stage.database, pause=0.001, media=MediaCleanup(folder))
    assert (await house.run_once())["files"] == 1
    assert left(folder) == set()
