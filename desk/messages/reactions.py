"""Keep the reactions to messages: the last one of each side."""

from db.ids import MessageId
from db.queries.messages import revisions
from db.queries.messages.message_rows import find_message
from db.tables import Side
from desk.events import MessageReacted
from desk.unit_of_work import UnitOfWork

# The key in a message's attributes; below it is one emoji of each `Side`.
REACTIONS = "reactions"


async def save_reaction(uow: UnitOfWork, message_id: MessageId, side: Side, emoji: str) -> None:
    """Save how a side reacted to a message; an empty `emoji` removes its reaction.

    The message's conversation is locked.
    """
    await uow.flush_messages()
    row = await find_message(uow.tx, message_id)
    if row is None:
        return
    attributes = dict(row.attributes or {})
    before = attributes.pop(REACTIONS, {})
    after = {name: each for name, each in before.items() if name != side}
    if emoji:
        after[side.value] = emoji
    if after == before:
        return
    if after:
        attributes[REACTIONS] = after
    await revisions.save_attributes(uow.tx, message_id, attributes or None)
    uow.events.add(MessageReacted(message_id))
