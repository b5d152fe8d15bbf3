"""`osmodesk ai`: files become articles, and AI agents are tried without sending anything."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from db.database import Database
from db.queries.ai.logs import AiLogEntry, log_ai_conversation
from db.tables import (
    Agent,
    AgentAiConfig,
    AiAction,
    DeliveryState,
    Direction,
    Message,
    MessageType,
    SenderType,
)
from db.tables.base import now_utc
from db.url import parse_database_url
from tests.db.small_desk import add_small_desk
from tests.scripts.conftest import Command

HOURS = "Our shop is open from Monday to Friday, from 9 to 17."


def test_files_are_imported_and_broken_ones_named(
    osmodesk: Command, environment: Callable[..., None], migrated_url: str, tmp_path: Path
) -> None:
    environment(DATABASE_URL=migrated_url)
    faq, broken = tmp_path / "faq.md", tmp_path / "broken.pdf"
    faq.write_text("".join(f"# Question {number}\n\nAnswer.\n\n" for number in range(45)), "utf-8")
    broken.write_bytes(b"%PDF-1.4\n" + bytes(50))
    done = osmodesk("ai", "import", str(faq), "--language", "en", "--tag", "shop")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "faq.md: 20 of 45",
        "faq.md: 40 of 45",
        "faq.md: 45 articles imported",
    ]
    failed = osmodesk("ai", "import", str(broken), str(tmp_path / "none.md"), str(faq))
    assert failed.code == 1
    assert "broken.pdf: not imported: the PDF cannot be read" in failed.err
    assert "none.md: not imported: No such file" in failed.err
    assert "faq.md: 45 articles imported" in failed.out


def test_an_agent_is_asked_and_its_past_questions_are_replayed(
    osmodesk: Command, environment: Callable[..., None], migrated_url: str, tmp_path: Path
) -> None:
    environment(DATABASE_URL=migrated_url)
    none = osmodesk("ai", "ask", "When do you open?")
    assert (none.code, none.out) == (1, "")
    assert "there is no AI agent" in none.err
    asyncio.run(add_past(migrated_url))
    hours = tmp_path / "hours.md"
    hours.write_text(f"# Opening hours\n\n{HOURS}\n", "utf-8")
    assert osmodesk("ai", "import", str(hours)).code == 0

    asked = osmodesk("ai", "ask", "hello")
    assert (asked.code, asked.err) == (0, "")
    assert asked.out.splitlines()[:2] == ["Aria:", "  Hello! What can I help you with?"]
    person = osmodesk("ai", "ask", "I want to talk to a human", "--agent", "Aria")
    assert "  a person answers: the customer asked for a person" in person.out.splitlines()
    offered = osmodesk("ai", "ask", "What are your opening hours?", "--language", "en")
    assert "Opening hours" in offered.out
    assert "action " in offered.out

    replayed = osmodesk("ai", "replay")
    assert (replayed.code, replayed.err) == (0, "")
    lines = replayed.out.splitlines()
    assert lines[0].startswith("* ")
    assert lines[1] == "    before: handover: no article answers the question"
    assert "2 questions; * has another answer now" in lines
    assert "  handed over: 100% before, 50% now" in lines
    assert "  changed:     50%" in lines
    changes = tmp_path / "changes.json"
    changes.write_text('{"handover_rules": {"keywords": ["hours"]}}', "utf-8")
    strict = osmodesk("ai", "replay", "--config", str(changes), "--limit", "1")
    assert "    now:    handover: the customer used the word “hours”" in strict.out
    assert "1 questions" in strict.out
    changes.write_text('{"mode": "loud"}', "utf-8")
    refused = osmodesk("ai", "replay", "--config", str(changes))
    assert (refused.code, refused.out) == (1, "")
    assert "changes.json: mode: " in refused.err
    unknown = osmodesk("ai", "ask", "hello", "--agent", "Bima")
    assert "there is no AI agent Bima: there are Aria" in unknown.err


def test_agents_are_listed_and_deleted(
    osmodesk: Command, environment: Callable[..., None], migrated_url: str
) -> None:
    environment(DATABASE_URL=migrated_url, SECRET_KEY="s" * 40)
    assert osmodesk("ai", "list").out.startswith("No AI agents yet")
    asyncio.run(add_past(migrated_url))
    assert osmodesk("ai", "list").out.startswith("Aria: Basic, automatic, offline, 0 sessions, ")
    refused = osmodesk("ai", "delete", "Bima")
    assert (refused.code, refused.out) == (1, "")
    deleted = osmodesk("ai", "delete", "Aria")
    assert (deleted.code, deleted.err) == (0, "")
    assert deleted.out == "Aria is deleted: humans or the queue have its sessions.\n"
    assert osmodesk("ai", "list").out.startswith("No AI agents yet")


def test_the_operator_reads_trials_in_indonesian(
    osmodesk: Command, environment: Callable[..., None], migrated_url: str, tmp_path: Path
) -> None:
    environment(DATABASE_URL=migrated_url, DEFAULT_LANGUAGE="id", SECRET_KEY="s" * 40)
    none = osmodesk("ai", "ask", "When do you open?")
    assert none.err == "osmodesk: tidak ada agen AI: buat satu dengan POST /api/v1/ai-agents\n"
    asyncio.run(add_past(migrated_url))
    hours = tmp_path / "hours.md"
    hours.write_text(f"# Monday and Friday\n\n{HOURS}\n", "utf-8")
    assert osmodesk("ai", "import", str(hours)).out == "hours.md: 1 artikel diimpor\n"
    asked = osmodesk("ai", "ask", "Is your shop open on Monday?", "--language", "en").out
    assert "  tindakan " in asked
    # The words of articles, customers and agents stay as they are.
    assert "  bagian “Monday and Friday” dengan skor " in asked
    replayed = osmodesk("ai", "replay").out
    assert "    dulu:     handover: no article answers the question" in replayed
    assert "2 pertanyaan; * berarti jawabannya sekarang lain" in replayed
    assert osmodesk("ai", "list").out.startswith("Aria: Basic, automatic, offline, 0 sesi, ")


async def add_past(url: str) -> None:
    """Add an AI agent that handed two questions over."""
    database = Database(parse_database_url(url))
    try:
        desk = await add_small_desk(database)
        async with database.transaction() as tx:
            tx.add(AgentAiConfig(agent_id=desk.ai_id))
            agent = await tx.get_one(Agent, desk.ai_id)
            agent.name = "Aria"
            for question in ("Do you fly to the moon?", "What are your opening hours?"):
                message = Message(
                    session_id=desk.session_id,
                    conversation_id=desk.conversation_id,
                    sender_type=SenderType.CLIENT,
                    direction=Direction.INBOUND,
                    message_type=MessageType.TEXT,
                    message=question,
                    delivery_state=DeliveryState.RECEIVED,
                )
                tx.add(message)
                await tx.flush()
                entry = AiLogEntry(
                    conversation_id=desk.conversation_id,
                    session_id=desk.session_id,
                    agent_id=desk.ai_id,
                    channel_id=desk.channel_id,
                    user_message=question,
                    action=AiAction.HANDOVER,
                    handover_reason="no article answers the question",
                    message_id=message.id,
                )
                await log_ai_conversation(tx, entry, now_utc())
    finally:
        await database.close()
