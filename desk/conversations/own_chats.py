"""Agents' own chats with the staff bot: opened by /start, closed when the bot is blocked."""

from db.queries.accounts import agents
from db.queries.conversations import sessions, staff_places
from db.tables import OwnChatState
from desk.actors import SYSTEM, Actor, AgentActor
from desk.audit import add_entry
from desk.conversations.assignment import assign_waiting
from desk.conversations.boards import refresh_boards
from desk.conversations.holders import HandedOver, change_holder
from desk.conversations.placing import delete_topic, place_session
from desk.conversations.threads import find_thread
from desk.unit_of_work import UnitOfWork


async def open_own_chat(uow: UnitOfWork, agent: AgentActor) -> None:
    """Show an agent their sessions in their own chat from now on, and give them waiting ones."""
    await agents.set_own_chat(uow.tx, agent.agent_id, OwnChatState.OPEN)
    refresh_boards(uow)
    for held in await sessions.list_held_by(uow.tx, agent.agent_id):
        thread = await find_thread(uow, held.conversation_id)
        if thread is not None and thread.holder_id == agent.agent_id:
            await place_session(uow, thread)
            uow.refresh_card(thread)
    await assign_waiting(uow)


async def close_own_chat(uow: UnitOfWork, agent: AgentActor) -> None:
    """Stop using the chat of an agent who blocked the bot; their sessions go to the queue."""
    if await agents.set_own_chat(uow.tx, agent.agent_id, OwnChatState.BLOCKED):
        add_entry(uow, SYSTEM, "desk.blocked", agent.agent_id)
        refresh_boards(uow)
        await _release_sessions(uow, agent, "own_chat.reason_blocked")


async def _release_sessions(uow: UnitOfWork, agent: AgentActor, reason: str) -> None:
    """Give the sessions that an agent answers in their own chat back to the queue."""
    why = uow.text_for_staff(reason, agent=agent.name)
    for held in await sessions.list_held_by(uow.tx, agent.agent_id):
        thread = await find_thread(uow, held.conversation_id)
        if thread is None or thread.holder_id != agent.agent_id:
            continue
        if uow.channels.find_desk_bot(held.channel_id) is not None:
            await change_holder(uow, thread, None, HandedOver(why))
    await assign_waiting(uow)


async def forget_own_chat(uow: UnitOfWork, agent: AgentActor, *, by: Actor) -> None:
    """Delete the topics of an agent's own chat, because the account left or was disabled."""
    if await agents.forget_own_chat(uow.tx, agent.agent_id):
        add_entry(uow, by, "desk.closed", agent.agent_id)
        refresh_boards(uow)
        await _release_sessions(uow, agent, "own_chat.reason_unbound")
    for place in await staff_places.list_places_of_agent(uow.tx, agent.agent_id):
        delete_topic(uow, place)
        await staff_places.delete_place(uow.tx, place.conversation_id, place.id)
        thread = await find_thread(uow, place.conversation_id)
        if thread is not None:
            thread.places = tuple(each for each in thread.places if each.id != place.id)
