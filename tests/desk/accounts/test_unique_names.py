"""Two active agents never have the same name, on whatever way they get it."""

import asyncio
from datetime import UTC, datetime
from itertools import islice

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.queries.accounts.accounts import find_user_by_telegram_id, update_user
from db.tables import Agent, AgentKind, Role, User
from desk.accounts.accounts import Account, add_account, rename_account
from desk.accounts.binding import enrol_member
from desk.accounts.errors import NameTakenError
from desk.accounts.names import MAX_NAME_LENGTH
from desk.accounts.unique_names import number_name
from desk.actors import CONSOLE

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


async def add(tx: AsyncSession, name: str, *, seeded: bool = False) -> Account:
    email = f"{abs(hash(name))}.{seeded}@desk.test".lower()
    return await add_account(tx, name=name, email=email, role=Role.CS, seeded=seeded)


async def names(database: Database) -> list[str]:
    """List the names of all agents, which are those of their users."""
    async with database.transaction() as tx:
        found = await tx.execute(
            select(Agent.name, User.name).join(User, User.id == Agent.user_id).order_by(Agent.id)
        )
        rows = found.all()
    assert all(agent == user for agent, user in rows)
    return [agent for agent, _ in rows]


@pytest.mark.parametrize("same", ["Mia", "MIA", " mia ", "\uff2dia"])
async def test_a_new_agent_and_a_renamed_one_need_a_free_name(
    database: Database, same: str
) -> None:
    async with database.transaction() as tx:
        mia, bob = await add(tx, "Mia"), await add(tx, "Bob")
        with pytest.raises(NameTakenError, match="choose another name"):
            await add_account(tx, name=same, email="new@desk.test", role=Role.CS)
        with pytest.raises(NameTakenError):
            await rename_account(tx, bob.user_id, same, by=CONSOLE, now=NOW)
    async with database.transaction() as tx:
        await rename_account(tx, mia.user_id, "mia", by=CONSOLE, now=NOW)  # her own
        await rename_account(tx, mia.user_id, "Ann", by=CONSOLE, now=NOW)
        await rename_account(tx, bob.user_id, same, by=CONSOLE, now=NOW)
    assert await names(database) == ["Ann", " ".join(same.split())]


async def test_a_demonstration_account_gets_a_number(database: Database) -> None:
    async with database.transaction() as tx:
        await add(tx, "Admin")
        await add(tx, "Admin", seeded=True)
    assert await names(database) == ["Admin", "Admin 2"]


async def test_members_with_one_name_get_numbers(database: Database) -> None:
    async def enrol(telegram_id: str) -> str:
        async def work(tx: AsyncSession) -> str:
            member = await enrol_member(tx, telegram_id, "Max", now=NOW)
            assert member is not None
            return member.name

        return await database.run(work)

    async with database.transaction() as tx:
        await add(tx, "Max 2")
    found = await asyncio.gather(*[enrol(str(number)) for number in range(1, 5)])
    assert sorted(found) == ["Max", "Max 3", "Max 4", "Max 5"]
    assert sorted(await names(database)) == ["Max", "Max 2", "Max 3", "Max 4", "Max 5"]
    # Somebody who left and comes back keeps the name.
    async with database.transaction() as tx:
        user = await find_user_by_telegram_id(tx, "3")
        assert user is not None
        await update_user(tx, user, telegram_id=None)
    assert await enrol("3") == found[2]
    assert len(await names(database)) == 5


async def test_the_database_holds_the_rule(database: Database) -> None:
    """An agent that is added without asking is refused, too."""
    with pytest.raises(IntegrityError):
        async with database.transaction() as tx:
            tx.add_all([Agent(kind=AgentKind.AI, name=name) for name in ("Osmo", "osmo")])
    async with database.transaction() as tx:
        bob = Agent(kind=AgentKind.AI, name="Bob")
        tx.add(bob)
        await tx.flush()
        with pytest.raises(NameTakenError):
            await add(tx, "bob")


def test_numbers_stand_behind_a_name() -> None:
    assert list(islice(number_name("Mia"), 3)) == ["Mia", "Mia 2", "Mia 3"]
    long = "x" * MAX_NAME_LENGTH
    assert list(islice(number_name(long), 2)) == [long, "x" * (MAX_NAME_LENGTH - 2) + " 2"]
