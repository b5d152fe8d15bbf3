"""Updates are stored before they are acknowledged, even if a worker holds their lane."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import SQLAlchemyError

from db.database import Database
from db.dialect import get_table
from db.errors import DATABASE_ERRORS
from db.ids import ChannelId, new_id
from db.queues.inbox import InboundEvent, inbox
from db.tables import Channel, ChannelKind, Lane
from db.tables.base import now_utc
from db.url import parse_database_url
from desk.receiving.intake import Intake, wake_forgotten_lanes
from tests.fixtures.intake import run_intake
from tests.flows.eventually import eventually
from tests.patience import SOON

CHANNEL = ChannelId(new_id())
lanes = get_table(Lane)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    made = Database(parse_database_url(url))
    async with made.transaction() as tx:
        tx.add(Channel(id=CHANNEL, kind=ChannelKind.TELEGRAM, external_id="1", name="Bot"))
    yield made
    await made.close()


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    async with opened(migrated_url) as made:
        yield made


def build_event(number: int, lane: str = "a") -> InboundEvent:
    return InboundEvent(CHANNEL, str(number), lane, "{}")


async def kept(database: Database) -> list[str]:
    async with database.transaction() as tx:
        return list(await tx.scalars(select(inbox.c.provider_id).order_by(inbox.c.id)))


async def due(database: Database) -> set[str]:
    async with database.transaction() as tx:
        return set(await tx.scalars(select(lanes.c.lane).where(lanes.c.due_at.is_not(None))))


async def test_what_comes_together_is_kept_in_order_once_and_made_due(database: Database) -> None:
    async with run_intake(database) as intake:
        await asyncio.gather(*(intake.accept([build_event(n, f"lane {n % 7}")]) for n in range(50)))
        await intake.accept([build_event(3), build_event(51, "lane 9"), build_event(51, "lane 9")])
        assert await kept(database) == [*map(str, range(50)), "51"]
    assert await due(database) >= {f"lane {n}" for n in (*range(7), 9)}


async def test_a_full_disk_refuses_what_comes_and_keeps_its_repetition(
    migrated_sqlite_url: str,
) -> None:
    """SQLite may not grow, as on a full disk: the provider is refused, and sends it again later."""
    large = [InboundEvent(CHANNEL, str(number), "a", "x" * 500_000) for number in range(2)]
    async with opened(migrated_sqlite_url) as database, run_intake(database) as intake:
        await intake.accept([build_event(9)])
        async with database.transaction() as tx:
            pages = await tx.scalar(text("PRAGMA page_count"))
            await tx.execute(text(f"PRAGMA max_page_count = {pages}"))
        for _ in range(2):
            with pytest.raises(DATABASE_ERRORS, match="disk is full"):
                await intake.accept(large)
        assert await kept(database) == ["9"], "half of it is not kept either"
        async with database.transaction() as tx:
            await tx.execute(text(f"PRAGMA max_page_count = {pages + 1000}"))
        await intake.accept(large)
        assert await kept(database) == ["9", "0", "1"]
        await eventually(lambda: _is_due(database, "a"), "the lane is due")


async def test_nobody_waits_for_a_lane_that_a_worker_holds(migrated_mariadb_url: str) -> None:
    """For MariaDB only: SQLite has one writer at a time, and no row locks."""
    async with opened(migrated_mariadb_url) as database, run_intake(database) as intake:
        await intake.accept([build_event(1)])
        await eventually(lambda: _is_due(database, "a"), "the lane is due")
        async with database.transaction() as worker:
            await worker.execute(text("SELECT lane FROM lanes WHERE lane = 'a' FOR UPDATE"))
            await asyncio.wait_for(intake.accept([build_event(2)]), SOON)
            await worker.execute(update(lanes).values(due_at=None))
        await eventually(lambda: _is_due(database, "a"), "it is due again after the worker")


async def _is_due(database: Database, lane: str) -> bool:
    return lane in await due(database)


async def test_only_who_is_to_blame_is_refused(database: Database) -> None:
    nobodys = InboundEvent(ChannelId(new_id()), "9", "b", "{}")
    async with run_intake(database) as intake:
        found = await asyncio.gather(
            intake.accept([build_event(1)]),
            intake.accept([nobodys]),
            intake.accept([build_event(2)]),
            return_exceptions=True,
        )
        assert (found[0], found[2]) == (None, None)
        assert isinstance(found[1], SQLAlchemyError)
        assert await kept(database) == ["1", "2"]


async def test_who_stops_waiting_stops_nobody_else(database: Database) -> None:
    async with run_intake(database) as intake:
        impatient = asyncio.ensure_future(intake.accept([build_event(1)]))
        await asyncio.sleep(0)
        impatient.cancel()
        await intake.accept([build_event(2)])
        assert "2" in await kept(database)


async def test_updates_of_a_server_that_died_in_between_are_found(database: Database) -> None:
    intake = Intake(database, _Silent())
    keeping = asyncio.ensure_future(intake.run())  # it died before it made anything due
    await intake.accept([build_event(1, "forgotten")])
    keeping.cancel()
    assert await database.run(wake_forgotten_lanes) == 0, "somebody may be about to"
    async with database.transaction() as tx:
        await tx.execute(update(inbox).values(received_at=now_utc() - timedelta(minutes=1)))
    assert await database.run(wake_forgotten_lanes) == 1
    assert await due(database) == {"forgotten"}
    assert await database.run(wake_forgotten_lanes) == 0


class _Silent:
    def notify(self) -> None:
        """Do nothing."""
