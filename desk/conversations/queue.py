"""The queue of waiting sessions: the next one for an agent who asks for it."""

from db.queries.conversations import sessions as queries
from db.queries.conversations.threads import Thread
from desk.actors import AgentActor
from desk.conversations import sessions
from desk.conversations.notices import notify_topic
from desk.conversations.placing import has_desk
from desk.conversations.threads import find_thread
from desk.unit_of_work import UnitOfWork

# Waiting sessions that are looked at: others may take the first ones at the same time.
_MAX_TRIED = 20


async def take_next(
    uow: UnitOfWork, agent: AgentActor, *, in_telegram: bool = False
) -> Thread | None:
    """Give an agent the waiting session whose turn it is; return None if none waits.

    As with a claim, an agent may take more sessions than their capacity. Sessions of channels that
    the agent does not serve are left out, and those that Telegram could not show to the agent
    where `in_telegram` is set.
    """
    for waiting in await queries.list_waiting(uow.tx, most=_MAX_TRIED, for_agent=agent.agent_id):
        thread = await find_thread(uow, waiting.conversation_id)
        is_known = waiting.channel_id in uow.channels and thread is not None
        if not is_known or thread is None or thread.session_id != waiting.session_id:
            continue
        if in_telegram and not await has_desk(uow, thread.channel_id, agent):
            continue
        if thread.holder_id is None and await sessions.claim(uow, thread, agent):
            notify_topic(uow, thread, "topic.claimed", agent=agent.name)
            return thread
    return None
