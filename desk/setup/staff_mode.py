"""Change where a channel's sessions are answered: in a group, or in agents' own chats."""

from datetime import timedelta

from db.tables import Channel, StaffMode
from desk.conversations.placing import look_at_open_sessions
from desk.setup.errors import NotPossibleError
from desk.unit_of_work import UnitOfWork

# Each process reads changed channels every two seconds, so all have the new mode after this time.
_KNOWN_WITHIN = timedelta(seconds=5)


async def follow(uow: UnitOfWork, channel: Channel) -> None:
    """Have the channel's open sessions shown where its mode says; raise NotPossibleError."""
    if channel.staff_mode is StaffMode.PERSONAL and uow.channels.staff_bot is None:
        raise NotPossibleError(
            "there is no staff bot: set TELEGRAM_STAFF_BOT_TOKEN and restart the processes first"
        )
    if channel.is_staff_bot:
        raise NotPossibleError("the staff's own bot has no sessions")
    await look_at_open_sessions(uow, channel.id, uow.now + _KNOWN_WITHIN)
