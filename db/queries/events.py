"""The log of what happened: one row for each transaction, read along its ids."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import table_of
from db.ids import SessionId
from db.tables import Event, EventKind

events = table_of(Event)
_PUT = insert(events)


class Happened(NamedTuple):
    """One thing that happened: ids alone, its words are read when they are told."""

    kind: EventKind
    # Empty: of the message it is about, or none.
    session_id: SessionId | None = None
    # The message or the agent.
    about: str | None = None
    more: dict[str, Any] | None = None


def packed(happened: Sequence[Happened]) -> str:
    """Write down what happened, to be kept."""
    return json.dumps(happened, separators=(",", ":"))


async def put(tx: AsyncSession, happened: Sequence[Happened], now: datetime) -> None:
    """Keep what happened in this transaction, in order."""
    await tx.execute(_PUT, {"happened": packed(happened), "created_at": now})
