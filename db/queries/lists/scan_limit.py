"""Read pages with a condition that has no index: one page scans only a limited number of rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Integer, Select, bindparam
from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")

# How many rows one page scans; fewer where the text of each row must be searched.
SCAN_LIMIT = 1000
TEXT_SCAN_LIMIT = 200


@dataclass(frozen=True, slots=True)
class ScanEnd:
    """The last row that a page scanned; the list goes on after it."""

    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class ScannedPage(Generic[T]):
    """A page of rows, and one more if the page is full.

    `scan_end`: the page scanned no further than there, though it may not be full.
    """

    rows: list[T]
    scan_end: ScanEnd | None = None


def build_scan_end(looked_at: Select[Any]) -> Select[Any]:
    """Build the statement that reads (time, id) of the last row that a page scans.

    `looked_at` selects all scanned rows in order. The statement returns nothing where the list ends
    before.
    """
    return looked_at.limit(1).offset(bindparam("last", type_=Integer))


async def finish_page(
    tx: AsyncSession, rows: list[T], limit: int, last: Select[Any], values: Mapping[str, Any]
) -> ScannedPage[T]:
    """Return the page with its scan end; `last` is built by `build_scan_end`."""
    if len(rows) > limit:
        return ScannedPage(rows)
    end = (await tx.execute(last, {**values, "last": values["reach"] - 1})).first()
    return ScannedPage(rows, ScanEnd(*tuple(end)) if end else None)
