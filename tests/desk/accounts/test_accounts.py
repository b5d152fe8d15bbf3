"""Accounts are created with an agent, and a new password ends the old log-ins."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.tables import Agent, AgentKind, AgentStatus, AuditEntry, LogIn, Role, User
from desk.accounts.accounts import (
    Account,
    create_account,
    list_accounts,
    list_seeded_emails,
    set_password,
)
from desk.accounts.errors import AccountError, EmailTakenError, NoSuchAccountError
from desk.accounts.passwords import verify_password_sync

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
GOOD = "correct horse battery"
BETTER = "another horse battery"


async def add(
    tx: AsyncSession,
    email: str = "ani@desk.test",
    *,
    name: str = " Ani  Wijaya ",
    role: Role = Role.CS,
    seeded: bool = False,
) -> Account:
    password = "cs123" if seeded else GOOD
    return await create_account(
        tx, name=name, email=email, password=password, role=role, seeded=seeded
    )


@pytest.mark.parametrize("role", list(Role))
async def test_every_account_is_an_agent(database: Database, role: Role) -> None:
    async with database.transaction() as tx:
        account = await add(tx, " Ani@Desk.TEST ", role=role)
        agent = await tx.get_one(Agent, account.agent_id)
        assert (agent.kind, agent.name, agent.status) == (
            AgentKind.HUMAN,
            "Ani Wijaya",
            AgentStatus.OFFLINE,
        )
        user = await tx.get_one(User, account.user_id)
        assert (user.email, user.role, user.has_seeded_password) == ("ani@desk.test", role, False)
        assert verify_password_sync(GOOD, user.password_hash)
        entry = (await tx.execute(select(AuditEntry))).scalar_one()
        assert (entry.actor, entry.action) == ("console", "account.created")
        assert GOOD not in str(entry.details)


async def test_an_address_has_one_account(database: Database) -> None:
    async with database.transaction() as tx:
        await add(tx)
        with pytest.raises(EmailTakenError, match=r"ani@desk\.test"):
            await add(tx, "ANI@desk.test")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "ani"),
        ("email", "ani@desk"),
        ("email", "ani@desk.test\nbcc:x@y.z"),
        ("email", "änï@desk.test"),
        ("email", "a" * 190 + "@desk.test"),
        ("name", " "),
        ("name", "x" * 121),
        ("name", "a\u202eb"),
        ("password", "short"),
    ],
)
async def test_an_invalid_value_is_refused_in_one_line(
    database: Database, field: str, value: str
) -> None:
    good = {"name": "Ani", "email": "ani@desk.test", "password": GOOD}
    async with database.transaction() as tx:
        with pytest.raises(AccountError) as refused:
            await create_account(tx, **(good | {field: value}), role=Role.CS)
    assert "\n" not in str(refused.value)


async def test_a_new_password_ends_every_log_in(database: Database) -> None:
    async with database.transaction() as tx:
        account = await add(tx, seeded=True)
        assert await list_seeded_emails(tx) == ["ani@desk.test"]
        log_in = LogIn(user_id=account.user_id, address="::1", user_agent="x", expires_at=NOW)
        log_in.created_at = log_in.last_used_at = NOW
        tx.add(log_in)
        await tx.flush()
        await set_password(tx, "Ani@desk.test", BETTER, now=NOW)
    async with database.transaction() as tx:
        user = await tx.get_one(User, account.user_id)
        assert user.token_version == 1
        assert verify_password_sync(BETTER, user.password_hash)
        assert (await tx.get_one(LogIn, log_in.id)).ended_at == NOW
        assert await list_seeded_emails(tx) == []


async def test_the_password_of_an_unknown_account_cannot_be_changed(database: Database) -> None:
    async with database.transaction() as tx:
        with pytest.raises(NoSuchAccountError, match=r"budi@desk\.test"):
            await set_password(tx, "budi@desk.test", BETTER)


async def test_the_list_names_administrators_first(database: Database) -> None:
    async with database.transaction() as tx:
        await add(tx, "ani@desk.test")
        await add(tx, "budi@desk.test", name="Budi", role=Role.ADMIN)
        listed = await list_accounts(tx)
    assert [(row.email, row.role, row.status) for row in listed] == [
        ("budi@desk.test", Role.ADMIN, AgentStatus.OFFLINE),
        ("ani@desk.test", Role.CS, AgentStatus.OFFLINE),
    ]
