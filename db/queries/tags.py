"""Read and change the desk's tags, and those of sessions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, insert_or_ignore
from db.ids import SessionId, TagId, new_id
from db.name_keys import make_name_key
from db.tables import SessionTag, Tag

tags = get_table(Tag)
session_tags = get_table(SessionTag)


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag."""

    id: TagId
    name: str


@dataclass(frozen=True, slots=True)
class CountedTag:
    """A tag, and how many sessions have it."""

    id: TagId
    name: str
    sessions: int


_OF_SESSIONS = (
    select(session_tags.c.session_id, tags.c.id, tags.c.name)
    .join(tags, tags.c.id == session_tags.c.tag_id)
    .where(session_tags.c.session_id.in_(bindparam("ids", expanding=True)))
)
_COUNTED = (
    select(tags.c.id, tags.c.name, func.count(session_tags.c.session_id))
    .outerjoin(session_tags, session_tags.c.tag_id == tags.c.id)
    .group_by(tags.c.id, tags.c.name)
)


async def list_tags_of_sessions(
    tx: AsyncSession, ids: Collection[SessionId]
) -> Mapping[SessionId, Sequence[TagRow]]:
    """List the tags of each of these sessions that has any, by name."""
    found: dict[SessionId, list[TagRow]] = defaultdict(list)
    if ids:
        for row in await tx.execute(_OF_SESSIONS, {"ids": list(ids)}):
            found[row[0]].append(TagRow(row[1], row[2]))
    for listed in found.values():
        listed.sort(key=_get_order)
    return found


async def list_tags(tx: AsyncSession) -> list[CountedTag]:
    """List all tags of the desk by name, with the numbers of their sessions."""
    return sorted(map(_to_counted, await tx.execute(_COUNTED)), key=_get_order)


async def find_counted_tag(tx: AsyncSession, tag_id: TagId) -> CountedTag | None:
    """Find a tag with the number of its sessions."""
    row = (await tx.execute(_COUNTED.where(tags.c.id == tag_id))).first()
    return None if row is None else _to_counted(row)


async def read_tag_names(tx: AsyncSession, ids: Collection[TagId]) -> dict[str, str]:
    """Read the names of those of these tags that still exist."""
    if not ids:
        return {}
    wanted = select(tags.c.id, tags.c.name).where(tags.c.id.in_(ids))
    return {row[0]: row[1] for row in await tx.execute(wanted)}


async def count_tags(tx: AsyncSession) -> int:
    """Count the tags of the desk."""
    return await tx.scalar(select(func.count()).select_from(tags)) or 0


async def find_tags(tx: AsyncSession, names: Iterable[str]) -> dict[str, TagRow]:
    """Find the tags with these names, however they are written, by their name keys."""
    keys = [make_name_key(each) for each in names]
    if not keys:
        return {}
    wanted = select(tags.c.name_key, tags.c.id, tags.c.name).where(tags.c.name_key.in_(keys))
    return {row[0]: TagRow(row[1], row[2]) for row in await tx.execute(wanted)}


async def add_tags(tx: AsyncSession, names: Iterable[str], now: datetime) -> None:
    """Add tags; another transaction may have added the same ones."""
    times = {"created_at": now, "updated_at": now}
    rows = [
        {"id": new_id(), "name": each, "name_key": make_name_key(each), **times} for each in names
    ]
    if rows:
        await tx.execute(insert_or_ignore(tx, tags, ("name_key",)), rows)


async def add_session_tags(
    tx: AsyncSession, session_id: SessionId, tag_ids: Collection[TagId]
) -> None:
    """Give a session these tags."""
    rows = [{"session_id": session_id, "tag_id": each} for each in tag_ids]
    if rows:
        await tx.execute(insert_or_ignore(tx, session_tags, ("session_id", "tag_id")), rows)


async def remove_session_tags(
    tx: AsyncSession, session_id: SessionId, tag_ids: Collection[TagId]
) -> None:
    """Take these tags from a session."""
    if tag_ids:
        of_session = session_tags.c.session_id == session_id
        await tx.execute(
            delete(session_tags).where(of_session, session_tags.c.tag_id.in_(list(tag_ids)))
        )


async def rename_tag(tx: AsyncSession, tag_id: TagId, name: str) -> None:
    """Rename a tag."""
    named = {"name": name, "name_key": make_name_key(name)}
    await tx.execute(update(tags).where(tags.c.id == tag_id).values(named))


async def delete_tag(tx: AsyncSession, tag_id: TagId) -> None:
    """Delete a tag, and take it from every session."""
    await tx.execute(delete(session_tags).where(session_tags.c.tag_id == tag_id))
    await tx.execute(delete(tags).where(tags.c.id == tag_id))


def _to_counted(row: Row[Any]) -> CountedTag:
    return CountedTag(*tuple(row))


def _get_order(tag: TagRow | CountedTag) -> tuple[str, str]:
    return tag.name.casefold(), tag.name
