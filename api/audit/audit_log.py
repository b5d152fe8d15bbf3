"""The audit log: who did what, and when. Its entries never change."""

import json
import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from api.schemas.base import Line, ResponseModel, Timestamp, Ulid
from api.schemas.pagination import Cursor, Page, PageQuery, build_page
from db.ids import UserId
from db.queries import audit as queries
from db.tables import AuditEntry
from desk.unit_of_work import UnitOfWork

_ULID = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b")
Action = Annotated[Line, Field(max_length=64, examples=["channel.changed"])]


class AuditEntryOut(ResponseModel):
    """One recorded action."""

    id: Ulid
    user_id: str | None = Field(description="null: the `osmodesk` command, or the program itself")
    actor: str = Field(description="name at the time of the action")
    action: str
    subject: str = Field(description="the object of the action: `channel:01J…`, `user:01J…`, an id")
    details: dict[str, Any] | None
    names: dict[str, str] = Field(
        description="what the ids in `subject` and `details` are called now, where they have a name"
    )
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
    ids = {row.id: _find_ids(row) for row in rows}
    names = await queries.find_names(uow.tx, set().union(*ids.values()))

    def to_schema(row: AuditEntry) -> AuditEntryOut:
        return AuditEntryOut(
            id=row.id,
            user_id=row.user_id,
            actor=row.actor,
            action=row.action,
            subject=row.subject,
            details=row.details,
            names={each: names[each] for each in ids[row.id] if each in names},
            created_at=row.created_at,
        )

    return build_page(rows, query, to_schema, lambda row: Cursor(row.created_at, row.id))


def _find_ids(row: AuditEntry) -> set[str]:
    return {*_ULID.findall(row.subject), *_ULID.findall(json.dumps(row.details))}
