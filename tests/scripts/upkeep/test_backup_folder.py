"""Backups in a folder: what a timer calls each night."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.upkeep.backup_folder import find_expired
from tests.scripts.conftest import Command

OLD = [f"osmodesk-2026010{day}T023000Z.backup" for day in range(1, 5)]


@pytest.fixture
def desk(osmodesk: Command, environment: Callable[..., None], tmp_path: Path) -> Command:
    """Return the command on a migrated SQLite file, with two uploads in MEDIA_DIR."""
    environment(DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path}/desk.db", MEDIA_DIR=f"{tmp_path}/m")
    assert osmodesk("db", "migrate").code == 0
    for name in ("one", "two"):
        upload = tmp_path / "m" / "uploads" / "01AB" / name
        upload.parent.mkdir(parents=True, exist_ok=True)
        upload.write_text(name)
    (tmp_path / "backups").mkdir()
    return osmodesk


def test_the_newest_are_kept_and_other_files_left_alone(desk: Command, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for name in [*OLD, "notes.txt", "osmodesk-mine.backup"]:
        (folder / name).write_text("x")
    done = desk("db", "backup", str(folder), "--keep", "2", "--media")
    assert (done.code, done.err.splitlines()[-1]) == (0, "copied uploads: 2 of 2")
    assert "2 uploads copied" in done.out
    names = sorted(file.name for file in folder.iterdir())
    assert names[:1] + names[-2:] == ["notes.txt", "osmodesk-mine.backup", "uploads"]
    [kept, new] = names[1:-2]
    assert kept == OLD[-1] < new
    assert (folder / "uploads" / "01AB" / "one").read_text() == "one"
    # Two backups in one second have two names; the uploads are there already.
    assert "0 uploads copied" in desk("db", "backup", str(folder), "--media").out


def test_a_restore_leaves_nothing_beside_the_backup(desk: Command, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    assert desk("db", "backup", str(folder)).code == 0
    [file] = folder.iterdir()
    restored = desk("db", "restore", str(file), "--yes")
    assert (restored.code, restored.out) == (0, "restored\n")
    assert list(folder.iterdir()) == [file]


def test_a_backup_that_fails_deletes_nothing(
    desk: Command, environment: Callable[..., None], tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    for name in OLD:
        (folder / name).write_text("x")
    environment(DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path}/none/desk.db")
    assert desk("db", "backup", str(folder), "--keep", "1").code == 1
    assert sorted(file.name for file in folder.iterdir()) == OLD


def test_a_file_takes_neither_option(desk: Command, tmp_path: Path) -> None:
    refused = desk("db", "backup", str(tmp_path / "a.backup"), "--keep", "2")
    assert refused.code == 2
    assert "is not a folder" in refused.err
    assert not (tmp_path / "a.backup").exists()


def test_which_backups_are_old() -> None:
    assert find_expired([*OLD, "other"], 3) == OLD[:1]
    assert find_expired(OLD, 4) == []


def test_where_there_is_no_database_none_is_made_and_none_is_saved(
    osmodesk: Command, environment: Callable[..., None], tmp_path: Path
) -> None:
    file, saved = tmp_path / "none.db", tmp_path / "desk.backup"
    environment(DATABASE_URL=f"sqlite+aiosqlite:///{file}")
    assert "there is no file" in osmodesk("db", "check").out
    assert "there is no database" in osmodesk("db", "backup", str(saved)).err
    assert not file.exists()
    file.touch()
    assert "has no tables yet" in osmodesk("db", "backup", str(saved)).err
    assert not list(tmp_path.glob("desk*"))
    refused = osmodesk("db", "studio", "--port", "70000")
    assert (refused.code, "65535" in refused.err) == (2, True)
