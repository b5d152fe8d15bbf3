"""Three agents, two customers, what can be done to their sessions, and what must be true then."""

from contextlib import suppress
from dataclasses import dataclass, field, replace

from sqlalchemy import select, update

from db.dialect import get_table
from db.ids import AgentId, ConversationId, SessionId, new_id
from db.queries.conversations.threads import Thread
from db.queries.events.events import EventRecord, decode_records
from db.tables import (
    Agent,
    AgentKind,
    AgentStatus,
    ConversationHandover,
    Event,
    EventKind,
    OfflinePolicy,
    Role,
    Session,
    SessionStatus,
    User,
)
from desk.actors import AgentActor, human_agent
from desk.channels import Channels
from desk.conversations import actions, presence, sessions, transfers
from desk.conversations.actions import SessionActionError
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import Stage, thread_of

Holder = AgentId | None

_sessions = get_table(Session)
_agents = get_table(Agent)
_handovers = get_table(ConversationHandover)
_events = get_table(Event)


@dataclass(frozen=True)
class Snapshot:
    """The open sessions with their holders, and how far the logs were."""

    holders: dict[SessionId, Holder]
    numbers: dict[AgentId, int]
    handovers: list[tuple[SessionId, Holder, Holder]]
    events: list[EventRecord]


@dataclass
class Scene:
    stage: Stage
    agents: list[AgentActor]
    customers: list[ConversationId]
    before: Snapshot = field(default_factory=lambda: Snapshot({}, {}, [], []))

    async def act(self, action: str, customer: int, agent: int, other: int) -> None:
        """Do one thing in a transaction; what is not possible changes nothing."""
        mia, tom = self.agents[agent], self.agents[other]
        work = _ACTIONS[action]

        async def whole(uow: UnitOfWork) -> None:
            await work(uow, await thread_of(uow, self.customers[customer]), mia, tom)

        with suppress(SessionActionError):
            await self.stage.run_in_uow(whole)

    async def check(self, action: str) -> None:
        """Check the numbers of sessions, the events and the handovers of what was done."""
        then, now = self.before, await take_snapshot(self.stage)
        held = [holder for holder in now.holders.values() if holder is not None]
        assert now.numbers == {each: held.count(each) for each in now.numbers}
        records = now.events[len(then.events) :]
        assert _replay(then.holders, records, now.holders) == now.holders
        moved = [
            (each.session_id, each.more["from"], each.about)
            for each in records
            if each.kind is EventKind.SESSION_TRANSFERRED and each.more
        ]
        rows = now.handovers[len(then.handovers) :]
        assert [row for row in rows if row[1] is not None] == moved
        if action != "assign":  # a person may decide who gets a waiting session
            assert len(rows) == len(moved)
        self.before = now


def _replay(
    holders: dict[SessionId, Holder],
    records: list[EventRecord],
    after: dict[SessionId, Holder],
) -> dict[SessionId, Holder]:
    """Follow the events from the holders before; each must fit to those before it."""
    state = dict(holders)
    for number, each in enumerate(records):
        session = each.session_id
        assert session is not None
        match each.kind:
            case EventKind.SESSION_OPENED | EventKind.SESSION_REOPENED:
                assert session not in state
                # The event does not say who holds it: that is where the later events lead from.
                state[session] = _holder_before(session, records[number + 1 :], after)
            case EventKind.SESSION_ASSIGNED:
                assert state[session] is None
                state[session] = AgentId(str(each.about))
            case EventKind.SESSION_TRANSFERRED:
                assert each.more is not None
                assert state[session] == each.more["from"]
                state[session] = AgentId(each.about) if each.about else None
            case EventKind.SESSION_ENDED:
                del state[session]
    return state


def _holder_before(
    session: SessionId, later: list[EventRecord], after: dict[SessionId, Holder]
) -> Holder:
    changes = [
        each
        for each in later
        if each.session_id == session
        and each.kind in {EventKind.SESSION_ASSIGNED, EventKind.SESSION_TRANSFERRED}
    ]
    if not changes:
        return after.get(session)
    return changes[0].more["from"] if changes[0].more else None


async def take_snapshot(stage: Stage) -> Snapshot:
    async with stage.database.transaction() as tx:
        opened = await tx.execute(
            select(_sessions.c.id, _sessions.c.cs_id).where(
                _sessions.c.status == SessionStatus.ACTIVE
            )
        )
        numbers = await tx.execute(select(_agents.c.id, _agents.c.active_sessions))
        rows = await tx.execute(
            select(
                _handovers.c.session_id, _handovers.c.from_agent_id, _handovers.c.to_agent_id
            ).order_by(_handovers.c.id)
        )
        texts = await tx.scalars(select(_events.c.records).order_by(_events.c.id))
        kinds = {kind for kind in EventKind if kind.startswith("session.")}
        records = [each for text in texts for each in decode_records(text) if each.kind in kinds]
        return Snapshot(
            {row[0]: row[1] for row in opened},
            {row[0]: row[1] for row in numbers},
            [(row[0], row[1], row[2]) for row in rows],
            records,
        )


async def prepare_scene(stage: Stage, policy: OfflinePolicy) -> Scene:
    """Add three agents who are offline, and two customers without a session."""
    channel = replace(stage.channels[stage.channel_id], offline_policy=policy)
    stage.channels = Channels([channel])
    stage.uow_factory = replace(stage.uow_factory, channels=stage.channels)
    await stage.change("sessions", status=SessionStatus.ENDED)
    # Agents of an earlier scene have left, so their names are free.
    await stage.change("agents", status=AgentStatus.OFFLINE, active_sessions=0, is_active=False)
    agents = [await _add_agent(stage, name, capacity) for name, capacity in _PEOPLE]
    customers = [await stage.customer("Ana", new_id()) for _ in range(2)]
    for customer in customers:
        await stage.run_in_uow(lambda uow, it=customer: _end(uow, it, agents[0]))
    return Scene(stage, agents, customers, await take_snapshot(stage))


_PEOPLE = (("Mia", 1), ("Tom", 2), ("Zoe", 1))


async def _end(uow: UnitOfWork, customer: ConversationId, by: AgentActor) -> None:
    await sessions.end(uow, await thread_of(uow, customer), by)


async def _add_agent(stage: Stage, name: str, capacity: int) -> AgentActor:
    user = User(name=name, email=f"{new_id()}@example.com", password_hash="x", role=Role.CS)
    agent = Agent(id=AgentId(new_id()), kind=AgentKind.HUMAN, name=name, capacity=capacity)
    async with stage.database.transaction() as tx:
        tx.add(user)
        await tx.flush()
        agent.user_id = user.id
        tx.add(agent)
    return human_agent(name, agent.id, user.id, Role.CS)


async def _open(uow: UnitOfWork, thread: Thread, mia: AgentActor, tom: AgentActor) -> None:
    await sessions.ensure_session(uow, thread)


async def _answer(uow: UnitOfWork, thread: Thread, mia: AgentActor, tom: AgentActor) -> None:
    await sessions.ensure_session_held_by(uow, thread, mia)


async def _claim(uow: UnitOfWork, thread: Thread, mia: AgentActor, tom: AgentActor) -> None:
    await sessions.claim(uow, thread, mia)


async def _assign(uow: UnitOfWork, thread: Thread, mia: AgentActor, tom: AgentActor) -> None:
    if thread.session_id is not None:
        await transfers.assign(uow, thread, thread.session_id, tom, by=mia, reason=None)


async def _transfer(uow: UnitOfWork, thread: Thread, mia: AgentActor, tom: AgentActor) -> None:
    if thread.session_id is not None:
        await transfers.transfer(uow, thread, thread.session_id, tom, by=mia, reason="knows it")


async def _end_open(uow: UnitOfWork, thread: Thread, mia: AgentActor, tom: AgentActor) -> None:
    await sessions.end(uow, thread, mia)


async def _reopen(uow: UnitOfWork, thread: Thread, mia: AgentActor, tom: AgentActor) -> None:
    last = await uow.tx.execute(
        select(_sessions.c.id, _sessions.c.cs_id)
        .where(_sessions.c.conversation_id == thread.conversation_id)
        .order_by(_sessions.c.number.desc())
    )
    session_id, former = last.first() or (None, None)
    if session_id is not None:
        await actions.reopen_session(uow, thread, session_id, mia, former)


async def _go_online(uow: UnitOfWork, thread: Thread, mia: AgentActor, tom: AgentActor) -> None:
    await presence.set_status(uow, mia, AgentStatus.ONLINE)


async def _go_offline(uow: UnitOfWork, thread: Thread, mia: AgentActor, tom: AgentActor) -> None:
    await presence.set_status(uow, mia, AgentStatus.OFFLINE)


async def _retire(uow: UnitOfWork, thread: Thread, mia: AgentActor, tom: AgentActor) -> None:
    await presence.retire_agent(uow, mia, by=tom)


async def _disable(uow: UnitOfWork, thread: Thread, mia: AgentActor, tom: AgentActor) -> None:
    """Disable the account, so that its sessions are reopened without it."""
    users = get_table(User)
    await uow.tx.execute(update(users).where(users.c.id == mia.user_id).values(is_active=False))
    await presence.retire_agent(uow, mia, by=tom)


_ACTIONS = {
    "open": _open,
    "answer": _answer,
    "claim": _claim,
    "assign": _assign,
    "transfer": _transfer,
    "end": _end_open,
    "reopen": _reopen,
    "online": _go_online,
    "offline": _go_offline,
    "retire": _retire,
    "disable": _disable,
}
ACTIONS = tuple(_ACTIONS)
