"""Keep the queue boards of staff groups up to date, where agents have desks of their own."""

from collections.abc import Sequence

from desk.events import (
    AgentStatusChanged,
    Event,
    SessionAssigned,
    SessionEnded,
    SessionOpened,
    SessionReopened,
    SessionTransferred,
)
from desk.outbox_items import build_for_board
from desk.unit_of_work import UnitOfWork


class QueueBoards:
    """The projection that shows on the boards who waits, and who is there to answer."""

    name = "queue-boards"

    async def project(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        if any(map(_changes_queue, events)):
            refresh_boards(uow)


def _changes_queue(event: Event) -> bool:
    match event:
        case SessionAssigned() | AgentStatusChanged():
            return True
        case SessionOpened(agent_id=None) | SessionEnded(agent_id=None):
            return True
        case SessionReopened(agent_id=None) | SessionTransferred(to=None):
            return True
    return False


def refresh_boards(uow: UnitOfWork) -> None:
    """Update each board; all updates that wait are one, with the state when it is sent."""
    boards = {
        (channel.staff_channel_id, group)
        for channel in uow.channels
        if uow.channels.find_desk_bot(channel.id) is not None
        for group in channel.staff_groups
    }
    for bot, group in sorted(boards):
        uow.outbox_items.append(build_for_board(bot, group, uow.now))
