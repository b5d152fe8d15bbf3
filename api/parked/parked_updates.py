"""Updates that could not be handled: seen, tried again, dropped."""

from datetime import datetime

from pydantic import Field
from ulid import ULID

from api.access.caller import Caller
from api.errors.problems import NotFound
from api.schemas.base import Reply, Ulid
from api.schemas.pagination import Cursor, Page, PageQuery, page_of
from db.ids import ChannelId
from db.queries import parked as queries
from db.queries.lists.keyset import get_direction
from db.tables import Inbox
from desk.setup import parked_updates
from desk.setup.parked_updates import redact_excerpt
from desk.unit_of_work import UnitOfWork

# Characters of an update and of an error that a list shows, and that one update alone does.
_LISTED = 300
_SHOWN = 4_000
_LARGEST = 2**63 - 1


class ParkedOut(Reply):
    """An update that was set aside; what came after it did not wait."""

    id: int
    channel_id: Ulid
    provider_id: str = Field(description="the provider's id of the update")
    error: str = Field(description="why it could not be handled; its beginning")
    attempts: int
    received_at: datetime
    parked_at: datetime | None
    payload: str = Field(description="the update's beginning; what looks like a secret is hidden")


class ParkedQuery(PageQuery):
    """Which parked updates."""

    channel_id: Ulid | None = None


async def list_parked(uow: UnitOfWork, query: ParkedQuery) -> Page[ParkedOut]:
    """List parked updates, the newest first."""
    start = query.start
    rows = await queries.list_parked(
        uow.tx,
        way=get_direction(start),
        beyond=0 if start is None else min(int(ULID.from_str(start.id)), _LARGEST),
        limit=query.limit,
        channel_id=None if query.channel_id is None else ChannelId(query.channel_id),
    )
    return page_of(rows, query, lambda row: _shown(row, _LISTED), _key)


async def show(uow: UnitOfWork, update_id: int) -> ParkedOut:
    """Show one parked update, and more of it than a list does."""
    row = await queries.find_parked(uow.tx, update_id)
    if row is None:
        raise NotFound
    return _shown(row, _SHOWN)


async def retry(uow: UnitOfWork, caller: Caller, update_id: int) -> None:
    """Have a parked update handled again, before what came later in the same conversation."""
    await parked_updates.retry(uow, update_id, by=caller.agent)


async def drop(uow: UnitOfWork, caller: Caller, update_id: int) -> None:
    """Settle a parked update without handling it; the audit log says who did."""
    await parked_updates.drop(uow, update_id, by=caller.agent)


def _key(row: Inbox) -> Cursor:
    # Numbers in the form of the other lists' ids.
    return Cursor(row.received_at, str(ULID.from_int(row.id or 0)))


def _shown(row: Inbox, most: int) -> ParkedOut:
    assert row.id is not None  # noqa: S101 it was read from the database
    return ParkedOut(
        id=row.id,
        channel_id=row.channel_id,
        provider_id=row.provider_id,
        error=redact_excerpt(row.error or "", most),
        attempts=row.attempts,
        received_at=row.received_at,
        parked_at=row.settled_at,
        payload=redact_excerpt(row.payload, most),
    )
