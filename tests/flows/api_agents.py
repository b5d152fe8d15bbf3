"""Agents of a stage who call the API, with a real desk, sandbox and database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import AgentId, LogInId, SessionId, UserId, new_id
from db.tables import LogIn
from db.tables.base import now_utc
from desk.accounts.access_tokens import Claims
from tests.api.stage import ApiStage
from tests.api.stage import Person as Caller
from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.staff import Person, Topic
from tests.flows.stage import Stage


@asynccontextmanager
async def open_api(stage: Stage) -> AsyncIterator[ApiStage]:
    """Open a client of the stage's API."""
    async with aiohttp.ClientSession() as http:
        yield ApiStage(stage.address, stage.database, stage.settings, http)


async def log_in_agent(api: ApiStage, agent: Person) -> Caller:
    """Log in an agent of the staff group."""
    rows = await api.rows(
        "SELECT u.id, u.email FROM users u JOIN agents a ON a.user_id = u.id WHERE a.id = :id",
        id=agent.agent_id,
    )
    user_id, log_in, now = UserId(rows[0]["id"]), LogInId(new_id()), now_utc()
    kept = LogIn(id=log_in, user_id=user_id, address="127.0.0.1", user_agent="test")
    kept.expires_at = now + timedelta(days=30)

    async def work(tx: AsyncSession) -> None:
        tx.add(kept)

    await api.database.run(work)
    token = api.tokens.issue(Claims(user_id, log_in, 0), now)
    agent_id = AgentId(agent.agent_id)
    return Caller(api, user_id, agent_id, agent.name, rows[0]["email"], log_in, token)


async def wait_for_session(stage: Stage, customer: Customer) -> SessionId:
    """Wait for the customer's newest session."""

    async def found() -> str | None:
        kept = await stage.load_messages(customer)
        return kept[-1]["session_id"] if kept else None

    return SessionId(await eventually(found, f"a session of {customer.name}"))


async def start_api_conversation(
    stage: Stage, api: ApiStage
) -> tuple[Caller, Customer, Topic, SessionId]:
    """Add an agent with the API, and a customer who waits."""
    mia, ann = await api.person("Mia"), await stage.customer()
    await api.change("UPDATE agents SET status = 'offline'")
    await ann.says("hello")
    topic = await stage.topic(ann)
    await topic.wait_for("hello")
    return mia, ann, topic, await wait_for_session(stage, ann)
