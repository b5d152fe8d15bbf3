"""The projection that lets a channel's rules answer customers, in the transaction of the message.

A transaction with messages of customers asks once for the rules of their channels. Where there are
none, this is all that happens.
"""

from collections.abc import Sequence

from db.queries import auto_replies as queries
from desk.auto_replies.buttons import read_choice
from desk.auto_replies.firing import answer_message
from desk.conversations.threads import find_thread
from desk.events import Event, MessageAdded
from desk.unit_of_work import UnitOfWork

# Of a choice below a message: "12." at most.
_LONGEST_NUMBER = 4


class AutoReplies:
    """Answers what customers write, as the rules of their channels say."""

    name = "auto-replies"

    async def project(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        written = [
            event for event in events if isinstance(event, MessageAdded) and event.may_fire_rules
        ]
        if not written:
            return
        channels = {event.channel_id for event in written}
        rules = await queries.list_active_rules(uow.tx, sorted(channels))
        for event in written if rules else ():
            of_channel = [rule for rule in rules if rule.channel_id == event.channel_id]
            thread = await find_thread(uow, event.conversation_id) if of_channel else None
            if thread is not None:
                text = await _read_words(uow, event)
                await answer_message(uow, thread, of_channel, event.message_id, text)


async def _read_words(uow: UnitOfWork, event: MessageAdded) -> str:
    """Return what a customer wrote; the number of a choice stands for its words."""
    text = event.content.text or ""
    if len(text) > _LONGEST_NUMBER or not text.strip()[:1].isdecimal():
        return text
    above = await queries.read_attributes_above(uow.tx, event.conversation_id, event.message_id)
    return read_choice(text, above) or text
