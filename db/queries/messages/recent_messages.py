"""Count what customers wrote in the last minutes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ConversationId, new_id_at
from db.tables import Direction, Message

messages = get_table(Message)
# A ULID begins with the time at which it was made.
_TIME_CHARACTERS = 10

_WRITTEN_SINCE = (
    messages.c.id >= bindparam("first"),
    messages.c.direction == Direction.INBOUND,
)
_COUNT = (
    select(messages.c.conversation_id, func.count())
    .where(messages.c.conversation_id.in_(bindparam("ids", expanding=True)), *_WRITTEN_SINCE)
    .group_by(messages.c.conversation_id)
)
_ATTRIBUTES = select(messages.c.attributes).where(
    messages.c.conversation_id == bindparam("of"),
    *_WRITTEN_SINCE,
    messages.c.created_at < bindparam("until"),
    messages.c.attributes.is_not(None),
)


async def count_written(
    tx: AsyncSession, conversation_ids: Collection[ConversationId], since: datetime
) -> dict[ConversationId, int]:
    """Count the messages that the customers of these conversations wrote since then."""
    counted = await tx.execute(_COUNT, {"ids": sorted(conversation_ids), "first": _first_id(since)})
    return {ConversationId(conversation_id): many for conversation_id, many in counted}


async def list_attributes(
    tx: AsyncSession, conversation_id: ConversationId, since: datetime, until: datetime
) -> Sequence[dict[str, Any]]:
    """List the attributes of what a customer wrote in a time, of messages that have any."""
    bound = {"of": conversation_id, "first": _first_id(since), "until": until}
    return [each for each in await tx.scalars(_ATTRIBUTES, bound) if each]


def _first_id(since: datetime) -> str:
    return new_id_at(since)[:_TIME_CHARACTERS]
