"""Updates that could not be handled: list, show, retry, drop."""

from datetime import datetime

from pydantic import Field
from ulid import ULID

from api.access.caller import Caller
from api.errors.problems import NotFound
from api.schemas.base import ResponseModel, Ulid
from api.schemas.pagination import Cursor, Page, PageQuery, build_page
from db.ids import ChannelId
from db.queries import parked as queries
from db.queries.lists.keyset import get_direction
from db.tables import Inbox
from desk.setup import parked_updates
from desk.setup.parked_updates import redact_excerpt
from desk.unit_of_work import UnitOfWork

# How many characters of an update and its error to show, in a list and alone.
_LIST_EXCERPT = 300
_DETAIL_EXCERPT = 4_000
_MAX_ID = 2**63 - 1


class ParkedUpdateOut(ResponseModel):
    """An update that could not be handled and was set aside; later updates did not wait for it."""

    id: int
    channel_id: Ulid
    provider_id: str = Field(description="the provider's id of the update")
    error: str = Field(description="beginning of the error message")
    attempts: int
    received_at: datetime
    parked_at: datetime | None
    payload: str = Field(description="beginning of the update; likely secrets are hidden")


class ParkedUpdateQuery(PageQuery):
    """Which parked updates to list."""

    channel_id: Ulid | None = None


async def list_parked(uow: UnitOfWork, query: ParkedUpdateQuery) -> Page[ParkedUpdateOut]:
    """List parked updates, the newest first."""
    start = query.start
    rows = await queries.list_parked(
        uow.tx,
        way=get_direction(start),
        beyond=0 if start is None else min(int(ULID.from_str(start.id)), _MAX_ID),
        limit=query.limit,
        channel_id=None if query.channel_id is None else ChannelId(query.channel_id),
    )
    return build_page(rows, query, lambda row: _to_schema(row, _LIST_EXCERPT), _cursor_of)


async def show(uow: UnitOfWork, update_id: int) -> ParkedUpdateOut:
    """Show one parked update, with more of its text than in the list."""
    row = await queries.find_parked(uow.tx, update_id)
    if row is None:
        raise NotFound
    return _to_schema(row, _DETAIL_EXCERPT)


async def retry(uow: UnitOfWork, caller: Caller, update_id: int) -> None:
    """Handle a parked update again, before later updates of the same conversation."""
    await parked_updates.retry(uow, update_id, by=caller.actor)


async def drop(uow: UnitOfWork, caller: Caller, update_id: int) -> None:
    """Drop a parked update without handling it; the audit log records who did."""
    await parked_updates.drop(uow, update_id, by=caller.actor)


def _cursor_of(row: Inbox) -> Cursor:
    # Convert numbers to the form of the ids in the other lists.
    return Cursor(row.received_at, str(ULID.from_int(row.id or 0)))


def _to_schema(row: Inbox, most: int) -> ParkedUpdateOut:
    assert row.id is not None  # noqa: S101 it was read from the database
    return ParkedUpdateOut(
        id=row.id,
        channel_id=row.channel_id,
        provider_id=row.provider_id,
        error=redact_excerpt(row.error or "", most),
        attempts=row.attempts,
        received_at=row.received_at,
        parked_at=row.settled_at,
        payload=redact_excerpt(row.payload, most),
    )
