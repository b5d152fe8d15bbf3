"""Keep files that auto-reply rules and AI agents send."""

from db.ids import ReplyFileId
from db.queries import reply_files as queries
from db.tables import ReplyFile
from desk.actors import Actor
from desk.audit import add_entry
from desk.setup.errors import NotFoundError, NotPossibleError
from desk.unit_of_work import UnitOfWork


async def add(uow: UnitOfWork, file: ReplyFile, *, by: Actor) -> None:
    """Keep a file whose bytes are stored under its id."""
    await queries.add_file(uow.tx, file)
    add_entry(uow, by, "reply_file.added", _subject(file.id), {"name": file.name})


async def delete(uow: UnitOfWork, file_id: ReplyFileId, *, by: Actor) -> None:
    """Delete a file's row; raise NotFoundError, or NotPossibleError while somebody sends it."""
    file = await queries.find_file(uow.tx, file_id)
    if file is None:
        raise NotFoundError
    if await queries.is_used(uow.tx, file_id):
        raise NotPossibleError("an auto-reply rule, a broadcast or an AI agent sends this file")
    await queries.delete_file(uow.tx, file_id)
    add_entry(uow, by, "reply_file.deleted", _subject(file_id), {"name": file.name})


def _subject(file_id: ReplyFileId) -> str:
    return f"reply_file:{file_id}"
