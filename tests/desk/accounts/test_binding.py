"""Only a one-time code binds a Telegram account, and each account belongs to one user."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import UserId, new_id
from db.queries.accounts.accounts import update_user
from db.tables import Agent, AgentStatus, AuditEntry, Role, User
from desk.accounts.accounts import add_user_and_agent
from desk.accounts.binding import (
    enrol_member,
    find_bound_agent,
    issue_link_code,
    list_bound_agents,
    redeem_link_code,
    unbind_telegram,
)

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


async def add_user(tx: AsyncSession, name: str, role: Role = Role.CS) -> UserId:
    user = User(
        id=UserId(new_id()), name=name, email=f"{name}@x.test", password_hash="!", role=role
    )
    await add_user_and_agent(tx, user)
    return user.id


async def actions(tx: AsyncSession) -> list[tuple[str, str]]:
    found = await tx.execute(select(AuditEntry.action, AuditEntry.subject).order_by(AuditEntry.id))
    return [(action, subject.removeprefix("user:")) for action, subject in found]


async def redeem(tx: AsyncSession, code: str, telegram_id: str = "7", *, after: int = 0) -> str:
    bound = await redeem_link_code(
        tx,
        code,
        telegram_id=telegram_id,
        telegram_name="Ani",
        now=NOW + timedelta(seconds=after),
    )
    return "" if bound is None else bound.agent.name


async def test_a_code_binds_once(database: Database) -> None:
    async with database.transaction() as tx:
        user = await add_user(tx, "ani", Role.ADMIN)
        code = await issue_link_code(tx, user, now=NOW)
        assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}", code)
        assert await redeem(tx, code) == "ani"
        assert await redeem(tx, code, "8") == ""
        agent = await find_bound_agent(tx, "7")
        assert agent is not None
        assert (agent.user_id, agent.role) == (user, Role.ADMIN)
        assert await find_bound_agent(tx, "8") is None
        assert await actions(tx) == [("account.link_code_issued", user), ("telegram.bound", user)]


async def test_the_code_is_kept_as_a_hash(database: Database) -> None:
    async with database.transaction() as tx:
        user = await add_user(tx, "ani")
        code = await issue_link_code(tx, user, now=NOW)
        kept = (await tx.execute(select(User.link_code_hash))).scalar_one()
        assert kept is not None
        assert code not in kept
        assert code.replace("-", "") not in kept


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", ""), "  {} ".format])
async def test_a_code_may_be_typed_in_many_ways(database: Database, typed: object) -> None:
    assert callable(typed)
    async with database.transaction() as tx:
        code = await issue_link_code(tx, await add_user(tx, "ani"), now=NOW)
        assert await redeem(tx, typed(code)) == "ani"


async def test_a_code_lasts_ten_minutes(database: Database) -> None:
    async with database.transaction() as tx:
        user = await add_user(tx, "ani")
        code = await issue_link_code(tx, user, now=NOW)
        assert await redeem(tx, code, after=600) == ""
        assert await redeem(tx, code, after=599) == "ani"


async def test_a_new_code_voids_the_last_one(database: Database) -> None:
    async with database.transaction() as tx:
        user = await add_user(tx, "ani")
        first = await issue_link_code(tx, user, now=NOW)
        second = await issue_link_code(tx, user, now=NOW)
        assert await redeem(tx, first) == ""
        assert await redeem(tx, second) == "ani"


@pytest.mark.parametrize("code", ["", "7K2M", "ключ-😀", "' OR 1=1 --", "x" * 4000])
async def test_an_invalid_code_binds_no_account(database: Database, code: str) -> None:
    async with database.transaction() as tx:
        await issue_link_code(tx, await add_user(tx, "ani"), now=NOW)
        assert await redeem(tx, code) == ""


async def test_a_disabled_user_cannot_bind_or_reply(database: Database) -> None:
    async with database.transaction() as tx:
        user = await add_user(tx, "ani")
        await redeem(tx, await issue_link_code(tx, user, now=NOW))
        code = await issue_link_code(tx, user, now=NOW)
        await update_user(tx, user, is_active=False)
        assert await find_bound_agent(tx, "7") is None
        assert await list_bound_agents(tx) == []
        assert await redeem(tx, code, "8") == ""


async def test_a_telegram_account_moves_to_its_new_user(database: Database) -> None:
    async with database.transaction() as tx:
        ani, budi = await add_user(tx, "ani"), await add_user(tx, "budi")
        await redeem(tx, await issue_link_code(tx, ani, now=NOW))
        assert await redeem(tx, await issue_link_code(tx, budi, now=NOW)) == "budi"
        assert [agent.user_id for agent in await list_bound_agents(tx)] == [budi]
        assert (await actions(tx))[-2:] == [("telegram.unbound", ani), ("telegram.bound", budi)]


async def test_leaving_unbinds(database: Database) -> None:
    async with database.transaction() as tx:
        user = await add_user(tx, "ani")
        await redeem(tx, await issue_link_code(tx, user, now=NOW))
        agent = await unbind_telegram(tx, "7", reason="left the group", now=NOW)
        assert agent is not None
        assert agent.user_id == user
        assert await find_bound_agent(tx, "7") is None
        assert await unbind_telegram(tx, "7", reason="left the group", now=NOW) is None
        assert (await actions(tx))[-1] == ("telegram.unbound", user)


async def test_a_member_is_enrolled_online_without_a_password(database: Database) -> None:
    async with database.transaction() as tx:
        agent = await enrol_member(tx, "7", "Ani\n\u202e 😀", now=NOW)
        assert agent is not None
        assert (agent.name, agent.role) == ("Ani 😀", Role.CS)
        user = (await tx.execute(select(User))).scalar_one()
        assert (user.password_hash, user.email) == ("!", "telegram-7@members.invalid")
        assert (await tx.execute(select(Agent.status))).scalar_one() == AgentStatus.ONLINE
        assert await enrol_member(tx, "7", "Another name", now=NOW) == agent
        assert await actions(tx) == [("member.enrolled", agent.user_id)]


async def test_a_member_who_comes_back_has_the_same_agent(database: Database) -> None:
    async with database.transaction() as tx:
        first = await enrol_member(tx, "7", "Ani", now=NOW)
        await unbind_telegram(tx, "7", reason="left the group", now=NOW)
        assert await enrol_member(tx, "7", "", now=NOW) == first


async def test_enrolment_does_not_undo_a_disabled_account(database: Database) -> None:
    async with database.transaction() as tx:
        agent = await enrol_member(tx, "7", "Ani", now=NOW)
        assert agent is not None
        await update_user(tx, agent.user_id, is_active=False)
        assert await enrol_member(tx, "7", "Ani", now=NOW) is None
        await unbind_telegram(tx, "7", reason="left the group", now=NOW)
        assert await enrol_member(tx, "7", "Ani", now=NOW) is None


async def test_a_member_without_a_name_gets_one(database: Database) -> None:
    async with database.transaction() as tx:
        agent = await enrol_member(tx, "7", "\u200b" * 300, now=NOW)
        assert agent is not None
        assert agent.name == "Telegram 7"


async def test_one_code_redeemed_twice_at_once_binds_one_account(database: Database) -> None:
    async with database.transaction() as tx:
        code = await issue_link_code(tx, await add_user(tx, "ani"), now=NOW)
    bound = await asyncio.gather(
        *(database.run(lambda tx, who=who: redeem(tx, code, who)) for who in "123456")
    )
    assert sorted(bound) == ["", "", "", "", "", "ani"]


async def test_a_member_who_writes_twice_at_once_has_one_agent(database: Database) -> None:
    agents = await asyncio.gather(
        *(database.run(lambda tx: enrol_member(tx, "7", "Ani", now=NOW)) for _ in range(6))
    )
    assert None not in agents
    assert len(set(agents)) == 1
    async with database.transaction() as tx:
        assert len((await tx.execute(select(Agent))).all()) == 1
