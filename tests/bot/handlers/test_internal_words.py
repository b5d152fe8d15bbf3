"""No note's text or file is ever given to a customer, whatever staff writes and edits.

A machine writes notes in every form, edits both ways, disables and enables agents, and lets the
courier take rows at any moment.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bot.bot_factory import make_bot
from bot.receiver import TelegramReceiver
from db.database import Database
from db.dialect import get_table
from db.ids import AgentId, ChannelId, new_id
from db.queues.inbox import InboxRow
from db.queues.payloads import AnswerPayload, EditPayload, decode
from db.tables import (
    Agent,
    AgentKind,
    Channel,
    ChannelKind,
    Outbox,
    OutboxState,
    Queue,
    Role,
    User,
)
from db.tables.base import now_utc
from db.tables.conversations import StaffPlace
from db.url import parse_database_url
from desk.channels import Channels, ServedChannel
from desk.unit_of_work import UnitOfWork
from tests.flows.cause_updates import ANN, ANONYMOUS, GROUP, PRIVATE, STAFF, TOPIC, Json

SECRET = "SECRET"
outbox = get_table(Outbox)
users = get_table(User)
WRITERS: dict[str, Json] = {
    "mia": {"from": {"id": 9, "is_bot": False, "first_name": "Mia"}},
    "tom": {"from": {"id": 10, "is_bot": False, "first_name": "Tom"}},
    "eve": {"from": {"id": 8, "is_bot": False, "first_name": "Eve"}},
    "boss": {"from": ANONYMOUS, "sender_chat": STAFF},
}
AGENTS = {"mia": 9, "tom": 10}
FORWARDED = {"type": "hidden_user", "sender_user_name": "Bob", "date": 1}
writer = st.sampled_from(sorted(WRITERS))


class Desk:
    """A desk without its courier, on a database of its own."""

    def __init__(self, url: str) -> None:
        self.database = Database(parse_database_url(url))
        row = Channel(
            id=ChannelId(new_id()),
            kind=ChannelKind.TELEGRAM,
            external_id="1",
            name="Shop",
            staff_groups=[str(GROUP)],
        )
        self._row = row
        self.channels = Channels([ServedChannel.from_row(row, enrols_members=False)])
        bot = make_bot("1:" + "a" * 35, "http://127.0.0.1:9")
        self._receiver = TelegramReceiver(lambda _: bot)
        self._channel_id = row.id
        self._updates = 0

    async def prepare(self) -> None:
        """Add the agents, and a customer who wrote."""

        async def add(tx: AsyncSession) -> None:
            tx.add(self._row)
            for name, account in AGENTS.items():
                user = User(name=name, email=f"{name}@example.com", password_hash="x", role=Role.CS)
                user.telegram_id = str(account)
                tx.add(user)
                await tx.flush()
                kind = AgentKind.HUMAN
                tx.add(Agent(id=AgentId(new_id()), kind=kind, name=name, user_id=user.id))

        await self.database.run(add)
        hello = {"message_id": 1, "date": 1, "chat": PRIVATE, "from": ANN, "text": "hello"}
        await self.receive({"message": hello})

        async def give_topic(tx: AsyncSession) -> None:
            place = {"topic": str(TOPIC), "card": "8"}
            await tx.execute(sa.update(get_table(StaffPlace)).values(**place))

        await self.database.run(give_topic)

    async def receive(self, *updates: Json) -> None:
        """Handle updates in one transaction, as the worker does with a batch."""

        async def work(tx: AsyncSession) -> None:
            uow = UnitOfWork(tx, now_utc(), self.channels)
            rows = []
            for each in updates:
                self._updates += 1
                payload = json.dumps({"update_id": self._updates, **each})
                rows.append(
                    InboxRow(self._updates, "l", self._channel_id, new_id(), payload, 0, uow.now)
                )
            for handle in await self._receiver.prepare(uow, rows):
                await handle()
            await uow.flush()

        await self.database.run(work)

    async def set_active(self, account: int, *, active: bool) -> None:
        async def work(tx: AsyncSession) -> None:
            here = users.c.telegram_id == str(account)
            await tx.execute(sa.update(users).where(here).values(is_active=active))

        await self.database.run(work)

    async def deliver(self, most: int) -> list[str]:
        """Take rows for the customer as the courier does; return what they carry."""
        carried: list[str] = []

        async def work(tx: AsyncSession) -> None:
            rows = await tx.execute(
                sa.select(outbox.c.id, outbox.c.kind, outbox.c.payload)
                .where(
                    outbox.c.state == OutboxState.PENDING,
                    outbox.c.lane.like(f"{Queue.CUSTOMER}%"),
                )
                .order_by(outbox.c.id)
                .limit(most)
            )
            found = list(rows)
            for row in found:
                payload = decode(row.kind, row.payload)
                if isinstance(payload, AnswerPayload | EditPayload):
                    carried.append(json.dumps(payload.content.to_json()))
            done = {"state": OutboxState.DONE, "settled_at": now_utc()}
            ids = [row.id for row in found]
            await tx.execute(sa.update(outbox).where(outbox.c.id.in_(ids)).values(**done))

        await self.database.run(work)
        return carried


def photo(name: str) -> list[Json]:
    return [{"file_id": name, "file_unique_id": name, "width": 1, "height": 1}]


class StaffMachine(RuleBasedStateMachine):
    """Staff writes in one topic; `SECRET` marks every word and file of a note."""

    url: str
    answers = Bundle("answers")
    notes = Bundle("notes")

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.Runner()
        self.desk = Desk(self.url)
        self.number, self.clock = 100, 1_800_000_000
        self.carried: list[str] = []

    def run(self, awaited: Any) -> Any:
        return self._loop.run(awaited)

    def teardown(self) -> None:
        self.run(self.desk.database.close())
        self._loop.close()

    @initialize()
    def open(self) -> None:
        self.run(self.desk.prepare())

    def build(self, who: str, *, later: int = 10, **parts: Any) -> Json:
        self.number += 1
        self.clock += later
        place = {"chat": STAFF, "message_thread_id": TOPIC, "is_topic_message": True}
        return {"message_id": self.number, "date": self.clock, **place, **WRITERS[who], **parts}

    def receive(self, messages: list[Json], *, together: bool) -> None:
        updates = [{"message": each} for each in messages]
        if together:
            self.run(self.desk.receive(*updates))
            return
        for each in updates:
            self.run(self.desk.receive(each))

    @rule(target=notes, who=writer, mark=st.sampled_from(["//", "// ", " //", "//\n"]))
    def write_note(self, who: str, mark: str) -> Json:
        note = self.build(who, text=f"{mark}{SECRET}")
        self.receive([note], together=False)
        return note

    @rule(target=notes, who=writer, words=st.sampled_from(["// ", "/end ", "/help\n"]))
    def write_captioned_note(self, who: str, words: str) -> Json:
        note = self.build(who, photo=photo(SECRET), caption=f"{words}{SECRET}")
        self.receive([note], together=False)
        return note

    @rule(
        target=notes,
        who=writer,
        size=st.integers(2, 4),
        at=st.integers(0, 3),
        together=st.booleans(),
    )
    def write_note_album(self, who: str, size: int, at: int, together: bool) -> Json:
        """Write an album; the courier waits for its end, so it takes no item before the last."""
        album = str(self.number)
        items = [
            self.build(who, later=10 if n == 0 else 0, photo=photo(SECRET), media_group_id=album)
            for n in range(size)
        ]
        marked = items[min(at, size - 1)]
        marked["caption"] = f"// {SECRET}"
        self.receive(items, together=together)
        return marked

    @rule(who=writer, many=st.integers(1, 3), later=st.integers(0, 1), together=st.booleans())
    def forward_with_a_note(self, who: str, many: int, later: int, together: bool) -> None:
        comment = self.build(who, text=f"// {SECRET}")
        behind = [
            self.build(who, later=0, text=f"{SECRET} {n}", forward_origin=FORWARDED)
            for n in range(many)
        ]
        behind.append(self.build(who, later=0, photo=photo(SECRET), forward_origin=FORWARDED))
        self.clock += later
        self.receive([comment, *behind], together=together)

    @rule(who=writer, parts=st.integers(1, 3), together=st.booleans())
    def write_a_long_note(self, who: str, parts: int, together: bool) -> None:
        first = self.build(who, text=f"// {SECRET} " + "x" * 4000)
        rest = [self.build(who, later=1, text=f"{SECRET} " + "x" * 4000) for _ in range(parts - 1)]
        last = self.build(who, later=1, text=f"{SECRET} the end")
        self.receive([first, *rest, last], together=together)

    @rule(target=answers, who=writer)
    def write_answer(self, who: str) -> Json:
        answer = self.build(who, text="an answer")
        self.receive([answer], together=False)
        return answer

    @rule(target=answers, who=writer, at=st.integers(0, 1))
    def write_album(self, who: str, at: int) -> Json:
        album = str(self.number)
        items = [
            self.build(who, later=10 * (n == 0), photo=photo(f"file{self.number}"))
            for n in range(2)
        ]
        for each in items:
            each["media_group_id"] = album
        self.receive(items, together=False)
        return items[at]

    @rule(message=answers, words=st.sampled_from(["// ", "/end ", " //"]))
    def edit_into_a_note(self, message: Json, words: str) -> None:
        self.edit(message, f"{words}{SECRET}")

    @rule(message=answers)
    def edit_an_answer(self, message: Json) -> None:
        self.edit(message, "another answer")

    @rule(message=consumes(notes))
    def drop_the_mark(self, message: Json) -> None:
        self.edit(message, f"{SECRET} without a mark")

    @rule(message=notes)
    def edit_a_note(self, message: Json) -> None:
        self.edit(message, f"// {SECRET} once more")

    def edit(self, message: Json, words: str) -> None:
        field = "caption" if "photo" in message else "text"
        self.clock += 10
        edited = {**message, field: words, "edit_date": self.clock}
        self.run(self.desk.receive({"edited_message": edited}))

    @rule(who=st.sampled_from(sorted(AGENTS)), active=st.booleans())
    def set_active(self, who: str, active: bool) -> None:
        self.run(self.desk.set_active(AGENTS[who], active=active))

    @rule(most=st.integers(1, 5))
    def deliver(self, most: int) -> None:
        self.carried += self.run(self.desk.deliver(most))

    @invariant()
    def nothing_internal_was_carried(self) -> None:
        assert not [each for each in self.carried if SECRET in each]


@pytest.mark.parametrize(
    ("examples", "steps"), [(12, 15), pytest.param(300, 40, marks=pytest.mark.long)]
)
def test_no_note_reaches_a_customer(
    migrated_sqlite: Path, tmp_path: Path, examples: int, steps: int
) -> None:
    class Machine(StaffMachine):
        def __init__(self) -> None:
            place = tmp_path / f"{new_id()}.db"
            place.write_bytes(migrated_sqlite.read_bytes())
            self.url = f"sqlite+aiosqlite:///{place}"
            super().__init__()

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
