"""Show jobs, and wait a moment for one, so that a short one needs no second request."""

import asyncio
from functools import partial

from aiohttp import web

from api.errors.problems import NotFound
from api.jobs.models import JobOut
from api.routing.route import JSON, PREFIX
from api.routing.transactions import Transactions
from api.schemas.language import say
from db.ids import JobId
from db.queues import jobs
from db.queues.jobs import JobRow
from db.tables import JobState
from desk.unit_of_work import UnitOfWork

_WAIT_SECONDS = 2.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.1


async def show(uow: UnitOfWork, job_id: JobId) -> JobOut:
    """Show a job; it is kept for 7 days after it was done."""
    return _to_schema(await _find(uow, job_id))


async def wait_for_job(transactions: Transactions, job_id: JobId) -> JobRow:
    """Wait until a job has ended, for a short time; return its row as it is then."""
    deadline = asyncio.get_running_loop().time() + _WAIT_SECONDS
    pause = _FIRST_PAUSE
    while True:
        job = await transactions.run(partial(_find, job_id=job_id))
        ended = job.state in {JobState.DONE, JobState.FAILED}
        if ended or asyncio.get_running_loop().time() > deadline:
            return job
        await asyncio.sleep(pause)
        pause = min(_LONGEST_PAUSE, pause * 2)


def render_accepted(job: JobRow) -> web.Response:
    """Render a 202 that shows the job and where to look for it."""
    body = _to_schema(job).model_dump_json().encode()
    place = {"Location": f"{PREFIX}/jobs/{job.id}"}
    return web.Response(status=202, body=body, content_type=JSON, headers=place)


async def _find(uow: UnitOfWork, job_id: JobId) -> JobRow:
    job = await jobs.find_job(uow.tx, job_id)
    if job is None:
        raise NotFound
    return job


def _to_schema(job: JobRow) -> JobOut:
    return JobOut(
        id=job.id,
        kind=job.kind,
        state=job.state,
        attempts=job.attempts,
        error=job.error and say(job.error),
        result=None if job.result is None else dict(job.result),
        run_at=job.run_at,
        created_at=job.created_at,
        settled_at=job.settled_at,
    )
