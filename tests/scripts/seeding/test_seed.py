"""The seed: the accounts of the reference, one open session, and nothing twice."""

from collections.abc import Sequence

import sqlalchemy as sa

from db.database import Database
from db.queries.ai.configs import list_ai_agents
from db.tables import (
    Agent,
    AgentLevel,
    AgentStatus,
    AutoReplyRule,
    Channel,
    ChannelAgent,
    ChannelKind,
    Client,
    Contact,
    Conversation,
    LinkStatus,
    Message,
    SenderType,
    Session,
    SessionStatus,
    User,
    WhatsAppMessageTemplate,
    WhatsAppSession,
    metadata,
)
from desk.accounts.accounts import list_seeded_emails
from desk.accounts.passwords import verify_password_sync
from desk.ai.config import to_config
from scripts.seeding.samples import SAMPLE_CLIENTS
from scripts.seeding.seed import seed_all

REFERENCE = {
    "admin@helpdesk.com": "admin123",
    "cs1@helpdesk.com": "cs123",
    "cs2@helpdesk.com": "cs123",
    "cs3@helpdesk.com": "cs123",
}


WITHOUT_PASSWORD = {"admin@osmochat.com", "agent1@osmochat.com", "agent2@osmochat.com"}


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
    assert set(users) == {*REFERENCE, *WITHOUT_PASSWORD}
    for email in WITHOUT_PASSWORD:
        assert not verify_password_sync("admin123", users[email].password_hash)
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
        "Andi",
        "Budi",
    ]
    [session] = await rows(database, Session)
    [conversation, *untouched] = await rows(database, Conversation)
    assert [each.session_count for each in untouched] == [0, 0]
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
    assert {each.is_active for each in await rows(database, Channel)} == {False}


async def test_twice_is_as_good_as_once(database: Database) -> None:
    await seed_all(database)
    before = await counts(database)
    lines: list[str] = []
    await seed_all(database, lines.append)
    assert await counts(database) == before
    assert len(lines) == 7
    assert all("already exist" in line for line in lines)


async def test_the_session_goes_to_the_channel_that_there_is(database: Database) -> None:
    async with database.transaction() as tx:
        channel = Channel(kind=ChannelKind.TELEGRAM, external_id="1", name="Bot")
        tx.add(channel)
    await seed_all(database)
    [contact, *_] = await rows(database, Contact)
    assert contact.channel_id == channel.id
    assert contact.external_id == SAMPLE_CLIENTS[0].telegram_id
    assert (await counts(database))["channels"] == 3


async def test_the_sample_data_of_the_chat_platform(database: Database) -> None:
    await seed_all(database)
    async with database.transaction() as tx:
        found = await tx.execute(
            sa.text(
                "SELECT contact_name, contact_phone, contact_email, channel_name, session_id"
                " FROM conversation_summary WHERE channel_name LIKE 'WhatsApp%' ORDER BY 1"
            )
        )
        assert [tuple(row) for row in found] == [
            ("Andi", "+6281234567890", "andi@email.com", "WhatsApp channel 1", None),
            ("Budi", "+6289876543210", "budi@email.com", "WhatsApp channel 1", None),
        ]
        bots = await list_ai_agents(tx, start=None, limit=9)
    assert {(bot.name, bot.level, bot.status) for bot in bots} == {
        ("AI Bot 1", AgentLevel.ADVANCED, AgentStatus.OFFLINE),
        ("AI Bot 2", AgentLevel.INTERMEDIATE, AgentStatus.OFFLINE),
    }
    assert all(to_config(bot).follow_ups for bot in bots)
    linked = {row.channel_id: row for row in await _all(database, WhatsAppSession)}
    channels = {row.name: row for row in await rows(database, Channel)}
    assert linked[channels["WhatsApp channel 1"].id].status is LinkStatus.STOPPED
    templates = await rows(database, WhatsAppMessageTemplate)
    assert [each.name for each in templates] == ["Welcome Message", "Order Confirmation"]
    rules = await rows(database, AutoReplyRule)
    assert [each.name for each in rules] == ["Salam", "Harga"]
    assert all(each.channel_id == channels["WhatsApp channel 1"].id for each in rules)
    served = await _all(database, ChannelAgent)
    assert {each.channel_id for each in served} == {channels["WhatsApp channel 1"].id}
    assert {each.agent_id for each in served} == {bot.id for bot in bots}


async def _all(database: Database, model: type) -> Sequence[object]:
    async with database.transaction() as tx:
        return (await tx.execute(sa.select(model))).scalars().all()
