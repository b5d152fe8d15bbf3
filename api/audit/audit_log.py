"""The audit log: who did what, and when. Its entries never change."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from api.schemas.base import Line, ResponseModel, Timestamp, Ulid
from api.schemas.pagination import Cursor, Page, PageQuery, build_page
from db.ids import UserId
from db.queries import audit as queries
from db.tables import AuditEntry
from desk.unit_of_work import UnitOfWork

Action = Annotated[Line, Field(max_length=64, examples=["channel.changed"])]


class AuditEntryOut(ResponseModel):
    """One recorded action."""

    id: Ulid
    user_id: str | None = Field(description="null: the `osmodesk` command, or the program itself")
    actor: str = Field(description="name at the time of the action")
    action: str
    subject: str = Field(description="the object of the action: `channel:01J…`, `user:01J…`, an id")
    details: dict[str, Any] | None
    created_at: datetime


class AuditQuery(PageQuery):
    """Which audit entries to list."""

    user_id: Ulid | None = Field(default=None, description="only entries of this user")
    actor: Line | None = Field(
        default=None, description="only entries of this name, such as `console`"
    )
    action: Action | None = None
    subject: Line | None = None
    since: Timestamp | None = None
    until: Timestamp | None = Field(default=None, description="before this time")


async def list_entries(uow: UnitOfWork, query: AuditQuery) -> Page[AuditEntryOut]:
    """List audit entries, the newest first."""
    rows = await queries.list_entries(
        uow.tx,
        start=query.start,
        limit=query.limit,
        user_id=None if query.user_id is None else UserId(query.user_id),
        actor=query.actor,
        action=query.action,
        subject=query.subject,
        since=query.since,
        until=query.until,
    )
    return build_page(rows, query, _to_schema, lambda row: Cursor(row.created_at, row.id))


def _to_schema(row: AuditEntry) -> AuditEntryOut:
    return AuditEntryOut.model_validate(row)
