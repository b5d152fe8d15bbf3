"""The job that sends a broadcast: a few messages at a time, so that other jobs get their turn."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from db.ids import BroadcastId
from db.tables import JobKind
from desk.broadcasts.sending import Progress, send_some
from desk.jobs.ports import RunningJob
from desk.jobs.retry_policy import JobPostponedError, RetryPolicy
from desk.transactions import RunsTransactions
from desk.unit_of_work import UnitOfWork

# While recipients are listed: others get a turn in between.
_LISTING_PAUSE = 0.02
# Between two handfuls of messages (desk/broadcasts/sending.py): together they are as many as the
# fastest channel may send. The job's place is free meanwhile.
_SENDING_PAUSE = 0.5
# A database that is away for an hour does not end a broadcast.
_RETRY_POLICY = RetryPolicy(max_attempts=100, longest_delay=60.0)


@dataclass(frozen=True, slots=True)
class SendBroadcast:
    """Send this broadcast; `run` tells starts and resumptions apart."""

    kind: ClassVar[JobKind] = JobKind.SEND_BROADCAST
    broadcast_id: BroadcastId
    run: int

    @property
    def dedup_key(self) -> str:
        return f"{self.kind}:{self.broadcast_id}:{self.run}"

    def to_json(self) -> dict[str, Any]:
        return {"broadcast": self.broadcast_id, "run": self.run}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "SendBroadcast":
        return cls(BroadcastId(data["broadcast"]), data["run"])


class BroadcastHandler:
    """Sends broadcasts. An attempt that begins again goes on where the last one stopped."""

    retry_policy = _RETRY_POLICY

    def __init__(self, transactions: RunsTransactions) -> None:
        self._transactions = transactions

    def parse(self, payload: Mapping[str, Any]) -> SendBroadcast:
        return SendBroadcast.from_json(payload)

    async def run(self, job: RunningJob, payload: SendBroadcast) -> None:
        """List the recipients, then send to some; raise JobPostponedError while there are more."""
        step = partial(self._step, job, payload)
        while (progress := await self._transactions.run(step)) is Progress.LISTING:
            await job.pause(_LISTING_PAUSE)
        if progress is Progress.SENDING:
            raise JobPostponedError(_SENDING_PAUSE)

    async def _step(self, job: RunningJob, payload: SendBroadcast, uow: UnitOfWork) -> Progress:
        await job.ensure_held(uow.tx)
        return await send_some(uow, payload.broadcast_id, payload.run)
