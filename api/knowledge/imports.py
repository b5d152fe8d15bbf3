"""Import articles from a file, as a job."""

from aiohttp import web

from api.access.caller import Caller
from api.errors.problems import ContentTooLarge, ValidationFailed
from api.files.upload_form import UploadReceiver
from api.jobs.jobs import render_accepted, wait_for_job
from api.knowledge.models import ImportQuery
from api.routing.transactions import Transactions
from db.ids import JobId, MessageId, new_id
from desk.audit import add_entry
from desk.knowledge.import_job import ImportKnowledge
from desk.knowledge.importing.blocks import ImportRefusedError
from desk.knowledge.importing.files import check_size, find_format
from desk.knowledge.limits import MAX_TITLE
from desk.media.upload_store import UploadStore
from desk.unit_of_work import UnitOfWork


async def start_import(
    request: web.Request,
    transactions: Transactions,
    caller: Caller,
    query: ImportQuery,
    upload_receiver: UploadReceiver,
    uploads: UploadStore,
) -> web.Response:
    """Import a Markdown, HTML, PDF or CSV file; the response shows the job, with its progress.

    Headings of the first two levels begin articles; a CSV has one in each line, with the columns
    title and text, and language, tags, questions if wanted. A file with the same name replaces the
    articles of the earlier one.
    """
    async with upload_receiver.receive(request, caller.user_id) as received:
        name = (received.name or "")[-MAX_TITLE:]
        _check(name, received.incoming.size)
        upload = MessageId(new_id())
        await uploads.save(received.incoming, upload)

    async def enqueue(uow: UnitOfWork) -> JobId:
        add_entry(uow, caller.actor, "knowledge.imported", f"file:{name}"[:190], {"file": name})
        wanted = ImportKnowledge(upload, name, query.language, tuple(dict.fromkeys(query.tags)))
        return uow.jobs.enqueue(wanted)

    return render_accepted(await wait_for_job(transactions, await transactions.run(enqueue)))


def _check(name: str, size: int) -> None:
    try:
        find_format(name)
    except ImportRefusedError as error:
        raise ValidationFailed.field("file", str(error), "unknown_format") from None
    try:
        check_size(name, size)
    except ImportRefusedError as error:
        raise ContentTooLarge(str(error)) from None
