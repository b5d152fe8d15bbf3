"""Which messages to return or to mark as read; pages around a message."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from pydantic import Field

from api.errors.problems import ValidationFailed
from api.messages.models import MessageOut
from api.schemas.base import FieldError, QueryModel, Ulid
from api.schemas.pagination import Cursor, Page, PageQuery
from db.ids import MessageId
from db.queries.messages.message_rows import MessageRow

# Reads the messages beyond a cursor, one more than the number.
ReadBeyond = Callable[[Cursor, int], Awaitable[Sequence[MessageRow]]]


class MessageQuery(PageQuery):
    """Which page of messages to return."""

    around: Ulid | None = Field(
        default=None,
        description="id of a message: the page has it in its middle; instead of `cursor`",
    )


class ReadQuery(QueryModel):
    """How far messages were read."""

    up_to: Ulid | None = Field(
        default=None, description="id of the last message that was read; without it: all"
    )

    @property
    def last(self) -> MessageId | None:
        return None if self.up_to is None else MessageId(self.up_to)


def message_cursor(row: MessageRow) -> Cursor:
    """Return the cursor of a message in a list."""
    return Cursor(row.created_at, row.id)


def to_query_problem(code: str, message: str) -> ValidationFailed:
    """Return the problem of a page around a message that cannot be shown."""
    return ValidationFailed([FieldError(where="query", field="around", code=code, message=message)])


def require_one_start(query: MessageQuery) -> None:
    """Raise ValidationFailed when a page begins at two places."""
    if query.around is not None and query.cursor is not None:
        raise to_query_problem("one_of_two", "give either this or `cursor`")


async def build_page_around(middle: MessageRow, limit: int, read: ReadBeyond) -> Page[MessageOut]:
    """Build the page with a message and those before and after it, the newest first."""
    here, newer_count = message_cursor(middle), limit // 2
    older_count = limit - 1 - newer_count
    newer = list(await read(replace(here, back=True), newer_count))
    older = list(await read(here, older_count))
    rows = [*reversed(newer[:newer_count]), middle, *older[:older_count]]
    return Page(
        items=[MessageOut.from_row(row) for row in rows],
        next=str(message_cursor(rows[-1])) if len(older) > older_count else None,
        previous=str(replace(message_cursor(rows[0]), back=True))
        if len(newer) > newer_count
        else None,
    )
