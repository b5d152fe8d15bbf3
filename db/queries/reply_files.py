"""Read and write the files of auto-reply rules and AI agents."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ReplyFileId
from db.queries.lists.keyset import PageStart, paginate
from db.tables import AgentAiConfig, AutoReplyRule, Broadcast, ReplyFile

files = get_table(ReplyFile)
rules = get_table(AutoReplyRule)
broadcasts = get_table(Broadcast)
configs = get_table(AgentAiConfig)


async def add_file(tx: AsyncSession, file: ReplyFile) -> None:
    """Add a file."""
    tx.add(file)
    await tx.flush()


async def find_file(tx: AsyncSession, file_id: ReplyFileId) -> ReplyFile | None:
    """Read a file."""
    return (await tx.scalars(select(ReplyFile).where(files.c.id == file_id))).first()


async def find_existing_files(tx: AsyncSession, ids: Collection[ReplyFileId]) -> set[ReplyFileId]:
    """Return those of these files that exist."""
    return set(await tx.scalars(select(files.c.id).where(files.c.id.in_(sorted(ids)))))


async def list_files(tx: AsyncSession, *, start: PageStart | None, limit: int) -> list[ReplyFile]:
    """Read a page of files and one more, newest first."""
    statement: Select[Any] = select(ReplyFile)
    paged = paginate(statement, files.c.created_at, files.c.id, start=start, limit=limit)
    return list((await tx.scalars(paged)).all())


async def is_used(tx: AsyncSession, file_id: ReplyFileId) -> bool:
    """Check whether a rule, a broadcast or an AI agent sends a file."""
    of_broadcasts = select(broadcasts.c.id).where(broadcasts.c.file_id == file_id).limit(1)
    if await tx.scalar(of_broadcasts) is not None:
        return True
    of_rules = select(rules.c.id).where(rules.c.reply_file_id == file_id).limit(1)
    if await tx.scalar(of_rules) is not None:
        return True
    pictures = await tx.scalars(select(configs.c.pictures))
    return any(each.get("file_id") == file_id for of_agent in pictures for each in of_agent)


async def delete_file(tx: AsyncSession, file_id: ReplyFileId) -> None:
    """Delete the row of a file."""
    await tx.execute(delete(files).where(files.c.id == file_id))
