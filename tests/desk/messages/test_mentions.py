"""A message of staff asks for its author's unread mentions; one of an AI agent does not."""

from typing import Any

import pytest
from sqlalchemy import event

from db.content import Content
from db.database import Database
from db.ids import AgentId, ChannelId, ConversationId, MessageId, SessionId
from db.tables import DeliveryState, Direction, SenderType
from db.tables.base import now_utc
from desk.channels import Channels
from desk.events import MessageAdded
from desk.messages.mentions import Mentions
from desk.unit_of_work import UnitOfWork


def write(sender: SenderType) -> MessageAdded:
    return MessageAdded(
        SessionId("s"),
        ConversationId("c"),
        ChannelId("1"),
        MessageId("m"),
        sender,
        AgentId("a"),
        Direction.OUTBOUND,
        Content(text="hello"),
        DeliveryState.PENDING,
    )


@pytest.mark.parametrize(("sender", "asked"), [(SenderType.AI, 0), (SenderType.CS, 1)])
async def test_nobody_names_an_ai_agent_so_its_answers_ask_for_no_mentions(
    database: Database, sender: SenderType, asked: int
) -> None:
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    async with database.transaction() as tx:
        event.listen(database.engine.sync_engine, "before_cursor_execute", note)
        await Mentions().project(UnitOfWork(tx, now_utc(), Channels()), [write(sender)])
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)
    assert sum("FROM mentions" in each for each in statements) == asked
