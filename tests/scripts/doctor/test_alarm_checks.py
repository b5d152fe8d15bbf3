"""What the doctor says of messages that wait, certificates and backups."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from db.database import Database
from db.tables import Channel, ChannelKind, Inbox, InboxState, Outbox, OutboxKind
from db.tables.base import now_utc
from scripts.configuration.settings import Settings
from scripts.doctor.alarms import (
    check_backups,
    check_certificate,
    check_messages,
    judge_certificate,
)


def settings(**chosen: object) -> Settings:
    return Settings(_env_file=None, **chosen)  # type: ignore[call-arg, arg-type]


async def test_messages_that_wait_and_that_were_set_aside(database: Database) -> None:
    [good] = await check_messages(database, settings())
    assert str(good) == "✓ messages: none waits for long, and none was set aside"
    channel = Channel(kind=ChannelKind.TELEGRAM, external_id="1", name="Bot")
    update = Inbox(channel_id=channel.id, provider_id="1", lane="a", payload="{}")
    update.state = InboxState.PARKED
    answer = Outbox(channel_id=channel.id, lane="customer:1", kind=OutboxKind.ANSWER)
    answer.created_at = now_utc() - timedelta(minutes=7)
    answer.error = "Bad Gateway"
    async with database.transaction() as tx:
        tx.add(channel)
        await tx.flush()
        tx.add_all([update, answer])
    waiting, aside = map(str, await check_messages(database, settings()))
    assert "! messages: one has waited for 7 min to be handled or sent: Bad Gateway → " in waiting
    assert "journalctl" in waiting
    assert "! messages: 1 could not be handled and were set aside → " in aside
    # What is long is what the alarm calls long; 0: never.
    for minutes in (8, 0):
        patient = settings(alarm_waiting_minutes=minutes)
        assert len(await check_messages(database, patient)) == 1


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "✗ certificate: it ended on"), (3, "! certificate: it ends on")]
)
def test_a_certificate_that_ends(days: int, said: str) -> None:
    now = now_utc()
    result = str(judge_certificate(now + timedelta(days=days), timedelta(days=14), now))
    assert result.startswith(said)
    assert "→ renew it" in result


async def test_a_certificate_that_lasts_and_an_address_without_one() -> None:
    now = now_utc()
    good = str(judge_certificate(now + timedelta(days=60), timedelta(days=14), now))
    assert good.startswith("✓ certificate: it is valid until ")
    for url in (None, "http://127.0.0.1:1", "https://127.0.0.1:1"):
        assert await check_certificate(settings(public_url=url)) == []


async def test_backups_that_are_new_old_or_missing(tmp_path: Path) -> None:
    assert "✓ backup: BACKUP_DIR is not set" in str(await check_backups(settings()))
    of_folder = settings(backup_dir=tmp_path)
    assert "! backup: BACKUP_DIR" in str(await check_backups(of_folder))
    file = tmp_path / "osmodesk-20260105T023000Z.backup"
    file.touch()
    assert "✓ backup: the newest one is of " in str(await check_backups(of_folder))
    long_ago = (now_utc() - timedelta(hours=40)).timestamp()
    os.utime(file, (long_ago, long_ago))
    old = str(await check_backups(of_folder))
    assert "! backup: the newest one is of " in old
    assert "→ run osmodesk db backup" in old
    never = settings(backup_dir=tmp_path, alarm_backup_hours=0)
    assert "✓ backup" in str(await check_backups(never))
