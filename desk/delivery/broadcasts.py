"""What becomes of a broadcast's message when its turn comes: it goes, waits, or is not wanted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from db.database import Transaction
from db.ids import BroadcastId
from db.queries.broadcasts.broadcasts import read_states
from db.queries.conversations.threads import Thread
from db.queues.outbox import OutboxRow
from db.queues.payloads import AnswerPayload
from db.tables import BroadcastState, SkipReason
from desk.delivery.steps import was_being_sent

# When to look again at messages of a broadcast that is paused (its resumption wakes them), or is
# being changed at this moment.
_WHILE_PAUSED, _WHILE_CHANGED = timedelta(minutes=5), timedelta(milliseconds=100)


@dataclass(frozen=True, slots=True)
class DueBroadcasts:
    """The states of the broadcasts whose messages are due; they stay so until the claim ends."""

    states: Mapping[BroadcastId, BroadcastState] = field(default_factory=dict)

    @classmethod
    async def load(cls, tx: Transaction, rows: Iterable[Sequence[OutboxRow]]) -> "DueBroadcasts":
        """Load the broadcasts of the first rows of these lanes."""
        ids = {found for each in rows if each and (found := _find_broadcast(each[0])) is not None}
        return cls(await read_states(tx, ids) if ids else {})

    def find_delay(self, head: OutboxRow) -> timedelta | None:
        """Return how long a message waits before it is looked at again; None: it is due."""
        broadcast_id = _find_broadcast(head)
        if broadcast_id is None or was_being_sent(head):
            return None
        state = self.states.get(broadcast_id)
        if state is None:
            return _WHILE_CHANGED
        return _WHILE_PAUSED if state is BroadcastState.PAUSED else None

    def find_objection(self, head: OutboxRow, thread: Thread | None) -> SkipReason | None:
        """Return why a message must not go out any more; None: it may."""
        broadcast_id = _find_broadcast(head)
        if broadcast_id is None or thread is None:
            return None
        if self.states.get(broadcast_id) is BroadcastState.CANCELED:
            return SkipReason.CANCELED
        if thread.marketing_stopped_at is not None:
            return SkipReason.STOPPED
        return SkipReason.BLOCKED if thread.is_blocked else None


def _find_broadcast(row: OutboxRow) -> BroadcastId | None:
    return row.payload.broadcast if isinstance(row.payload, AnswerPayload) else None
