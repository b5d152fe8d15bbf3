"""Pages of long lists by key, not by number: page 1,000 costs what page 1 does.

A list is in the order of (time, id), newest first unless it says otherwise. A cursor says after
which row a page begins, and in which direction one reads on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Generic, TypeVar

from pydantic import Field

from api.schemas.base import QueryModel, ResponseModel

MAX_PAGE_SIZE = 100
# What a cursor is made of is nobody's business but ours; that each one fits this pattern, and that
# whatever fits it is a cursor, lets a bad one be told at once.
_PATTERN = r"^[ab][0-9]{16}[0-7][0-9A-HJKMNP-TV-Z]{25}$"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

T = TypeVar("T")
R = TypeVar("R", bound=ResponseModel)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: beyond the row of this time and id."""

    at: datetime
    id: str
    # Towards the list's beginning.
    back: bool = False

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """Read a cursor that fits the pattern."""
        return cls(_EPOCH + int(text[1:17]) * _MICROSECOND, text[17:], text[0] == "b")

    def __str__(self) -> str:
        return f"{'b' if self.back else 'a'}{(self.at - _EPOCH) // _MICROSECOND:016d}{self.id}"


class PageQuery(QueryModel):
    """Which page of a list."""

    cursor: Annotated[str, Field(pattern=_PATTERN)] | None = Field(
        default=None, description="`next` or `previous` of another page; opaque"
    )
    limit: int = Field(default=50, ge=1, le=MAX_PAGE_SIZE, description="how many at most")

    @property
    def start(self) -> Cursor | None:
        return None if self.cursor is None else Cursor.decode(self.cursor)


class Page(ResponseModel, Generic[R]):
    """Some of a long list, and the way on in both directions."""

    items: list[R]
    next: str | None = Field(description="cursor of the page after this; null: there is none")
    previous: str | None = Field(description="cursor of the page before this; null: there is none")


def build_page(
    rows: Sequence[T],
    query: PageQuery,
    to_schema: Callable[[T], R],
    key: Callable[[T], Cursor],
    *,
    scan_end: Cursor | None = None,
) -> Page[R]:
    """Make a page of at most `limit` rows out of `limit + 1` that were read.

    `rows` are in the order in which they were read: from the cursor away, also when it leads back.
    `edge`: how far was looked, where it was not to the list's end; then the page may have room, or
    nothing in it, and the list goes on all the same.
    """
    start = query.start
    back = start is not None and start.back
    kept = list(rows[: query.limit])
    # The rows, or what was looked at, from where the page began to where it ended.
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
