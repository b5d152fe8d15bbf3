"""The job that erases a client: requested once, it goes on until nothing is left."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from db.ids import AgentId, ClientId, JobId, UserId
from db.queries.clients import merging
from db.queues import jobs
from db.tables import JobKind, JobState, Role
from desk.actors import Actor, human_agent
from desk.clients.erasure import (
    ConcurrentChangeError,
    ErasureStep,
    MergedClientError,
    RemoveFile,
    erase_step,
)
from desk.jobs.ports import RunningJob
from desk.jobs.retry_policy import JobPostponedError, JobRefusedError, RetryPolicy
from desk.transactions import RunsTransactions
from desk.unit_of_work import UnitOfWork

# Sending takes a moment, or waits for the provider without holding a lock.
_MAX_BUSY_TRIES = 50
_BUSY_PAUSE = 0.1
_BUSY_DELAY = 2.0
# Give other transactions a turn between two steps.
_STEP_PAUSE = 0.01
# People have a right to this: it is tried for hours before an operator has to look at it.
_RETRY_POLICY = RetryPolicy(max_attempts=50, longest_delay=600.0)


@dataclass(frozen=True, slots=True)
class EraseClient:
    """Erase this client, as `by` asked."""

    kind: ClassVar[JobKind] = JobKind.ERASE_CLIENT
    client_id: ClientId
    by: Actor

    @property
    def dedup_key(self) -> str:
        return f"{self.kind}:{self.client_id}"

    def to_json(self) -> dict[str, Any]:
        by = {"user": self.by.user_id, "agent": self.by.agent_id, "name": self.by.name}
        return {"client": self.client_id, "by": {**by, "role": self.by.role}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "EraseClient":
        by = data["by"]
        who = human_agent(by["name"], AgentId(by["agent"]), UserId(by["user"]), Role(by["role"]))
        return cls(ClientId(data["client"]), who)


async def request_erasure(uow: UnitOfWork, client_id: ClientId, *, by: Actor) -> JobId | None:
    """Enqueue the erasure of a client, and return its job; None: there is no such client.

    Asking again returns the same job, as long as it is open. Raises MergedClientError.
    """
    # Locked, so that two requests do not both write a job.
    found = (await merging.lock_clients(uow.tx, [client_id])).get(client_id)
    wanted = EraseClient(client_id, by)
    earlier = await jobs.find_unfinished(uow.tx, wanted.dedup_key)
    if found is None:
        # The last step may be committed, and the end of its job not yet.
        return None if earlier is None else earlier.id
    if found.merged_into_id is not None:
        raise MergedClientError
    if earlier is None:
        return uow.jobs.enqueue(wanted)
    if earlier.state is JobState.FAILED:
        uow.jobs.enqueue(wanted)  # starts the failed job again
    return earlier.id


class ErasureHandler:
    """Erases clients step by step; a job that begins again continues where it stopped."""

    retry_policy = _RETRY_POLICY

    def __init__(
        self,
        transactions: RunsTransactions,
        forget: RemoveFile,
        truncate_log: Callable[[], Awaitable[None]],
    ) -> None:
        """`truncate_log` empties the database's own log, in which deleted rows are readable."""
        self._transactions = transactions
        self._forget = forget
        self._truncate_log = truncate_log

    def parse(self, payload: Mapping[str, Any]) -> EraseClient:
        return EraseClient.from_json(payload)

    async def run(self, job: RunningJob, payload: EraseClient) -> None:
        """Erase a client; raise JobRefusedError if the client was merged meanwhile."""
        busy = 0
        while True:
            match await self._try_step(job, payload):
                case ErasureStep.DONE | ErasureStep.UNKNOWN:
                    await self._truncate_log()
                    return
                case ErasureStep.MORE:
                    await job.pause(_STEP_PAUSE)
                case ErasureStep.BUSY if busy == _MAX_BUSY_TRIES:
                    raise JobPostponedError(_BUSY_DELAY)
                case ErasureStep.BUSY:
                    busy += 1
                    await job.pause(_BUSY_PAUSE)

    async def _try_step(self, job: RunningJob, payload: EraseClient) -> ErasureStep:
        async def step(uow: UnitOfWork) -> ErasureStep:
            await job.ensure_held(uow.tx)
            return await erase_step(uow, payload.client_id, self._forget, by=payload.by)

        try:
            return await self._transactions.run(step)
        except ConcurrentChangeError:
            return ErasureStep.BUSY
        except MergedClientError as error:
            raise JobRefusedError(str(error)) from None
