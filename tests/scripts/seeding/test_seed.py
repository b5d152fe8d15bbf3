"""The seed: the accounts of the reference, one open session, and nothing twice."""

from collections.abc import Sequence

import sqlalchemy as sa

from db.database import Database
from db.tables import (
    Agent,
    Channel,
    ChannelKind,
    Client,
    Contact,
    Conversation,
    Message,
    SenderType,
    Session,
    SessionStatus,
    User,
    metadata,
)
from desk.accounts.accounts import list_seeded_emails
from desk.accounts.passwords import verify_password_sync
from scripts.seeding.samples import SAMPLE_CLIENTS
from scripts.seeding.seed import seed_all

REFERENCE = {
    "admin@helpdesk.com": "admin123",
    "cs1@helpdesk.com": "cs123",
    "cs2@helpdesk.com": "cs123",
    "cs3@helpdesk.com": "cs123",
}


async def counts(database: Database) -> dict[str, int]:
    async with database.transaction() as tx:
        return {
            name: (await tx.execute(sa.select(sa.func.count()).select_from(table))).scalar_one()
            for name, table in metadata.tables.items()
        }


async def rows(database: Database, model: type) -> Sequence[object]:
    async with database.transaction() as tx:
        return (await tx.execute(sa.select(model).order_by(model.id))).scalars().all()


async def test_the_accounts_of_the_reference_log_in(database: Database) -> None:
    await seed_all(database)
    users = {user.email: user for user in await rows(database, User)}
    assert set(users) == set(REFERENCE)
    for email in REFERENCE:
        assert users[email].password_hash.startswith("$2b$12$")
        assert users[email].role == ("ADMIN" if email.startswith("admin") else "CS")
    assert verify_password_sync("admin123", users["admin@helpdesk.com"].password_hash)
    assert verify_password_sync("cs123", users["cs3@helpdesk.com"].password_hash)
    async with database.transaction() as tx:
        assert await list_seeded_emails(tx) == sorted(REFERENCE)


async def test_the_session_agrees_with_every_counter(database: Database) -> None:
    await seed_all(database)
    assert [client.name for client in await rows(database, Client)] == [
        "John Doe",
        "Jane Smith",
        "Bob Wilson",
    ]
    [session] = await rows(database, Session)
    [conversation] = await rows(database, Conversation)
    messages = await rows(database, Message)
    async with database.transaction() as tx:
        agent = await tx.get_one(Agent, session.cs_id)
        user = await tx.get_one(User, agent.user_id)
        client = await tx.get_one(Client, session.client_id)
    assert (session.status, client.name) == (SessionStatus.ACTIVE, "John Doe")
    assert (user.email, agent.active_sessions) == ("cs1@helpdesk.com", 1)
    assert conversation.assigned_agent_id == agent.id
    assert conversation.session_count == session.number == 1
    unread = [m for m in messages if m.sender_type == SenderType.CLIENT and not m.is_read]
    assert conversation.unread_count == len(unread) == 1
    assert conversation.last_message_at == max(m.created_at for m in messages)
    assert {m.sender_type for m in messages} == {SenderType.CLIENT, SenderType.CS}
    [channel] = await rows(database, Channel)
    assert not channel.is_active


async def test_twice_is_as_good_as_once(database: Database) -> None:
    await seed_all(database)
    before = await counts(database)
    lines = await seed_all(database)
    assert await counts(database) == before
    assert all("already exist" in line for line in lines)


async def test_the_session_goes_to_the_channel_that_there_is(database: Database) -> None:
    async with database.transaction() as tx:
        channel = Channel(kind=ChannelKind.TELEGRAM, external_id="1", name="Bot")
        tx.add(channel)
    await seed_all(database)
    [contact] = await rows(database, Contact)
    assert contact.channel_id == channel.id
    assert contact.external_id == SAMPLE_CLIENTS[0].telegram_id
    assert (await counts(database))["channels"] == 1
