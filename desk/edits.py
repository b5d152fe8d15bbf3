"""An edit replaces a message's text and keeps the earlier one in its history."""

from sqlalchemy import select, update

from db.dialect import table_of
from db.ids import MessageId
from db.tables import Message
from desk.content import Content
from desk.desk import Desk

messages = table_of(Message)


async def keep_edit(desk: Desk, message_id: MessageId, content: Content) -> bool:
    """Keep a message's new text; False when nothing that we show has changed."""
    await desk.write_collected()  # the message may have been written in this very transaction
    rows = await desk.tx.execute(
        select(messages.c.message, messages.c.entities, messages.c.history).where(
            messages.c.id == message_id
        )
    )
    kept = rows.first()
    if kept is None or (kept.message, kept.entities) == (content.text, content.entities):
        return False
    earlier = {"message": kept.message, "entities": kept.entities, "until": desk.now.isoformat()}
    await desk.tx.execute(
        update(messages)
        .where(messages.c.id == message_id)
        .values(
            message=content.text,
            entities=content.entities,
            edited_at=desk.now,
            history=[*(kept.history or []), earlier],
        )
    )
    return True
