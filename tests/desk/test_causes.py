"""Every cause has, on every kind of channel, the effects that the table says, and no others."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import AgentId, new_id
from db.queries.conversations.threads import Thread
from db.tables import (
    Agent,
    AgentKind,
    ChannelKind,
    DeliveryState,
    Direction,
    OutboxKind,
    Role,
    User,
)
from desk.actors import SYSTEM, AgentActor, customer, human_agent
from desk.causes import EFFECTS, NOTHING, Cause, Effects, Opening, get_effects
from desk.channel_traits import ChannelTraits
from desk.channels import Channels
from desk.content import Content, IncomingMessage
from desk.conversations import sessions
from desk.messages.effects import prepare_session, record_effects
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import Stage, open_stage, thread_of

WINDOW = ChannelTraits(reply_window=timedelta(hours=24), marks_read=True)
CUSTOMERS_OWN = {Cause.MESSAGE, Cause.START, Cause.BUTTON_PRESS}
EACH = [(cause, kind) for cause in Cause for kind in ChannelKind]


class RolledBackError(Exception):
    pass


@dataclass
class Case:
    cause: Cause
    kind: ChannelKind
    is_open: bool
    is_blocked: bool

    @property
    def effects(self) -> Effects:
        return get_effects(self.cause, self.kind, is_blocked=self.is_blocked)


def test_every_cause_has_effects() -> None:
    assert EFFECTS.keys() == set(Cause)


@pytest.mark.parametrize(("cause", "kind"), EACH)
def test_effects_are_possible(cause: Cause, kind: ChannelKind) -> None:
    effects = get_effects(cause, kind)
    # A customer's message needs a session, and only an opened session waits.
    if effects.counts_unread or effects.greets:
        assert effects.opens is not Opening.NONE
    if effects.sends_queue_notice:
        assert effects.opens is Opening.NEXT_AGENT
    # Staff is not unread for staff, and writes in no customer's name.
    assert not (effects.counts_unread and effects.counts_as_answer)
    if effects.opens is Opening.AUTHOR:
        answer, shown = effects.counts_as_answer, effects.is_shown
        takes, tells = effects.takes_from_ai, effects.tells_who_answers
        assert effects == Effects(
            Opening.AUTHOR,
            tells_who_answers=tells,
            counts_as_answer=answer,
            takes_from_ai=takes,
            is_shown=shown,
        )


@pytest.mark.parametrize(("cause", "kind"), EACH)
def test_a_block_stops_all_or_nothing(cause: Cause, kind: ChannelKind) -> None:
    effects = get_effects(cause, kind)
    blocked = get_effects(cause, kind, is_blocked=True)
    assert blocked == (NOTHING if effects.stops_at_block else effects)


@pytest.mark.parametrize("kind", ChannelKind)
def test_what_customers_write_never_passes_a_block(kind: ChannelKind) -> None:
    for cause in CUSTOMERS_OWN:
        assert get_effects(cause, kind, is_blocked=True) == NOTHING


@pytest.mark.parametrize("kind", ChannelKind)
async def test_causes_do_what_the_table_says(database: Database, kind: ChannelKind) -> None:
    stage = await open_stage(database, WINDOW)
    channel = replace(stage.channels[stage.channel_id], kind=kind)
    stage.channels = Channels([channel])
    mia = await add_agent(database)
    ann = await stage.customer("Ann")
    wrong = []
    for cause in Cause:
        for is_open in (True, False):
            for is_blocked in (True, False):
                case = Case(cause, kind, is_open, is_blocked)
                thread = await stage.thread(ann)
                wrong += [f"{case}: {each}" for each in await find_faults(stage, case, thread, mia)]
    assert wrong == []


async def find_faults(stage: Stage, case: Case, thread: Thread, mia: AgentActor) -> list[str]:
    """Let a cause happen, and list what differs from the table; nothing of it is kept."""
    faults: list[str] = []

    async def work(tx: AsyncSession) -> None:
        uow = UnitOfWork(tx, stage.now, stage.channels)
        thread_now = await thread_of(uow, thread.conversation_id)
        if not case.is_open:
            await sessions.end(uow, thread_now, SYSTEM)
        await uow.flush()
        uow = UnitOfWork(tx, stage.now, stage.channels)
        thread_now = await thread_of(uow, thread.conversation_id)
        thread_now.is_blocked = case.is_blocked
        faults.extend(await _compare(uow, thread_now, case, mia))
        await uow.flush()
        raise RolledBackError

    with pytest.raises(RolledBackError):
        await stage.database.run(work)
    return faults


async def _compare(uow: UnitOfWork, thread: Thread, case: Case, mia: AgentActor) -> list[str]:
    effects = case.effects
    said = IncomingMessage(Content(text="hello"), thread.external_id, new_id())
    opens = not case.is_open and effects.opens is not Opening.NONE
    await prepare_session(uow, thread, case.cause, author=mia)
    has_session = thread.session_id is not None
    holder = thread.holder_id
    if has_session:
        uow.add_message(
            thread,
            said.content,
            author=customer("Ann"),
            direction=Direction.INBOUND,
            state=DeliveryState.RECEIVED,
        )
    await record_effects(uow, thread, case.cause, said)
    unread = uow.unread_updates.get(thread.conversation_id)
    texts = [
        item.payload.content.text for item in uow.outbox_items if item.kind is OutboxKind.NOTICE
    ]
    found = {
        "session": has_session,
        "holder": holder,
        "welcomes": sum("Hello" in each for each in texts),
        "texts": len(texts),
        "unread": unread.add if unread else 0,
        "read": bool(unread and unread.read),
        "window": thread.conversation_id in uow.window_updates,
    }
    by_author = effects.opens is Opening.AUTHOR
    expected = {
        "session": case.is_open or opens,
        "holder": mia.agent_id if by_author else None,
        "welcomes": int(effects.greets),
        "texts": int(effects.greets) + int(opens and effects.sends_queue_notice),
        "unread": int(effects.counts_unread),
        # Between two sessions nothing is unread.
        "read": effects.counts_as_answer and has_session,
        "window": effects.extends_window,
    }
    return [
        f"{name}: {value}, not {expected[name]}"
        for name, value in found.items()
        if value != expected[name]
    ]


async def add_agent(database: Database) -> AgentActor:
    user = User(name="Mia", email="mia@example.com", password_hash="x", role=Role.CS)
    async with database.transaction() as tx:
        tx.add(user)
        await tx.flush()
        agent = Agent(id=AgentId(new_id()), kind=AgentKind.HUMAN, name="Mia", user_id=user.id)
        tx.add(agent)
    return human_agent("Mia", agent.id, user.id, Role.CS)
