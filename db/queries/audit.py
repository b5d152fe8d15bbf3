"""Add entries to the audit log, and read it page by page."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import BindParameter, Select, bindparam, insert, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import UserId
from db.queries.lists.keyset import PageStart, paginate
from db.tables import (
    Agent,
    AuditEntry,
    AutoReplyRule,
    Broadcast,
    CannedReply,
    Channel,
    Client,
    Contact,
    Conversation,
    KnowledgeArticle,
    Session,
    Tag,
    User,
    Webhook,
)

entries = get_table(AuditEntry)
_NAMED = (User, Agent, Channel, Client, Tag, Webhook, AutoReplyRule, Broadcast)
_TITLED = (CannedReply, KnowledgeArticle)


class NewAuditEntry(TypedDict):
    """An entry that is not stored yet."""

    id: str
    user_id: UserId | None
    actor: str
    action: str
    subject: str
    details: dict[str, Any] | None
    created_at: datetime


async def add_entry(tx: AsyncSession, entry: NewAuditEntry) -> None:
    """Add an entry at once."""
    await tx.execute(insert(entries).values(entry))


def add_entry_on_flush(tx: AsyncSession, entry: NewAuditEntry) -> None:
    """Add an entry with the other objects of the session, when they are flushed."""
    tx.add(AuditEntry(**entry))


async def list_entries(
    tx: AsyncSession,
    *,
    start: PageStart | None,
    limit: int,
    user_id: UserId | None = None,
    actor: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[AuditEntry]:
    """Read a page of entries and one more, newest first; `until` itself is excluded."""
    exact = {
        entries.c.user_id: user_id,
        entries.c.actor: actor,
        entries.c.action: action,
        entries.c.subject: subject,
    }
    statement: Select[Any] = select(AuditEntry)
    for column, value in exact.items():
        if value is not None:
            statement = statement.where(column == value)
    if since is not None:
        statement = statement.where(entries.c.created_at >= since)
    if until is not None:
        statement = statement.where(entries.c.created_at < until)
    paged = paginate(statement, entries.c.created_at, entries.c.id, start=start, limit=limit)
    return list((await tx.scalars(paged)).all())


async def find_names(tx: AsyncSession, ids: Collection[str]) -> dict[str, str]:
    """Return what the rows with these ids are called, of whatever table; some have no name."""
    if not ids:
        return {}
    found = await tx.execute(_FIND_NAMES, {"ids": list(ids)})
    return {row.id: row.name for row in found}


def _build_find_names() -> Any:
    clients, contacts = get_table(Client), get_table(Contact)
    conversations, sessions = get_table(Conversation), get_table(Session)
    # No two rows share an id. Sessions and conversations are called as their customer.
    named = [
        *(select(table.c.id, table.c.name) for table in map(get_table, _NAMED)),
        *(select(table.c.id, table.c.title) for table in map(get_table, _TITLED)),
        select(sessions.c.id, clients.c.name).where(sessions.c.client_id == clients.c.id),
        select(conversations.c.id, clients.c.name).where(
            conversations.c.contact_id == contacts.c.id, contacts.c.client_id == clients.c.id
        ),
    ]
    wanted: BindParameter[Any] = bindparam("ids", expanding=True)
    parts = (each.where(each.selected_columns["id"].in_(wanted)) for each in named)
    return union_all(*parts)


_FIND_NAMES = _build_find_names()
