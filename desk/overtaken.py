"""Edits that overtook what they change: a provider may tell of them before the message itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from db.dialect import table_of
from db.ids import MessageId
from db.queries.conversations.threads import Thread
from db.tables import Message, Side
from desk.channels import ServedChannel
from desk.content import Content, Said
from desk.conversations.threads import message_answered, message_meant
from desk.unit_of_work import Desk

messages = table_of(Message)
# In a message's history, in place of what it said first, as long as that is not known.
MISSING = "missing"


async def note_early_edit(desk: Desk, message_id: MessageId, at: datetime | None) -> None:
    """Note that a message was written from its edit of `at`: what it said first is not known."""
    await desk.write_collected()
    earliest = {**_earlier(Content(), (at or desk.now).isoformat()), MISSING: True}
    change = {"edited_at": desk.now, "history": [earliest]}
    await desk.tx.execute(update(messages).where(messages.c.id == message_id).values(change))


async def was_overtaken(desk: Desk, channel: ServedChannel, thread: Thread, said: Said) -> bool:
    """Keep what comes after its own edit as the earliest text of it; False: nothing overtook it."""
    if not channel.traits.overtakes:
        return False
    message_id = await message_answered(desk, channel.id, said.chat, said.provider_id)
    if message_id is None:
        return False
    await desk.write_collected()
    this = messages.c.id == message_id
    history = await desk.tx.scalar(select(messages.c.history).where(this))
    if not history or not history[0].get(MISSING):
        return False
    reply_to = await message_meant(desk, thread, Side.CUSTOMER, said.chat, said.reply_to)
    earliest = _earlier(said.content, history[0]["until"])
    change = {"history": [earliest, *history[1:]], "reply_to_id": reply_to}
    await desk.tx.execute(update(messages).where(this).values(change))
    desk.events.message_edited(message_id)
    return True


def _earlier(content: Content, until: str) -> dict[str, Any]:
    return {
        "message": content.text,
        "entities": content.entities,
        "file": content.file,
        "until": until,
    }
