"""Find messages that the caller may see."""

from api.access.caller import Caller
from api.access.permissions import can_see
from api.errors.problems import NotFound
from api.messages.models import MessageOut
from db.ids import MessageId
from db.queries.conversations.location import find_message_location
from db.queries.messages.message_rows import MessageRow, find_message
from desk.unit_of_work import UnitOfWork


async def show(uow: UnitOfWork, caller: Caller, message_id: MessageId) -> MessageOut:
    """Show one message, as events and lists do."""
    row = await find_visible_message(uow, caller, message_id)
    if row is None:
        raise NotFound
    return MessageOut.from_row(row)


async def find_visible_message(
    uow: UnitOfWork, caller: Caller, message_id: MessageId
) -> MessageRow | None:
    """Find a message; None if it does not exist or its session is hidden from the caller."""
    place = await find_message_location(uow.tx, message_id)
    if place is None or not can_see(caller, holder=place.human_holder, is_open=place.is_open):
        return None
    return await find_message(uow.tx, message_id)
