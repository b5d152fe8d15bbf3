"""Load what a turn needs: the session's row, the AI agent that serves it, its mode."""

from datetime import timedelta

from db.ids import SessionId
from db.queries.ai import sessions as queries
from db.queries.ai.configs import get_agent_ai_config, list_serving_ai_agents
from db.queries.conversations.threads import Thread
from db.tables import AiMode, AiSession
from desk.actors import ActorKind
from desk.ai.config import AiConfig, to_config
from desk.ai.turns.policy import Holder, Situation
from desk.unit_of_work import UnitOfWork


async def load_ai_session(uow: UnitOfWork, session_id: SessionId) -> AiSession:
    """Load the row of a session, or add it; its attributes may be changed."""
    found = await queries.find_ai_session(uow.tx, session_id)
    if found is not None:
        return found
    human = ActorKind.HUMAN.sender_type
    return await queries.add_ai_session(
        uow.tx,
        session_id,
        last_human_at=await queries.read_last_sent_at(uow.tx, session_id, human),
    )


async def load_agent(uow: UnitOfWork, thread: Thread, state: AiSession) -> AiConfig | None:
    """Load the AI agent of a session: its holder, the one it had, or one that is available.

    None: no AI agent is available on the channel.
    """
    if thread.is_held_by_ai and thread.holder_id is not None:
        row = await get_agent_ai_config(uow.tx, thread.holder_id)
        return None if row is None else to_config(row)
    if state.agent_id is not None:
        row = await get_agent_ai_config(uow.tx, state.agent_id)
        if row is not None and (known := to_config(row)).is_available(uow.now):
            return known
    rows = await list_serving_ai_agents(uow.tx, thread.channel_id)
    found = (to_config(row) for row in rows)
    return next((each for each in found if each.is_available(uow.now)), None)


def get_mode(state: AiSession, config: AiConfig) -> AiMode:
    """Return whether the agent answers or suggests in this session, or is silent."""
    return state.mode or config.mode


def build_situation(
    uow: UnitOfWork, thread: Thread, state: AiSession, config: AiConfig
) -> Situation:
    """Collect what decides about a customer's message."""
    channel = uow.channel_of(thread)
    holder = Holder.AI if thread.is_held_by_ai else Holder.HUMAN
    # What staff chose for the session counts more than an agent that is off.
    is_available = config.is_available(uow.now) or state.mode not in {None, AiMode.OFF}
    return Situation(
        takeover=channel.ai_takeover,
        wait=timedelta(minutes=channel.ai_takeover_minutes),
        mode=get_mode(state, config),
        is_available=is_available and config.is_online,
        holder=holder if thread.holder_id else Holder.NOBODY,
        handed_over_at=state.handed_over_at,
        last_human_at=state.last_human_at,
        unanswered_since=state.unanswered_since or uow.now,
    )
