"""Only a customer's own message opens a session, is answered, extends the window, counts as unread.

Any events of a channel, in any order, about several customers, with and without a free agent:
automatic texts go only to whoever wrote, once.
"""

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.dialect import get_table
from db.ids import AgentId, ChannelId, new_id
from db.queues.inbox import InboxRow
from db.tables import (
    Agent,
    AgentKind,
    AgentStatus,
    Channel,
    ChannelKind,
    Contact,
    Conversation,
    Outbox,
    OutboxKind,
    Role,
    Session,
    User,
)
from db.tables.base import now_utc
from db.tables.conversations import StaffPlace
from desk.actors import SYSTEM
from desk.causes import Cause
from desk.channels import Channels, ServedChannel
from desk.conversations import sessions
from desk.conversations.threads import find_thread
from desk.unit_of_work import UnitOfWork
from tests.bridge.cloud.webhook_bodies import NUMBER
from tests.flows.cause_updates import GROUP, MIA_ID
from tests.flows.test_causes import Line, RolledBackError, open_line
from tests.invariants.channel_events import CUSTOMERS, build_event, list_events

agents, contacts = get_table(Agent), get_table(Contact)
conversations, outbox, sessions_table = map(get_table, (Conversation, Outbox, Session))
places = get_table(StaffPlace)
# What else happens between two events.
ENDS, COMES, LEAVES = "the session ends", "an agent comes", "the agent leaves"


@dataclass(frozen=True, slots=True)
class State:
    """What must change through a customer's own message only."""

    # Under which id the customer writes; they may change it.
    name: str = ""
    sessions: int = 0
    texts: tuple[str, ...] = ()
    window: object = None
    unread: int = 0

    def is_of(self, customer: str) -> bool:
        return customer in self.name


@dataclass
class Play:
    """A channel with customers, inside one transaction."""

    tx: AsyncSession
    line: Line
    channels: Channels
    number: int = 0
    faults: list[str] = field(default_factory=list)
    # Who has written the message that other events are about.
    known: set[str] = field(default_factory=set)

    def _make_uow(self) -> UnitOfWork:
        return UnitOfWork(self.tx, now_utc(), self.channels)

    async def do(self, step: str | int, customer: str) -> None:
        if isinstance(step, int):
            await self.receive(step, customer)
        elif step is ENDS:
            await self.end_sessions()
        else:
            status = AgentStatus.ONLINE if step is COMES else AgentStatus.OFFLINE
            await self.tx.execute(update(agents).values(status=status))

    async def receive(self, at: int, customer: str) -> None:
        """Give an event to the receiver, and compare what is written before and after."""
        [channel] = self.channels
        event = list_events(self.line.kind)[at]
        self.number += 1
        raw = build_event(self.line.kind, event, customer, self.number)
        # The edit of a message that never came is all that there is of it.
        is_written = event.is_written or (event.cause is Cause.EDIT and customer not in self.known)
        if at == 0:
            self.known.add(customer)
        before = await self.read_states()
        uow = self._make_uow()
        rows = [
            InboxRow(place, each.lane, each.channel_id, each.provider_id, each.payload, 0, uow.now)
            for place, each in enumerate(self.line.to_events(channel.id, raw))
        ]
        for handle in await self.line.receiver.prepare(uow, rows):
            await handle()
        await uow.flush()
        await self.tx.execute(update(places).values(topic=places.c.id))
        for conversation_id, after in (await self.read_states()).items():
            earlier = before.get(conversation_id, State())
            wrote = is_written and after.is_of(customer)
            self.faults += [f"{event.cause}: {each}" for each in find_faults(earlier, after, wrote)]

    async def end_sessions(self) -> None:
        uow = self._make_uow()
        for conversation_id in (await self.tx.scalars(select(conversations.c.id))).all():
            thread = await find_thread(uow, conversation_id)
            assert thread is not None
            await sessions.end(uow, thread, SYSTEM)
        await uow.flush()

    async def read_states(self) -> dict[str, State]:
        """Read the state of each conversation."""
        found: dict[str, State] = {}
        rows = await self.tx.execute(
            select(
                contacts.c.external_id,
                conversations.c.id,
                conversations.c.reply_until,
                conversations.c.unread_count,
            ).join(conversations, conversations.c.contact_id == contacts.c.id)
        )
        for name, conversation_id, window, unread in rows.all():
            mine = sessions_table.c.conversation_id == conversation_id
            opened = await self.tx.scalar(select(func.count()).where(mine))
            texts = await self.tx.scalars(
                select(outbox.c.payload).where(
                    outbox.c.conversation_id == conversation_id,
                    outbox.c.kind.in_([OutboxKind.NOTICE, OutboxKind.ANSWER]),
                )
            )
            said = tuple(each["content"]["text"] for each in texts)
            found[conversation_id] = State(name, opened or 0, said, window, unread)
        return found


def find_faults(before: State, after: State, wrote: bool) -> list[str]:
    """List what changed although the customer wrote nothing, and texts that were sent twice."""
    new = after.texts[len(before.texts) :]
    faults = [f"{each!r} was sent twice" for each in set(new) if new.count(each) > 1]
    if wrote:
        return faults
    if after.sessions > before.sessions:
        faults.append("a session was opened")
    if new:
        faults.append(f"the customer was sent {new}")
    if after.window != before.window:
        faults.append(f"the window was {before.window} and is {after.window}")
    if after.unread > before.unread:
        faults.append("something counts as unread")
    return faults


STEPS = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 99), st.sampled_from([ENDS, COMES, LEAVES])), st.integers(0, 1)
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize("kind", ChannelKind)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
async def test_only_a_customers_own_message_has_effects(
    sqlite_database: Database, kind: ChannelKind, steps: list[tuple[str | int, int]]
) -> None:
    await play(sqlite_database, kind, steps)


@pytest.mark.parametrize(
    "kind",
    [
        ChannelKind.TELEGRAM,
        ChannelKind.WHATSAPP_CLOUD,
        # By far the most events; the test above draws from them.
        pytest.param(ChannelKind.WHATSAPP_WAHA, marks=pytest.mark.long),
    ],
)
async def test_every_event_alone_has_no_effects_for_whom_it_does_not_come_from(
    sqlite_database: Database, kind: ChannelKind
) -> None:
    for at in range(len(list_events(kind))):
        await play(sqlite_database, kind, [(at, 0), (at, 1)])
        await play(sqlite_database, kind, [(0, 0), (0, 1), (ENDS, 0), (at, 0), (at, 1)])


async def play(database: Database, kind: ChannelKind, steps: list[tuple[str | int, int]]) -> None:
    """Play steps in a transaction of which nothing is kept."""
    many = len(list_events(kind))
    faults: list[str] = []

    async def work(tx: AsyncSession) -> None:
        row = Channel(
            id=ChannelId(new_id()),
            kind=kind,
            external_id=NUMBER,
            name="Shop",
            staff_groups=[str(GROUP)],
        )
        line = open_line(kind, row.id)
        traits = {kind: line.traits}
        user = User(name="Mia", email="mia@example.com", password_hash="x", role=Role.CS)
        user.telegram_id = str(MIA_ID)
        tx.add_all([row, user])
        await tx.flush()
        tx.add(Agent(id=AgentId(new_id()), kind=AgentKind.HUMAN, name="Mia", user_id=user.id))
        await tx.flush()
        served = ServedChannel.from_row(row, enrols_members=False, traits=traits)
        shown = Play(tx, line, Channels([served]))
        for step, who in steps:
            at = step % many if isinstance(step, int) else step
            await shown.do(at, CUSTOMERS[kind][who])
        faults.extend(shown.faults)
        raise RolledBackError

    with pytest.raises(RolledBackError):
        await database.run(work)
    assert faults == []
