"""Alarms: said in General once when something goes wrong, and once when it is over."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select, update

from api.routing.transactions import Transactions
from db.database import Database
from db.tables import Inbox, InboxState, Outbox, OutboxKind, OutboxState
from desk.alarms.conditions import AlarmLimits
from desk.cluster.wake import Signal
from scripts.configuration.settings import Settings
from scripts.monitoring.alarm_readings import read_certificate_end
from scripts.monitoring.alarm_watch import AlarmWatch, build_alarm_watch
from tests.desk.stage import GROUP, Stage, open_stage

DAY = timedelta(days=1)
# Nobody's disk is as large, or as full.
FULL, FREE = AlarmLimits(free_bytes=10**18), AlarmLimits(free_bytes=1)


@pytest.fixture
async def stage(database: Database) -> Stage:
    return await open_stage(database)


def watch(stage: Stage, limits: AlarmLimits, folder: Path, **more: object) -> AlarmWatch:
    made = Transactions(stage.database, stage.uow_factory, Signal())
    values = {"now": lambda: stage.now, "_began": stage.now, **more}
    return AlarmWatch(made, limits, [folder], **values)  # type: ignore[arg-type]


async def list_said(stage: Stage) -> list[str]:
    """List what was said in the staff group, in order."""
    said = select(Outbox.payload).where(Outbox.kind == OutboxKind.GENERAL)
    async with stage.database.transaction() as tx:
        payloads = list(await tx.scalars(said.order_by(Outbox.id)))  # type: ignore[arg-type]
    assert {each["chat"] for each in payloads} <= {GROUP}
    return [each["content"]["text"] for each in payloads]


async def test_each_change_is_said_once(stage: Stage, tmp_path: Path) -> None:
    first = watch(stage, FULL, tmp_path / "made" / "later")
    assert [each.is_raised for each in await first.check()] == [True]
    assert await first.check() == []
    assert await watch(stage, FULL, tmp_path).check() == [], "another process watches"
    [said] = await list_said(stage)
    assert said.startswith("Alarm: only ")
    assert "MB are free on the server's disk" in said
    # The process that watched has died; another one knows what was said.
    stage.later(600)
    second = watch(stage, FULL, tmp_path)
    assert await second.check() == []
    second.limits = AlarmLimits()
    assert await second.check() == [], "switched off"
    second.limits = FREE
    assert [each.is_raised for each in await second.check()] == [False]
    assert await second.check() == []
    assert (await list_said(stage))[1].startswith("Alarm over: ")
    assert len(await list_said(stage)) == 2


async def test_what_waits_or_is_parked(stage: Stage, tmp_path: Path) -> None:
    """Play it in Indonesian."""
    stage.uow_factory = replace(stage.uow_factory, staff_language="id")
    limits = AlarmLimits(waiting=timedelta(minutes=5), parked=True)
    alarms = watch(stage, limits, tmp_path)

    async def set_state(state: InboxState, due_at: datetime) -> None:
        async with stage.database.transaction() as tx:
            await tx.execute(update(Inbox).values(state=state, due_at=due_at))
            # What was said has arrived.
            await tx.execute(update(Outbox).values(state=OutboxState.DONE))

    async with stage.database.transaction() as tx:
        row = Inbox(channel_id=stage.channel_id, provider_id="1", lane="1", payload="{}")
        row.due_at = stage.now
        tx.add(row)
    stage.later(240)
    assert await alarms.check() == []
    stage.later(120)
    assert [str(each.name) for each in await alarms.check()] == ["queue"]
    # Better, but not well yet: it does not come and go.
    await set_state(InboxState.PENDING, stage.now - timedelta(minutes=4))
    assert await alarms.check() == []
    await set_state(InboxState.PARKED, stage.now)
    changes = await alarms.check()
    assert [(str(each.name), each.is_raised) for each in changes] == [
        ("queue", False),
        ("parked", True),
    ]
    await set_state(InboxState.DONE, stage.now)
    assert [(str(each.name), each.is_raised) for each in await alarms.check()] == [
        ("parked", False)
    ]
    said = await list_said(stage)
    assert [each.partition(":")[0] for each in said] == [
        "Peringatan",
        "Peringatan selesai",
        "Peringatan",
        "Peringatan selesai",
    ]
    assert "sudah menunggu 6 menit" in said[0]


async def test_old_backups_and_none(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    alarms = watch(stage, AlarmLimits(backup=36 * DAY / 24), tmp_path, backups=folder)
    assert await alarms.check() == [], "it may still come"
    stage.later(37 * 3600)
    assert len(await alarms.check()) == 1
    assert "no new backup for 37 h." in (await list_said(stage))[0]
    folder.mkdir()
    (folder / "osmodesk-20260105T023000Z.backup.part").touch()
    assert await alarms.check() == [], "an unfinished one is none"
    done = folder / "osmodesk-20260105T023000Z.backup"
    done.touch()
    os.utime(done, times=(stage.now.timestamp(),) * 2)
    assert [each.is_raised for each in await alarms.check()] == [False]
    stage.later(37 * 3600)
    assert [each.is_raised for each in await alarms.check()] == [True]


@asynccontextmanager
async def serve_with_certificate(ends: datetime, folder: Path) -> AsyncIterator[str]:
    """Serve an https address whose certificate, which nobody trusts, ends then."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desk.example.com")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ends - 90 * DAY)
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    file = folder / "both.pem"
    file.write_bytes(
        built.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/in"


@pytest.mark.parametrize("days", [-3, 3])
async def test_a_certificate_that_ends_soon_or_has_ended(
    stage: Stage, tmp_path: Path, *, days: int
) -> None:
    ends = stage.now.replace(microsecond=0) + days * DAY
    limits = AlarmLimits(certificate=14 * DAY)
    async with serve_with_certificate(ends, tmp_path) as url:
        assert await read_certificate_end(url) == ends
        alarms = watch(stage, limits, tmp_path, public_url=url)
        assert [str(each.name) for each in await alarms.check()] == ["certificate"]
        assert f"ends on {ends:%Y-%m-%d}" in (await list_said(stage))[0]
    # Nothing answers there now: what was said stays.
    assert await read_certificate_end(url) is None
    assert await watch(stage, limits, tmp_path, public_url=url).check() == []
    stage.later(600)
    async with serve_with_certificate(stage.now + 60 * DAY, tmp_path) as url:
        again = watch(stage, limits, tmp_path, public_url=url)
        assert [each.is_raised for each in await again.check()] == [False]


async def test_an_address_without_a_certificate_has_none() -> None:
    assert await read_certificate_end("http://127.0.0.1:1") is None
    assert await read_certificate_end("https://127.0.0.1:1") is None


def test_the_operator_sets_the_limits(stage: Stage, tmp_path: Path) -> None:
    transactions = Transactions(stage.database, stage.uow_factory, Signal())
    chosen = {"media_dir": tmp_path / "media", "backup_dir": tmp_path, "alarm_free_mb": 0}
    built = build_alarm_watch(Settings(_env_file=None, **chosen), transactions)
    assert built.limits == AlarmLimits(
        None, timedelta(minutes=5), True, certificate=14 * DAY, backup=timedelta(hours=36)
    )
    assert built.folders == [tmp_path / "media", Path.cwd()]
    assert built.backups == tmp_path
    off = build_alarm_watch(Settings(_env_file=None, alarms=False), transactions)
    assert off.limits == AlarmLimits()
