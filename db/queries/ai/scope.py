"""Whose doings to list: those of an agent, on a channel, in a conversation or session."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from sqlalchemy import ColumnElement, Table

from db.ids import AgentId, ChannelId, ConversationId, SessionId


@dataclass(frozen=True, slots=True)
class AiScope:
    """None: all of them."""

    agent_id: AgentId | None = None
    channel_id: ChannelId | None = None
    conversation_id: ConversationId | None = None
    session_id: SessionId | None = None

    def list_conditions(self, table: Table) -> Iterator[ColumnElement[bool]]:
        """List the conditions for the rows of a table that has all of these columns."""
        for each in fields(self):
            value = getattr(self, each.name)
            if value is not None:
                yield table.c[each.name] == value
