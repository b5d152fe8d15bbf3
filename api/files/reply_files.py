"""Files that auto-reply rules and AI agents send: uploaded once, sent often."""

from aiohttp import web

from api.access.caller import Caller
from api.errors.problems import NotFound
from api.files.models import ReplyFileOut
from api.files.upload import choose_type
from api.files.upload_form import UploadReceiver
from api.routing.transactions import Transactions
from api.schemas.pagination import Cursor, Page, PageQuery, build_page
from db.ids import MessageId, ReplyFileId, new_id
from db.queries import reply_files as queries
from db.tables import ReplyFile
from desk.media.upload_store import UploadStore
from desk.setup import reply_files
from desk.unit_of_work import UnitOfWork


async def list_files(uow: UnitOfWork, query: PageQuery) -> Page[ReplyFileOut]:
    """List the files, the newest first."""
    rows = await queries.list_files(uow.tx, start=query.start, limit=query.limit)
    return build_page(rows, query, _to_schema, lambda row: Cursor(row.created_at, row.id))


async def show(uow: UnitOfWork, file_id: ReplyFileId) -> ReplyFileOut:
    """Show what is known of a file."""
    row = await queries.find_file(uow.tx, file_id)
    if row is None:
        raise NotFound
    return _to_schema(row)


async def upload(
    request: web.Request,
    transactions: Transactions,
    caller: Caller,
    upload_receiver: UploadReceiver,
    uploads: UploadStore,
) -> ReplyFileOut:
    """Upload a file; rules and AI agents name it by its id.

    The first bytes must match the declared type. A picture may have 10 MB, any other file 50 MB.
    """
    async with upload_receiver.receive(request, caller.user_id) as received:
        file_id, incoming = ReplyFileId(new_id()), received.incoming
        kind = choose_type(received)
        await uploads.save(incoming, MessageId(file_id))

        async def work(uow: UnitOfWork) -> ReplyFileOut:
            row = ReplyFile(
                id=file_id,
                message_type=kind.value,
                name=received.name,
                mime=received.mime,
                size=incoming.size,
                sha256=incoming.digest,
                created_at=uow.now,
            )
            await reply_files.add(uow, row, by=caller.actor)
            return _to_schema(row)

        return await transactions.run(work)


async def delete(uow: UnitOfWork, caller: Caller, file_id: ReplyFileId) -> None:
    """Delete a file that no rule and no AI agent sends; messages that had it lose it, too.

    The next cleanup of MEDIA_DIR removes its bytes.
    """
    await reply_files.delete(uow, file_id, by=caller.actor)


def _to_schema(row: ReplyFile) -> ReplyFileOut:
    return ReplyFileOut(**{name: getattr(row, name) for name in ReplyFileOut.model_fields})
