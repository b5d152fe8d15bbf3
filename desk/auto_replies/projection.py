"""The projection that lets a channel's rules answer customers, in the transaction of the message.

A transaction with messages of customers asks once for the rules of their channels. Where there are
none, this is all that happens.
"""

from collections.abc import Sequence

from db.queries import auto_replies as queries
from desk.auto_replies.firing import answer_message
from desk.conversations.threads import find_thread
from desk.events import Event, MessageAdded
from desk.unit_of_work import UnitOfWork


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
                text = event.content.text or ""
                await answer_message(uow, thread, of_channel, event.message_id, text)
