"""Release the sessions of an AI agent that cannot answer any more: humans go on at once."""

from db.ids import AgentId
from db.queries.ai import turns
from db.queries.ai.configs import get_agent_ai_config
from db.queries.conversations import sessions
from db.queries.conversations.threads import Thread
from db.tables import AiAction, AiTurnState
from desk.ai.config import AiConfig, to_config
from desk.ai.turns import reasons
from desk.ai.turns.handover import hand_over
from desk.ai.turns.logs import log_without_thought
from desk.ai.turns.opening import settle_turn
from desk.ai.turns.state import load_ai_session
from desk.ai.turns.summaries import summarize_messages
from desk.conversations.holders import HandedOver, change_holder, reserve_agent
from desk.conversations.notices import notify_topic
from desk.conversations.threads import find_thread
from desk.unit_of_work import UnitOfWork


async def release_sessions(uow: UnitOfWork, agent_id: AgentId) -> None:
    """Give every session that an AI agent holds to a human or to the queue.

    Customers are told only where they wait for an answer. Does nothing for a human agent.
    """
    row = await get_agent_ai_config(uow.tx, agent_id)
    if row is None:
        return
    config = to_config(row)
    for held in await sessions.list_held_by(uow.tx, agent_id):
        thread = await find_thread(uow, held.conversation_id)
        if thread is not None and thread.channel_id in uow.channels:
            await release_session(uow, thread, config)


async def release_session(uow: UnitOfWork, thread: Thread, config: AiConfig) -> None:
    """Give a session to a human or to the queue, if this AI agent holds it."""
    if thread.session_id is None or thread.holder_id != config.agent_id:
        return
    state = await load_ai_session(uow, thread.session_id)
    why = reasons.UNAVAILABLE.say(uow)
    turn = await turns.find_open_turn(uow.tx, thread.session_id)
    if turn is not None:
        ended = {"state": AiTurnState.DONE, "action": AiAction.HANDOVER, "reason": why}
        if await settle_turn(uow, turn, **ended):
            await log_without_thought(uow, turn, AiAction.HANDOVER, why)
    if turn is not None or state.unanswered_since is not None:
        summary = await summarize_messages(uow, thread.session_id, config.name)
        await hand_over(uow, thread, config, state, reasons.UNAVAILABLE, summary=summary)
        return
    heir = await reserve_agent(uow, thread.channel_id)
    if await change_holder(uow, thread, heir, HandedOver(why), by=config.actor):
        notify_topic(uow, thread, "ai.hands_over", agent=config.name, reason=why)
