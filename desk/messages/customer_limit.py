"""The customer limit: what somebody writes beyond it is stored, and shown to staff summed up.

The operator sets how many messages of one customer are shown in a minute (CUSTOMER_LIMIT). The
customer is told once in a session. At the end of each minute, the topic says how many more came.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from db.ids import MessageId
from db.queries.conversations.threads import Thread
from db.queries.messages import message_rows
from db.queries.messages.message_rows import MessageRow
from db.queries.messages.recent_messages import count_written, list_attributes
from desk.causes import Cause
from desk.content import Content
from desk.conversations.notices import notify_topic
from desk.messages.effects import find_effects
from desk.receiving.timers import Timer, set_timer
from desk.unit_of_work import UnitOfWork

# In a message's attributes: it came over the limit, and is not shown in the topic.
OVER_LIMIT = {"over_limit": True}
_MINUTE = timedelta(minutes=1)
# What was written in a minute is stored this long after it at the latest.
_GRACE = timedelta(seconds=5)


async def check_limit(uow: UnitOfWork, thread: Thread, cause: Cause) -> bool:
    """Count a message that is about to be saved; return True if it is over the limit."""
    if uow.customer_limit is None or not find_effects(uow, thread, cause).is_limited:
        return False
    counts = uow.recent_messages
    if thread.conversation_id not in counts:
        ids = {each.conversation_id for each in (*uow.threads.values(), thread)} - counts.keys()
        counts.update(dict.fromkeys(ids, 0))
        counts.update(await count_written(uow.tx, ids, uow.now - _MINUTE))
    counts[thread.conversation_id] += 1
    return is_over_customer_limit(uow, thread)


def is_over_customer_limit(uow: UnitOfWork, thread: Thread) -> bool:
    """Check whether the message that was counted last is over the limit."""
    limit = uow.customer_limit
    return limit is not None and uow.recent_messages.get(thread.conversation_id, 0) > limit


def mark_over_limit(content: Content) -> Content:
    """Return a message's content marked as not shown."""
    return replace(content, attributes={**(content.attributes or {}), **OVER_LIMIT})


def is_over_limit(attributes: Mapping[str, Any] | None) -> bool:
    """Check whether a message with these attributes is not shown."""
    return attributes is not None and attributes.items() >= OVER_LIMIT.items()


def keep_mark(kept: MessageRow, content: Content) -> Content:
    """Return a message's new content, marked as not shown if the stored one is."""
    return mark_over_limit(content) if is_over_limit(kept.attributes) else content


async def is_message_hidden(uow: UnitOfWork, message_id: MessageId) -> bool:
    """Check whether a message was over the limit, so that staff has no copy of it."""
    await uow.flush_messages()
    row = await message_rows.find_message(uow.tx, message_id)
    return row is not None and is_over_limit(row.attributes)


async def hold_back(uow: UnitOfWork, thread: Thread) -> None:
    """Notify the customer, once in a session, and staff at the end of the minute."""
    dedup_key = f"too-many:{thread.session_id}"
    uow.notify_customer(thread, "customer.too_many", dedup_key=dedup_key)
    await set_timer(uow, thread, Timer.LIMIT, _end_of_minute(uow.now) + _GRACE)


async def handle_limit_timer(uow: UnitOfWork, thread: Thread) -> None:
    """Notify staff how many messages of the last minute are not shown."""
    end = _end_of_minute(uow.came_at or uow.now) - _MINUTE
    found = await list_attributes(uow.tx, thread.conversation_id, end - _MINUTE, end)
    if many := sum(map(is_over_limit, found)):
        notify_topic(uow, thread, "topic.more_messages", many=many)


def _end_of_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0) + _MINUTE
