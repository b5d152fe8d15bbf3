"""Sessions as raw rows, and their figures by plain loops: nothing of the desk's own counting."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from db.database import Database
from db.ids import (
    AgentId,
    ChannelId,
    ClientId,
    ContactId,
    ConversationId,
    MessageId,
    SessionId,
    new_id,
    new_id_at,
)
from db.tables import (
    Agent,
    AgentKind,
    Channel,
    ChannelKind,
    Client,
    Contact,
    Conversation,
    ConversationHandover,
    ConversationMetrics,
    DeliveryState,
    Direction,
    Message,
    MessageType,
    SenderType,
    Session,
    SessionStatus,
    SessionTag,
    Tag,
)
from desk.business_hours import is_open, parse_hours
from desk.metrics.recount import load_hours_of_channels, recount_sessions

MINUTE = timedelta(minutes=1)
# Open at night on Fridays, closed on the Thursday before Easter; the clocks change on March 29th.
HOURS = {
    "time_zone": "Europe/Berlin",
    "week": {
        "monday": [{"opens": "09:00", "closes": "17:00"}],
        "wednesday": [{"opens": "09:00", "closes": "12:30"}, {"opens": "14:00", "closes": "17:00"}],
        "thursday": [{"opens": "09:00", "closes": "17:00"}],
        "friday": [{"opens": "20:00", "closes": "24:00"}],
        "saturday": [{"opens": "00:00", "closes": "03:00"}],
        "sunday": [{"opens": "01:00", "closes": "05:00"}],
    },
    "holidays": [{"date": "2026-04-02", "name": "Holiday", "open": []}],
}
BEGIN = datetime(2026, 3, 24, tzinfo=UTC)


@dataclass
class RawSession:
    """A session and all that was said in it: minutes after its opening, and who."""

    opened: datetime
    channel: Channel
    agent: Agent | None
    held: datetime | None
    ended: datetime | None
    said: list[tuple[int, str]]
    handovers: int = 0
    reopenings: int = 0
    rating: int | None = None
    breached: bool | None = None
    tags: tuple[str, ...] = ()
    id: SessionId = field(default_factory=lambda: SessionId(new_id()))

    def times(self, *who: str) -> list[datetime]:
        return [self.opened + at * MINUTE for at, each in self.said if each in who]

    @property
    def asked(self) -> datetime | None:
        return min(self.times("customer"), default=None)

    def first(self, *who: str) -> tuple[datetime, datetime] | None:
        """Return the wait for the first answer by these."""
        if self.asked is None:
            return None
        later = [each for each in self.times(*who) if each >= self.asked]
        return (self.asked, min(later)) if later else None

    def waits(self) -> list[tuple[datetime, datetime]]:
        """Return each wait of the customer for an answer."""
        found, since = [], None
        for at, who in self.said:
            when = self.opened + at * MINUTE
            if who == "customer" and since is None:
                since = when
            elif who in {"human", "ai"} and since is not None:
                found.append((since, when))
                since = None
        return found


def count_open_minutes(begin: datetime, end: datetime) -> float:
    """Count minute by minute; opening hours change at whole minutes."""
    hours = parse_hours(HOURS)
    return sum(
        is_open(hours, begin + number * MINUTE) for number in range(int((end - begin) / MINUTE))
    )


def percentile(values: list[float], percent: int) -> float:
    """Return the nearest rank: the smallest value that so many are not greater than."""
    return sorted(values)[max(1, ceil(percent / 100 * len(values))) - 1]


@dataclass
class Raw:
    """What was written to the database."""

    sessions: list[RawSession]
    channels: list[Channel]
    agents: list[Agent]


async def write_raw_rows(database: Database, number: int = 60, begin: datetime = BEGIN) -> Raw:
    """Write sessions of two weeks: reopened, AI-only, unanswered, open, waiting, breached."""
    chance = random.Random(3)  # noqa: S311 no secret
    channels = [
        Channel(
            id=ChannelId(new_id()),
            kind=ChannelKind.TELEGRAM,
            external_id=str(each),
            name=f"Channel {each}",
            opening_hours=HOURS if each else None,
        )
        for each in range(2)
    ]
    agents = [
        Agent(id=AgentId(new_id()), kind=AgentKind.HUMAN, name=name) for name in ("Mia", "Tom")
    ]
    drawn = [_draw(chance, begin, channels, agents) for _ in range(number)]
    raw = Raw(drawn, channels, agents)
    for place, each in enumerate(raw.sessions):
        each.tags = ((), ("late",), ("refund",), ("late", "refund"))[place % 4]
    tags = {name: Tag(name=name, name_key=name) for name in ("late", "refund")}
    async with database.transaction() as tx:
        tx.add_all([*channels, *agents, *tags.values()])
        await tx.flush()
        for each in raw.sessions:
            await _write(tx, each)
            tx.add_all(SessionTag(session_id=each.id, tag_id=tags[tag].id) for tag in each.tags)
        ids = [each.id for each in raw.sessions]
        await recount_sessions(tx, ids, await load_hours_of_channels(tx))
        for each in raw.sessions:
            row = await tx.get_one(ConversationMetrics, each.id)
            row.rating, row.is_first_answer_breached = each.rating, each.breached
    return raw


def _draw(
    chance: random.Random, begin: datetime, channels: list[Channel], agents: list[Agent]
) -> RawSession:
    opened = begin + chance.randrange(14 * 24 * 60) * MINUTE
    length = chance.choice([30, 90, 600, 3000])
    answers = chance.choice([(), ("rule",), ("ai", "rule"), ("human",), ("human", "ai", "note")])
    minutes = sorted(chance.sample(range(length), k=8))
    said = [(each, chance.choice(["customer", "customer", *answers])) for each in minutes]
    ended = opened + length * MINUTE if chance.random() < 0.8 else None
    waited = chance.randrange(length) if chance.random() < 0.8 else None
    return RawSession(
        opened,
        chance.choice(channels),
        None if waited is None else chance.choice(agents),
        None if waited is None else opened + waited * MINUTE,
        ended,
        said,
        chance.choice([0, 0, 1, 2]),
        chance.choice([0, 0, 1]),
        chance.choice([None, None, 1, 3, 5]),
        chance.choice([None, True, False]),
    )


_SENDERS = {
    "customer": (SenderType.CLIENT, Direction.INBOUND),
    "human": (SenderType.CS, Direction.OUTBOUND),
    "ai": (SenderType.AI, Direction.OUTBOUND),
    "rule": (SenderType.SYSTEM, Direction.OUTBOUND),
    "note": (SenderType.CS, Direction.INTERNAL),
}


async def _write(tx: Any, raw: RawSession) -> None:
    client, contact = ClientId(new_id()), ContactId(new_id())
    conversation = ConversationId(new_id())
    channel, agent = raw.channel.id, raw.agent and raw.agent.id
    tx.add(Client(id=client, name="Ana"))
    await tx.flush()
    tx.add(Contact(id=contact, client_id=client, channel_id=channel, external_id=contact))
    await tx.flush()
    tx.add(Conversation(id=conversation, contact_id=contact, channel_id=channel))
    await tx.flush()
    tx.add(
        Session(
            id=raw.id,
            conversation_id=conversation,
            client_id=client,
            cs_id=agent,
            status=SessionStatus.ENDED if raw.ended else SessionStatus.ACTIVE,
            created_at=raw.opened,
            ended_at=raw.ended,
            first_held_at=raw.held,
            reopen_count=raw.reopenings,
        )
    )
    await tx.flush()
    for _ in range(raw.handovers):
        tx.add(ConversationHandover(conversation_id=conversation, session_id=raw.id, by_name="x"))
    for at, who in raw.said:
        sender, direction = _SENDERS[who]
        tx.add(
            Message(
                id=MessageId(new_id_at(raw.opened + at * MINUTE)),
                session_id=raw.id,
                conversation_id=conversation,
                sender_type=sender,
                direction=direction,
                message_type=MessageType.TEXT,
                author_id=agent if who == "human" else None,
                delivery_state=DeliveryState.SENT,
                created_at=raw.opened + at * MINUTE,
            )
        )
    await tx.flush()
