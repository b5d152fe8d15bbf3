"""The queries of both references give the right rows, on both engines.

They are written as the references write them; `chanel` is spelt `channel`.
"""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from db.database import Database
from db.queries.accounts.agents import list_online_agents, set_status
from db.queries.ai.configs import get_agent_ai_config
from db.queries.ai.logs import AiLogEntry, log_ai_conversation
from db.queries.auto_replies import get_auto_reply_rules
from db.queries.conversations.conversation_lists import get_conversation_with_messages
from db.queries.conversations.unread import mark_conversation_as_read
from db.tables import AgentAiConfig, AgentStatus, AiAction, AutoReplyRule, RuleMatch, StatusCause
from desk.conversations.policy import Candidate, choose_agent
from tests.db.reference_scene import (
    DAY,
    ReferenceScene,
    add_reference_scene,
    at,
    conversation_id,
)


@pytest.fixture
async def scene(database: Database) -> ReferenceScene:
    return await add_reference_scene(database)


async def ask(database: Database, sql: str, **values: object) -> list[dict[str, Any]]:
    async with database.transaction() as tx:
        return [dict(row) for row in (await tx.execute(sa.text(sql), values)).mappings()]


async def change(database: Database, sql: str, **values: object) -> None:
    async with database.transaction() as tx:
        await tx.execute(sa.text(sql), values)


def pick(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(_plain(row[name]) for name in names) for row in rows]


def _plain(value: Any) -> Any:
    # MariaDB returns averages of whole numbers as decimals.
    return value if value is None or isinstance(value, str | int) else round(float(value), 6)


async def test_the_example_queries_of_the_chat_platform(
    database: Database, scene: ReferenceScene
) -> None:
    unread = await ask(
        database,
        """
        SELECT * FROM conversation_summary
        WHERE unread_count > 0
        ORDER BY last_message_time DESC
        """,
    )
    assert pick(
        unread, "contact_name", "channel_name", "channel_type", "unread_count", "last_message"
    ) == [
        ("John", "Bot", "telegram", 3, "John at 60"),
        ("Andi", "Shop", "whatsapp", 2, "Are you there?"),
        ("Budi", "Shop", "whatsapp", 1, "Price?"),
    ]
    assert pick(unread, "assigned_agent_name", "assigned_agent_type", "assigned_agent_status") == [
        (None, None, None),
        ("Mia", "human", "online"),
        ("Ada", "ai", "online"),
    ]
    assert [row["session_id"] for row in unread] == [
        scene.open_sessions[name] for name in ("John", "Andi", "Budi")
    ]

    performance = """
        SELECT * FROM agent_performance
        WHERE agent_type = '{}'
        ORDER BY avg_satisfaction DESC
        """
    columns = (
        "agent_name",
        "total_sessions",
        "total_conversations",
        "assigned_conversations",
        "avg_response_time",
        "avg_satisfaction",
        "avg_resolution_time",
        "total_handovers",
    )
    assert pick(await ask(database, performance.format("ai")), *columns) == [
        ("Ada", 2, 2, 1, 3.0, None, None, 1)
    ]
    assert pick(await ask(database, performance.format("human")), *columns) == [
        ("Mia", 2, 1, 1, 90.0, 5.0, 10.0, 0),
        ("Bob", 2, 2, 0, 60.0, 2.5, 15.0, 0),
    ]

    statistics = await ask(
        database,
        """
        SELECT * FROM channel_statistics
        WHERE channel_type = 'whatsapp'
        """,
    )
    columns = (
        "channel_name",
        "total_conversations",
        "unread_conversations",
        "waiting_conversations",
        "total_contacts",
        "connected_agents",
        "whatsapp_status",
        "whatsapp_number",
        "whatsapp_authenticated",
    )
    assert pick(statistics, *columns) == [("Shop", 2, 2, 0, 2, 2, "WORKING", "+6281", 1)]
    telegram = await ask(
        database, "SELECT * FROM channel_statistics WHERE channel_type = 'telegram'"
    )
    assert pick(telegram, *columns) == [("Bot", 2, 1, 1, 2, 2, None, None, None)]

    low = await ask(
        database,
        """
        SELECT * FROM ai_conversation_analysis
        WHERE confidence_level = 'Low'
        ORDER BY created_at DESC
        """,
    )
    assert pick(low, "user_message", "contact_name", "agent_name", "confidence_score") == [
        ("question at 46", "Andi", "Ada", 0.59),
        ("question at 45", "Andi", "Ada", 0.3),
    ]
    assert low[1]["handover_reason"] == "asks for a person"
    levels = "SELECT * FROM ai_conversation_analysis ORDER BY created_at"
    assert pick(await ask(database, levels), "confidence_level") == [
        ("Medium",),
        ("High",),
        ("Low",),
        ("Low",),
        (None,),
    ]


async def test_the_crud_examples_of_the_chat_platform(
    database: Database, scene: ReferenceScene
) -> None:
    active = await ask(database, "SELECT * FROM channels WHERE is_active = 1 ORDER BY name")
    assert pick(active, "name") == [("Bot",), ("Shop",)]
    mias = "SELECT * FROM conversation_summary WHERE assigned_agent_id = :agent"
    rows = await ask(database, mias, agent=scene.agents["Mia"].id)
    assert pick(rows, "contact_name", "contact_phone") == [("Andi", scene.clients["Andi"].phone)]
    await change(
        database,
        "INSERT INTO messages (id, conversation_id, session_id, message, direction, message_type,"
        " author_name, sender_type, delivery_state, is_read, created_at)"
        " VALUES ('7ZZZZZZZZZZZZZZZZZZZZZZZZZ', :conversation, :session, 'On its way', 'outbound',"
        " 'TEXT', 'Agent Name', 'CS', 'sent', 1, :now)",
        conversation=conversation_id(scene, "Andi"),
        session=scene.open_sessions["Andi"],
        now=str(at(61).replace(tzinfo=None)),
    )
    rows = await ask(database, mias, agent=scene.agents["Mia"].id)
    assert pick(rows, "last_message", "last_message_type") == [("On its way", "TEXT")]
    async with database.transaction() as tx:
        assert await set_status(
            tx, scene.agents["Bob"].id, AgentStatus.ONLINE, StatusCause.CHOICE, DAY
        )
    online = await ask(database, "SELECT name FROM agents WHERE status = 'online' ORDER BY name")
    assert pick(online, "name") == [("Ada",), ("Bob",), ("Mia",)]

    before = DAY + timedelta(minutes=45.5)
    await change(
        database,
        "DELETE FROM ai_conversation_logs WHERE created_at < :before",
        before=str(before.replace(tzinfo=None)),
    )
    left = await ask(database, "SELECT id FROM ai_conversation_logs")
    assert len(left) == 2
    await change(
        database,
        "UPDATE conversations SET is_active = 0 WHERE last_message_at < :before",
        before=str(at(30).replace(tzinfo=None)),
    )
    archived = await ask(
        database, "SELECT * FROM conversation_summary WHERE is_active = 0 ORDER BY contact_name"
    )
    assert pick(archived, "contact_name") == [("Jane",), ("Zoe",)]


async def test_the_functions_of_the_chat_platform(
    database: Database, scene: ReferenceScene
) -> None:
    andi = conversation_id(scene, "Andi")
    async with database.transaction() as tx:
        found = await get_conversation_with_messages(tx, andi, viewer=None, start=None, limit=50)
    assert found is not None
    row, messages = found
    assert (row.client_name, row.cs_name, row.unread_count) == ("Andi", "Mia", 2)
    assert [each.message for each in messages] == [
        "He is upset",
        "Are you there?",
        "A person, please",
        "Hello",
    ]
    async with database.transaction() as tx:
        assert await mark_conversation_as_read(tx, andi) == 2
    counted = await ask(
        database, "SELECT unread_count FROM conversation_summary WHERE id = :id", id=andi
    )
    assert pick(counted, "unread_count") == [(0,)]
    unread = "SELECT COUNT(*) AS n FROM messages WHERE conversation_id = :id AND is_read = 0"
    assert pick(await ask(database, unread, id=andi), "n") == [(0,)]


async def test_the_functions_about_ai_of_the_chat_platform(
    database: Database, scene: ReferenceScene
) -> None:
    ada, shop = scene.agents["Ada"].id, scene.channels["Shop"].id
    columns: dict[str, Any] = {
        "style": "ramah 🙂",
        "knowledge": "Kami buka pukul 9.",
        "products": [{"name": "Gayo", "price": "Rp 75.000", "description": "250 g"}],
        "handover_conditions": ["Pelanggan ingin menuntut."],
        "temperature": 0.2,
    }
    rules = {
        "Salam": {"priority": 2, "trigger_keywords": ["halo", "hai"], "delay_seconds": 2},
        "Harga": {"priority": 3, "trigger_keywords": ["harga"]},
        "Old": {"priority": 9, "is_active": False},
        "Elsewhere": {"channel_id": scene.channels["Bot"].id},
    }
    async with database.transaction() as tx:
        assert await get_agent_ai_config(tx, ada) is None
        tx.add(AgentAiConfig(agent_id=ada, **columns))
        tx.add_all(
            AutoReplyRule(
                **{
                    "channel_id": shop,
                    "name": name,
                    "match_kind": RuleMatch.WORD,
                    "reply_message": f"{name}!",
                    **values,
                }
            )
            for name, values in rules.items()
        )
        for number, score in enumerate((0.8, 0.6, 0.59)):
            entry = AiLogEntry(
                conversation_id=conversation_id(scene, "Andi"),
                session_id=scene.open_sessions["Andi"],
                agent_id=ada,
                channel_id=shop,
                user_message=f"Halo {number}?",
                action=AiAction.HANDOVER if score < 0.6 else AiAction.ANSWER,
                ai_response="Ya.",
                confidence_score=score,
                used_knowledge=[{"passage": "p1", "title": "Jam buka"}],
                handover_reason="ragu" if score < 0.6 else None,
            )
            await log_ai_conversation(tx, entry, at(70 + number))
    async with database.transaction() as tx:
        row = await get_agent_ai_config(tx, ada)
        assert row is not None
        assert (row.name, {name: getattr(row.config, name) for name in columns}) == ("Ada", columns)
        assert await get_agent_ai_config(tx, scene.agents["Mia"].id) is None
        found = await get_auto_reply_rules(tx, shop)
        assert [(rule.name, rule.trigger_keywords, rule.delay_seconds) for rule in found] == [
            ("Harga", ["harga"], 0),
            ("Salam", ["halo", "hai"], 2),
        ]
        assert await get_auto_reply_rules(tx, scene.channels["Old"].id) == []
    logged = await ask(
        database,
        "SELECT * FROM ai_conversation_analysis WHERE user_message LIKE 'Halo %'"
        " ORDER BY created_at",
    )
    names = ("agent_name", "contact_name", "confidence_level", "handover_reason", "ai_response")
    assert pick(logged, *names) == [
        ("Ada", "Andi", "High", None, "Ya."),
        ("Ada", "Andi", "Medium", None, "Ya."),
        ("Ada", "Andi", "Low", "ragu", "Ya."),
    ]
    assert [bool(row["handover_triggered"]) for row in logged] == [False, False, True]


async def test_the_operations_of_the_help_desk(database: Database, scene: ReferenceScene) -> None:
    async with database.transaction() as tx:
        await set_status(tx, scene.agents["Bob"].id, AgentStatus.ONLINE, StatusCause.CHOICE, DAY)
        for_shop = await list_online_agents(tx, scene.channels["Shop"].id, DAY)
        for_bot = await list_online_agents(tx, scene.channels["Bot"].id, DAY)
    assert {row[1] for row in for_shop} == {"Mia"}
    chosen = choose_agent(Candidate(*row) for row in for_bot)
    assert chosen is not None
    assert (chosen.name, chosen.live_sessions) == ("Bob", 0)

    john = scene.open_sessions["John"]
    counted = (
        "SELECT COUNT(*) AS n FROM messages"
        " WHERE session_id = :id AND sender_type = 'CLIENT' AND is_read = 0"
    )
    assert pick(await ask(database, counted, id=john), "n") == [(3,)]
    await change(
        database,
        "UPDATE messages SET is_read = 1"
        " WHERE session_id = :id AND sender_type = 'CLIENT' AND is_read = 0",
        id=john,
    )
    assert pick(await ask(database, counted, id=john), "n") == [(0,)]
    await change(
        database,
        "UPDATE sessions SET status = 'ENDED', ended_at = :now WHERE id = :id",
        id=john,
        now=str(at(62).replace(tzinfo=None)),
    )
    rows = await ask(
        database,
        "SELECT session_id FROM conversation_summary WHERE id = :id",
        id=conversation_id(scene, "John"),
    )
    assert rows == [{"session_id": None}]
