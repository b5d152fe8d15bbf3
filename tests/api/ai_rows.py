"""Rows of AI agents for tests of the API."""

from typing import Any

from db.ids import AgentId, AiTurnId, ChannelId, ConversationId, SessionId
from db.queries.ai.configs import add_ai_agent
from db.tables import AgentLevel, AiAction, AiMode, AiTurn, AiTurnState
from db.tables.base import now_utc
from tests.api.stage import ApiStage

DRAFT = "We open at 9."


async def add_suggestion(api: ApiStage, session_id: SessionId, **fields: Any) -> AiTurnId:
    """Let an AI agent suggest an answer to a customer's message in a session."""
    [place] = await api.rows(
        "SELECT v.id, v.channel_id FROM conversations v JOIN sessions s ON s.conversation_id = v.id"
        " WHERE s.id = :id",
        id=session_id,
    )
    asked, now = await api.message(session_id), now_utc()
    async with api.database.transaction() as tx:
        agent_id: AgentId = await add_ai_agent(
            tx, f"Aria {asked}", level=AgentLevel.BASIC, capacity=9, values={}, now=now
        )
        turn = AiTurn(
            session_id=session_id,
            conversation_id=ConversationId(place["id"]),
            channel_id=ChannelId(place["channel_id"]),
            agent_id=agent_id,
            mode=AiMode.SUGGEST,
            state=AiTurnState.SUGGESTED,
            action=AiAction.ANSWER,
            first_message_id=asked,
            last_message_id=asked,
            start_at=now,
            deadline_at=now,
            draft=DRAFT,
            confidence=0.9,
            why={"passages": [{"title": "Opening hours"}]},
            **fields,
        )
        tx.add(turn)
    return turn.id
