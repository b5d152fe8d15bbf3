"""The job of a follow-up that a model writes: read, write with no transaction open, send."""

from typing import Protocol

from db.ids import ConversationId
from db.queries.conversations.threads import Thread
from desk.ai.turns import follow_ups
from desk.ai.turns.follow_ups import DueFollowUp
from desk.ai.turns.thought import Material
from desk.conversations.threads import find_thread
from desk.jobs.ports import RunningJob
from desk.transactions import RunsTransactions
from desk.unit_of_work import UnitOfWork


class WritesFollowUps(Protocol):
    """Writes follow-ups with a language model."""

    async def follow_up(self, material: Material) -> str:
        """Return a checked text; empty: there is none. Raises nothing."""


async def write_follow_up(
    transactions: RunsTransactions,
    writer: WritesFollowUps | None,
    job: RunningJob,
    conversation_id: ConversationId,
) -> None:
    """Write a follow-up and send it, unless somebody writes meanwhile."""

    async def find(uow: UnitOfWork) -> tuple[Thread, DueFollowUp] | None:
        await job.ensure_held(uow.tx)
        thread = await find_thread(uow, conversation_id)
        due = None if thread is None else await follow_ups.find_due(uow, thread)
        return None if thread is None or due is None else (thread, due)

    async def read(uow: UnitOfWork) -> Material | None:
        found = await find(uow)
        return None if found is None else await follow_ups.read_session(uow, *found)

    material = await transactions.run(read)
    if material is None:
        return
    text = "" if writer is None else await writer.follow_up(material)

    async def finish(uow: UnitOfWork) -> None:
        found = await find(uow)
        if found is None:
            return
        thread, due = found
        if text:
            await follow_ups.send(uow, thread, due, text)
        else:
            due.state.follow_up = None

    await transactions.run(finish)
