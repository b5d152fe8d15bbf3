"""Raw updates, given to each channel's receiver, have the effects of their cause and no others.

Each of them meets a customer whose session has ended, while no agent is free.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.bot_factory import make_bot
from bot.receiver import TelegramReceiver
from bridge.cloud.intake.webhook_parser import parse_items, to_inbound_events
from bridge.cloud.receiving.receiver import CloudReceiver
from bridge.cloud.traits import CLOUD_TRAITS
from bridge.waha.intake.raw_events import RawEvent, to_inbound_event
from bridge.waha.receiving.receiver import WahaReceiver
from bridge.waha.traits import WAHA_TRAITS
from db.database import Database
from db.dialect import get_table
from db.ids import AgentId, ChannelId, new_id
from db.queues.inbox import InboundEvent, InboxRow
from db.tables import (
    Agent,
    AgentKind,
    Channel,
    ChannelKind,
    Client,
    OutboxKind,
    Queue,
    Role,
    User,
)
from db.tables.base import now_utc
from db.tables.conversations import StaffPlace
from desk.actors import SYSTEM
from desk.causes import Cause, Opening, get_effects
from desk.channel_traits import DEFAULT_TRAITS, ChannelTraits
from desk.channels import Channels, ServedChannel
from desk.conversations import sessions
from desk.conversations.threads import find_thread_by_contact
from desk.unit_of_work import UnitOfWork
from tests.flows import cause_updates
from tests.flows.cause_updates import GROUP, MIA_ID, TOPIC, Json, Updates

SHOWN = {OutboxKind.COPY, OutboxKind.EDIT, OutboxKind.REACTION, OutboxKind.STAFF_NOTICE}


class RolledBackError(Exception):
    pass


@dataclass
class Line:
    """One channel, and how its receiver gets an update."""

    kind: ChannelKind
    traits: ChannelTraits
    customer: str
    receiver: Any
    to_events: Callable[[ChannelId, Json], list[InboundEvent]]
    known: Json
    updates: Updates


def _telegram_events(channel_id: ChannelId, update: Json) -> list[InboundEvent]:
    payload = json.dumps({"update_id": 1, **update})
    return [InboundEvent(channel_id, new_id(), "lane", payload)]


def _cloud_events(channel_id: ChannelId, body: Json) -> list[InboundEvent]:
    raw = json.dumps(body).encode()
    return to_inbound_events(parse_items(raw), lambda *_: channel_id, raw)


def _waha_events(channel_id: ChannelId, event: Json) -> list[InboundEvent]:
    return [
        to_inbound_event(channel_id, RawEvent.parse(json.dumps(each).encode()), None)
        for each in event.get("batch", [event])
    ]


def open_line(kind: ChannelKind, channel_id: ChannelId) -> Line:
    match kind:
        case ChannelKind.TELEGRAM:
            bot = make_bot("1:" + "a" * 35, "http://127.0.0.1:9")
            receiver = TelegramReceiver(lambda _: bot)
            known, updates = cause_updates.TELEGRAM_KNOWN, cause_updates.TELEGRAM
            return Line(kind, DEFAULT_TRAITS, "42", receiver, _telegram_events, known, updates)
        case ChannelKind.WHATSAPP_CLOUD:
            phone, known = cause_updates.webhook_bodies.PHONE, cause_updates.CLOUD_KNOWN
            updates = cause_updates.CLOUD
            return Line(kind, CLOUD_TRAITS, phone, CloudReceiver(), _cloud_events, known, updates)
    known, updates = cause_updates.WAHA_KNOWN, cause_updates.WAHA
    chat = cause_updates.CHAT
    return Line(kind, WAHA_TRAITS, chat, WahaReceiver(), _waha_events, known, updates)


@pytest.mark.parametrize("kind", ChannelKind)
async def test_updates_have_the_effects_of_their_cause(
    database: Database, kind: ChannelKind
) -> None:
    row = Channel(
        id=ChannelId(new_id()),
        kind=kind,
        external_id=cause_updates.webhook_bodies.NUMBER,
        name="Shop",
        staff_groups=[str(GROUP)],
    )
    line = open_line(kind, row.id)
    channels = Channels(
        [ServedChannel.from_row(row, enrols_members=False, traits={kind: line.traits})]
    )
    user = User(name="Mia", email="mia@example.com", password_hash="x", role=Role.CS)
    user.telegram_id = str(MIA_ID)
    async with database.transaction() as tx:
        tx.add_all([row, user])
        await tx.flush()
        tx.add(Agent(id=AgentId(new_id()), kind=AgentKind.HUMAN, name="Mia", user_id=user.id))
    wrong: list[str] = []
    for is_blocked in (False, True):
        for cause, raw in line.updates:
            faults = await find_faults(database, channels, line, cause, raw, is_blocked=is_blocked)
            wrong += [f"{cause} blocked={is_blocked} {raw}: {each}" for each in faults]
    assert wrong == []


async def find_faults(
    database: Database,
    channels: Channels,
    line: Line,
    cause: Cause,
    raw_update: Json,
    *,
    is_blocked: bool,
) -> list[str]:
    """Let a customer write and the session end, give the update; list what differs from the table.

    Nothing of it is kept.
    """
    [channel] = channels
    faults: list[str] = []

    async def receive(tx: AsyncSession, raw: Json) -> UnitOfWork:
        uow = UnitOfWork(tx, now_utc(), channels)
        rows = [
            InboxRow(at, each.lane, each.channel_id, each.provider_id, each.payload, 0, uow.now)
            for at, each in enumerate(line.to_events(channel.id, raw))
        ]
        for handle in await line.receiver.prepare(uow, rows):
            await handle()
        return uow

    async def work(tx: AsyncSession) -> None:
        uow = await receive(tx, line.known)
        await uow.flush()
        uow = UnitOfWork(tx, now_utc(), channels)
        thread = await find_thread_by_contact(uow, channel.id, line.customer)
        assert thread is not None
        await sessions.end(uow, thread, SYSTEM)
        await uow.flush()
        await set_state(tx, is_blocked=is_blocked)
        uow = await receive(tx, raw_update)
        faults.extend(compare(uow, line, cause, is_blocked=is_blocked))
        await uow.flush()
        raise RolledBackError

    with pytest.raises(RolledBackError):
        await database.run(work)
    return faults


async def set_state(tx: AsyncSession, *, is_blocked: bool) -> None:
    """Give the customer a topic, and block them if asked."""
    await tx.execute(update(get_table(StaffPlace)).values(topic=str(TOPIC), card="8"))
    await tx.execute(update(get_table(Client)).values(is_blocked=is_blocked))


def compare(uow: UnitOfWork, line: Line, cause: Cause, *, is_blocked: bool) -> list[str]:
    """List what a transaction is about to write against the table."""
    effects = get_effects(cause, line.kind, is_blocked=is_blocked)
    threads = list(uow.threads.values())
    notices = [each for each in uow.outbox_items if each.kind is OutboxKind.NOTICE]
    opens = effects.opens is not Opening.NONE
    found = {
        "session": any(each.session_id for each in threads),
        "holder": any(each.holder_id for each in threads),
        "texts": len(notices),
        "unread": sum(each.add for each in uow.unread_updates.values()),
        "read": any(each.read for each in uow.unread_updates.values()),
        "window": any(each.reply_until for each in uow.window_updates.values()),
        "shown": any(each.queue is Queue.STAFF and each.kind in SHOWN for each in uow.outbox_items),
    }
    expected = {
        "session": opens,
        "holder": effects.opens is Opening.AUTHOR,
        "texts": int(effects.greets) + int(opens and effects.sends_queue_notice),
        "unread": int(effects.counts_unread),
        # Between two sessions nothing is unread.
        "read": effects.counts_as_answer and opens,
        "window": effects.extends_window and line.traits.reply_window is not None,
        # The topic marks where another session begins. The bot asks there whose an anonymous
        # answer is, and tells once that a blocked customer wrote.
        "shown": effects.is_shown
        or opens
        or cause is Cause.ANONYMOUS_ANSWER
        or (is_blocked and get_effects(cause, line.kind).counts_unread),
    }
    return [
        f"{name} is {value}, not {expected[name]}"
        for name, value in found.items()
        if value != expected[name]
    ]
