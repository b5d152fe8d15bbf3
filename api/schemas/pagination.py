"""Keyset pagination: page 1,000 costs as much as page 1.

A list is ordered by (time, id), newest first unless it says otherwise. A cursor says after which
row a page begins and in which direction it reads.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Generic, TypeVar

from pydantic import Field

from api.schemas.base import QueryModel, ResponseModel

MAX_PAGE_SIZE = 100
# The content of a cursor is private. The pattern matches every cursor and nothing else, so an
# invalid cursor is rejected at once.
_PATTERN = r"^[ab][0-9]{16}[0-7][0-9A-HJKMNP-TV-Z]{25}$"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

T = TypeVar("T")
R = TypeVar("R", bound=ResponseModel)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The start of a page: after the row of this time and id."""

    at: datetime
    id: str
    # True: read towards the beginning of the list.
    back: bool = False

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """Decode a cursor that matches the pattern."""
        return cls(_EPOCH + int(text[1:17]) * _MICROSECOND, text[17:], text[0] == "b")

    def __str__(self) -> str:
        return f"{'b' if self.back else 'a'}{(self.at - _EPOCH) // _MICROSECOND:016d}{self.id}"


class PageQuery(QueryModel):
    """Which page of a list to return."""

    cursor: Annotated[str, Field(pattern=_PATTERN)] | None = Field(
        default=None, description="opaque: `next` or `previous` of another page"
    )
    limit: int = Field(default=50, ge=1, le=MAX_PAGE_SIZE, description="maximum number of items")

    @property
    def start(self) -> Cursor | None:
        return None if self.cursor is None else Cursor.decode(self.cursor)


class Page(ResponseModel, Generic[R]):
    """One page of a list, with the cursors of the next and the previous page."""

    items: list[R]
    next: str | None = Field(description="cursor of the next page; null: there is none")
    previous: str | None = Field(description="cursor of the previous page; null: there is none")


def build_page(
    rows: Sequence[T],
    query: PageQuery,
    to_schema: Callable[[T], R],
    key: Callable[[T], Cursor],
    *,
    scan_end: Cursor | None = None,
) -> Page[R]:
    """Build a page of at most `limit` rows from the `limit + 1` rows that were read.

    `rows` are in the order in which they were read: away from the cursor, also when reading
    backwards. `scan_end` is the last row that was examined, when the scan stopped before the end of
    the list. Then the page may be short or empty, and the list still goes on.
    """
    start = query.start
    back = start is not None and start.back
    kept = list(rows[: query.limit])
    # The first and the last row of the page, or of what was examined.
    near = key(kept[0]) if kept else scan_end
    far = key(kept[-1]) if len(rows) > query.limit else scan_end
    if start is None:
        near = None
    if back:
        kept.reverse()
        near, far = far, near
    return Page(
        items=[to_schema(row) for row in kept],
        next=None if far is None else str(replace(far, back=False)),
        previous=None if near is None else str(replace(near, back=True)),
    )
