"""A broadcast under way: it is scheduled before the desk starts, for the middle of a run."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import BroadcastId, new_id
from db.queues import jobs
from db.queues.jobs import NewJob
from db.tables import Broadcast, BroadcastState
from db.tables.base import now_utc
from db.url import parse_database_url
from desk.broadcasts.job import SendBroadcast

TEXT = "News for everybody."
# How long a desk needs to start.
_STARTS_WITHIN = timedelta(seconds=5)


async def plan_broadcast(url: str, seconds: float) -> None:
    """Schedule a broadcast for the middle of a run, before a desk starts."""
    starts_at = now_utc() + _STARTS_WITHIN + timedelta(seconds=seconds / 2)
    broadcast_id = BroadcastId(new_id())
    job = SendBroadcast(broadcast_id, run=1)

    async def add(tx: AsyncSession) -> None:
        tx.add(
            Broadcast(
                id=broadcast_id,
                name="News",
                state=BroadcastState.SCHEDULED,
                text=TEXT,
                author_name="chaos",
                run=job.run,
                starts_at=starts_at,
            )
        )
        await jobs.put(tx, [NewJob(job.kind, job.to_json(), job.dedup_key, starts_at)], now_utc())

    database = Database(parse_database_url(url))
    try:
        await database.run(add)
    finally:
        await database.close()
