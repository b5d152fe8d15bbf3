"""Delete all data of a client."""

from functools import partial

from aiohttp import web

from api.access.caller import Caller
from api.errors.problems import Conflict, NotFound
from api.jobs.jobs import render_accepted, wait_for_job
from api.routing.transactions import Transactions
from db.ids import ClientId
from db.tables import JobState
from desk.clients.erasure import MergedClientError
from desk.clients.erasure_job import request_erasure


async def erase_client(
    transactions: Transactions, caller: Caller, client_id: ClientId
) -> web.Response:
    """Delete a client and all their data: contacts, conversations, messages, files.

    Clients who were merged into them are deleted too, and so are their topics. Whoever writes from
    their address later is a new client. 204: everything is deleted. 202: the deletion is stored as
    a job and goes on until it is done; the response shows the job. Asking again returns the same.
    """
    try:
        job_id = await transactions.run(
            partial(request_erasure, client_id=client_id, by=caller.actor)
        )
    except MergedClientError as error:
        raise Conflict(str(error)) from None
    if job_id is None:
        raise NotFound
    job = await wait_for_job(transactions, job_id)
    match job.state:
        case JobState.DONE:
            return web.Response(status=204)
        case JobState.FAILED:
            raise Conflict(job.error)
    return render_accepted(job)
