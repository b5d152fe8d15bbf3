"""Pages of lists in which something is looked for that no index knows: only so far in one go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Integer, Select, bindparam
from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")

# How many rows one page looks at; fewer where each must be read through for words.
SCAN_LIMIT = 1000
TEXT_SCAN_LIMIT = 200


@dataclass(frozen=True, slots=True)
class ScanEnd:
    """The last row that was looked at; beyond it the list goes on."""

    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class ScannedPage(Generic[T]):
    """A page of rows, and one more if it has all that were asked for.

    `edge`: the page looked no further than there, though it may have room.
    """

    rows: list[T]
    scan_end: ScanEnd | None = None


def build_scan_end(looked_at: Select[Any]) -> Select[Any]:
    """Give the statement that reads the (time, id) of the last row that a page looks at.

    `looked_at`: all of them, in order. It reads nothing where the list ends before.
    """
    return looked_at.limit(1).offset(bindparam("last", type_=Integer))


async def finish_page(
    tx: AsyncSession, rows: list[T], limit: int, last: Select[Any], values: Mapping[str, Any]
) -> ScannedPage[T]:
    """Say how far a page looked that holds `rows`; `last` is made by `last_within_reach`."""
    if len(rows) > limit:
        return ScannedPage(rows)
    edge = (await tx.execute(last, {**values, "last": values["reach"] - 1})).first()
    return ScannedPage(rows, ScanEnd(*tuple(edge)) if edge else None)
