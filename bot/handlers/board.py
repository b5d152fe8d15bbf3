"""Handle the buttons of a queue board: an agent claims a session that waits."""

from aiogram.types import CallbackQuery

from db.ids import ConversationId
from desk.actors import AgentActor
from desk.channels import ServedChannel
from desk.conversations import sessions
from desk.conversations.placing import has_desk
from desk.conversations.threads import find_thread
from desk.delivery.boards import TAKE_VERB
from desk.unit_of_work import UnitOfWork

__all__ = ["TAKE_VERB", "build_start_hint", "on_take"]


async def on_take(
    query: CallbackQuery,
    uow: UnitOfWork,
    channel: ServedChannel,
    agent: AgentActor,
    conversation_id: ConversationId,
) -> tuple[str, bool]:
    """Claim a waiting session, which then opens in the agent's own chat."""
    thread = await find_thread(uow, conversation_id)
    chat = str(query.message.chat.id) if query.message else ""
    announced = {each.id for each in uow.channels.list_with_desks_in(channel.id, chat)}
    if thread is None or thread.channel_id not in announced or thread.session_id is None:
        return uow.text_for_staff("button.out_of_date"), True
    if thread.holder_id == agent.agent_id:
        return uow.text_for_staff("button.already_yours"), False
    if not await has_desk(uow, thread.channel_id, agent):
        return build_start_hint(uow), True
    if await sessions.claim(uow, thread, agent):
        return uow.text_for_staff("button.claimed"), False
    return uow.text_for_staff("button.taken", agent=thread.holder_name), True


def build_start_hint(uow: UnitOfWork) -> str:
    """Return the hint that an agent starts the staff bot first, to see sessions there."""
    bot = uow.channels.staff_bot
    name = bot.settings.get("username") if bot is not None else None
    return uow.text_for_staff("own_chat.start_first", bot=name or "?")
