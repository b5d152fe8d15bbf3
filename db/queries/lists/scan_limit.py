"""Pages of lists in which something is looked for that no index knows: only so far in one go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Integer, Select, bindparam
from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")

# How many rows one page looks at; fewer where each must be read through for words.
REACH = 1000
REACH_FOR_WORDS = 200


@dataclass(frozen=True, slots=True)
class Edge:
    """The last row that was looked at; beyond it the list goes on."""

    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A page of rows, and one more if it has all that were asked for.

    `edge`: the page looked no further than there, though it may have room.
    """

    rows: list[T]
    edge: Edge | None = None


def last_within_reach(looked_at: Select[Any]) -> Select[Any]:
    """Give the statement that reads the (time, id) of the last row that a page looks at.

    `looked_at`: all of them, in order. It reads nothing where the list ends before.
    """
    return looked_at.limit(1).offset(bindparam("last", type_=Integer))


async def sifted(
    tx: AsyncSession, rows: list[T], limit: int, last: Select[Any], values: Mapping[str, Any]
) -> Found[T]:
    """Say how far a page looked that holds `rows`; `last` is made by `last_within_reach`."""
    if len(rows) > limit:
        return Found(rows)
    edge = (await tx.execute(last, {**values, "last": values["reach"] - 1})).first()
    return Found(rows, Edge(*tuple(edge)) if edge else None)
