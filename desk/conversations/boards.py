"""Keep the boards up to date: who waits, in groups; whom an agent writes to, in own chats."""

from collections.abc import Sequence

from db.ids import ChannelId
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

# What changes who waits, whom an AI agent answers, and how many sessions agents have.
_CHANGES = (
    AgentStatusChanged,
    SessionAssigned,
    SessionEnded,
    SessionOpened,
    SessionReopened,
    SessionTransferred,
)


class QueueBoards:
    """The projection that shows on the boards who waits, and who is there to answer."""

    name = "queue-boards"

    async def project(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        if any(isinstance(each, _CHANGES) for each in events):
            refresh_boards(uow)


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


def refresh_choice(uow: UnitOfWork, bot: ChannelId, chat: str) -> None:
    """Update the board of an own chat without topics: the sessions, and the one written to."""
    uow.outbox_items.append(build_for_board(bot, chat, uow.now, in_group=False))
