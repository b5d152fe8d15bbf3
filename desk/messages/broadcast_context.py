"""Show staff the last broadcast when its customer writes: what they write may answer it."""

from db.queries.broadcasts.recipients import set_unseen
from db.queries.conversations.threads import Thread
from db.queries.messages.message_rows import find_message
from db.tables import NOT_SENT, DeliveryState
from desk.content import Content
from desk.formatting.splitting import split_content
from desk.unit_of_work import UnitOfWork


async def show_unseen_broadcast(uow: UnitOfWork, thread: Thread) -> None:
    """Send the topic the last broadcast, once, if the customer got one that staff has not seen."""
    message_id = thread.unseen_broadcast_id
    if message_id is None:
        return
    row = await find_message(uow.tx, message_id)
    if row is not None and row.delivery_state is DeliveryState.PENDING:
        return  # they do not know it yet
    thread.unseen_broadcast_id = None
    await set_unseen(uow.tx, thread.conversation_id, None)
    if row is None or row.delivery_state in NOT_SENT:
        return
    title = uow.text_for_staff("topic.broadcast_sent", name=row.author_name, at=row.created_at)
    for part in split_content(Content(text=f"{title}\n{row.message or ''}")):
        uow.enqueue_staff_notice(thread, part)
