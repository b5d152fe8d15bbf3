"""Judge what AI agents answered."""

from api.access.caller import Caller
from api.errors.problems import Conflict, NotFound
from api.messages.lookup import find_visible_message
from db.ids import MessageId
from desk.ai import gate
from desk.unit_of_work import UnitOfWork


async def judge_wrong(uow: UnitOfWork, caller: Caller, message_id: MessageId) -> None:
    """Count an AI agent's answer as wrong, as the button 👎 does; the first reason stays."""
    if await find_visible_message(uow, caller, message_id) is None:
        raise NotFound
    if not await gate.mark_wrong(uow, message_id, caller.actor):
        raise Conflict("this message is no answer of an AI agent")
