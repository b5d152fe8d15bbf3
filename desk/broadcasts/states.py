"""Change the state of a broadcast, and tell listeners how far it is."""

from datetime import timedelta

from db.queries.broadcasts.broadcasts import count_recipients_of
from db.tables import Broadcast, BroadcastState
from desk.events import BroadcastChanged
from desk.unit_of_work import UnitOfWork

_REPORT_EVERY = timedelta(seconds=5)


async def set_state(uow: UnitOfWork, broadcast: Broadcast, state: BroadcastState) -> None:
    """Change the state of a broadcast whose row is locked."""
    broadcast.state = state
    if state is BroadcastState.RUNNING:
        broadcast.started_at = broadcast.started_at or uow.now
    if state in {BroadcastState.DONE, BroadcastState.CANCELED}:
        broadcast.ended_at = uow.now
    await report(uow, broadcast)


async def report_progress(uow: UnitOfWork, broadcast: Broadcast) -> None:
    """Report to listeners how far a broadcast is, every few seconds."""
    if uow.now - broadcast.updated_at >= _REPORT_EVERY:
        await report(uow, broadcast)


async def report(uow: UnitOfWork, broadcast: Broadcast) -> None:
    """Report to listeners that a broadcast has changed."""
    broadcast.updated_at = uow.now
    counts = await count_recipients_of(uow.tx, broadcast.id)
    uow.events.add(BroadcastChanged(broadcast.id, broadcast.state, counts))
