"""What becomes of conversations of somebody who turns out to be staff."""

from db.queries.clients.contacts import list_conversations_of_account
from db.queues.payloads import DeletePayload
from desk.actors import AgentActor
from desk.content import Content
from desk.conversations import sessions
from desk.conversations.threads import find_thread
from desk.unit_of_work import UnitOfWork


async def leave_customers(uow: UnitOfWork, telegram_id: str, agent: AgentActor) -> None:
    """End the sessions that an agent has as a customer, and remove their topics.

    An agent who presses Start before `/link` is a customer until then.
    """
    for conversation_id in await list_conversations_of_account(uow.tx, telegram_id):
        thread = await find_thread(uow, conversation_id)
        if thread is None or thread.session_id is None:
            continue
        await sessions.end(uow, thread, agent, is_told=False, is_silent=True)
        # In the lane of the topic: what still waits to be shown there goes first.
        name = Content(text=uow.text_for_staff("card.agent", name=agent.name))
        uow.enqueue_for_staff(thread, DeletePayload(whole_topic=True, content=name))
