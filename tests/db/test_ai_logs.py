"""The log of AI answers: what is written is read back; wrong answers are marked once."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from db.database import Database
from db.ids import MessageId, new_id
from db.queries.ai.logs import AiLogEntry, judge_wrong, log_ai_conversation
from db.queries.clients.erasure import delete_client, list_client_conversations
from db.tables import AiAction, AiConversationLog
from db.tables.base import now_utc
from tests.db.small_desk import SmallDesk, add_small_desk

NOW = now_utc()


def entry(desk: SmallDesk, **values: object) -> AiLogEntry:
    known = {
        "conversation_id": desk.conversation_id,
        "session_id": desk.session_id,
        "agent_id": desk.ai_id,
        "channel_id": desk.channel_id,
        "user_message": "Where is my order? 📦",
        "action": AiAction.ANSWER,
    }
    return AiLogEntry(**{**known, **values})  # type: ignore[arg-type] # a test's values


async def read_logs(database: Database) -> list[AiConversationLog]:
    async with database.transaction() as tx:
        rows = await tx.scalars(sa.select(AiConversationLog).order_by(sa.text("id")))
        return list(rows)


async def test_an_answer_is_logged_judged_once_and_erased_with_its_customer(
    database: Database,
) -> None:
    desk, reply = await add_small_desk(database), MessageId(new_id())
    passages = [{"passage_id": "p1", "title": "Délivery", "score": 0.75}]
    async with database.transaction() as tx:
        answered = entry(
            desk,
            ai_response="In 3 days.",
            confidence_score=0.875,
            used_knowledge=passages,
            reply_id=reply,
            model="small",
            tokens_in=120,
            tokens_out=14,
            cost=0.000321,
            duration_ms=640,
        )
        first = await log_ai_conversation(tx, answered, NOW)
        reason = "The customer asked for a person."
        await log_ai_conversation(
            tx, entry(desk, action=AiAction.HANDOVER, handover_reason=reason), NOW
        )
    said, handed = await read_logs(database)
    assert said.id == first
    assert (said.user_message, said.ai_response) == ("Where is my order? 📦", "In 3 days.")
    assert (said.confidence_score, said.cost, said.used_knowledge) == (0.875, 0.000321, passages)
    assert (said.handover_triggered, said.judged_wrong, said.created_at) == (False, False, NOW)
    assert (handed.handover_triggered, handed.handover_reason) == (True, reason)
    assert (handed.ai_response, handed.confidence_score, handed.used_knowledge) == (None, None, [])

    async with database.transaction() as tx:
        assert await judge_wrong(tx, reply, "thumbs down of Bob", NOW)
        assert await judge_wrong(tx, reply, "corrected", NOW)
        assert not await judge_wrong(tx, MessageId(new_id()), "corrected", NOW)
    said, handed = await read_logs(database)
    assert (said.judged_wrong, said.wrong_reason, said.judged_at) == (
        True,
        "thumbs down of Bob",
        NOW,
    )
    assert not handed.judged_wrong

    async with database.transaction() as tx:
        erased = await list_client_conversations(tx, desk.client_id)
        assert erased is not None
        assert await delete_client(tx, desk.client_id, erased) == 1
    assert await read_logs(database) == []


@pytest.mark.parametrize("score", [-0.01, 1.01])
async def test_a_confidence_outside_0_to_1_is_refused(database: Database, score: float) -> None:
    desk = await add_small_desk(database)
    with pytest.raises(DBAPIError, match=r"(?i)constraint"):
        async with database.transaction() as tx:
            await log_ai_conversation(tx, entry(desk, confidence_score=score), NOW)
