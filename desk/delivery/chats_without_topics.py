"""What follows when a chat of staff has no topics: its conversations go on in the chat itself."""

from db.queries.accounts.agents import set_own_chat
from db.queries.conversations import staff_places
from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.tables import OwnChatState
from desk.conversations.boards import refresh_choice
from desk.conversations.placing import reload_places
from desk.conversations.threads import find_thread
from desk.delivery.work import Outcome
from desk.unit_of_work import UnitOfWork


async def leave_topics(uow: UnitOfWork, outcome: Outcome) -> None:
    """Show the conversation of a step in the chat itself, because the chat has no topics.

    A new session of the conversation tries a topic again.
    """
    step = outcome.work.step
    thread = await find_thread(uow, step.conversation_id) if step.conversation_id else None
    place = thread.find_place(step.place_id) if thread else None
    if thread is None or place is None or not place.in_topic:
        return
    await staff_places.show_without_topic(uow.tx, place.id)
    await reload_places(uow, thread)
    if place.agent_id is not None:
        await _tell_agent(uow, thread, place)


async def _tell_agent(uow: UnitOfWork, thread: Thread, place: Place) -> None:
    """Notify the agent once how topics are switched on, and show the board of their sessions."""
    refresh_choice(uow, place.channel_id, place.chat)
    if place.agent_id is None or thread.holder_id != place.agent_id:
        return
    if await set_own_chat(uow.tx, place.agent_id, OwnChatState.NO_TOPICS):
        text = uow.text_for_staff("own_chat.no_topics")
        uow.enqueue_for_chat(place.channel_id, place.chat, text)
