"""Staff groups: choose one for a new conversation, and follow a group to its new id."""

from collections import Counter, deque

from sqlalchemy import select, update

from db.dialect import get_table
from db.queues import outbox
from db.tables import Channel, Conversation, Lane
from desk.channels import ServedChannel
from desk.lanes import chat_lane, group_limit_key
from desk.limits.clock import steady_now
from desk.limits.rate_limiter import RateLimiter
from desk.unit_of_work import UnitOfWork

# Calls that a new conversation needs at once in its group: topic, card, message.
_CALLS_PER_CONVERSATION = 3
_MEMORY_SECONDS = 60.0

channels = get_table(Channel)
conversations = get_table(Conversation)
lanes = get_table(Lane)


class GroupChooser:
    """Chooses the staff group with most calls left for a new conversation, which stays there."""

    def __init__(self, rate_limiter: RateLimiter) -> None:
        self._rate_limiter = rate_limiter
        self._chosen: deque[tuple[float, str]] = deque()

    def choose(self, channel: ServedChannel) -> str | None:
        """Choose one of the channel's groups; return None if it has none."""
        if len(channel.staff_groups) <= 1:
            return next(iter(channel.staff_groups), None)
        now = steady_now()
        while self._chosen and self._chosen[0][0] < now - _MEMORY_SECONDS:
            self._chosen.popleft()
        planned = Counter(group for _, group in self._chosen)

        def left(group: str) -> int:
            rate_limit_key = group_limit_key(channel.staff_channel_id, group)
            # Many conversations may begin at once: count their calls before they are made.
            return (
                self._rate_limiter.available(rate_limit_key, now, most=1_000_000)
                - _CALLS_PER_CONVERSATION * planned[group]
            )

        chosen = max(channel.staff_groups, key=left)
        self._chosen.append((now, chosen))
        return chosen


async def move_staff_group(uow: UnitOfWork, old: str, new: str) -> None:
    """Replace a staff group's id everywhere; topics are opened again in the new group.

    A group that becomes a supergroup gets a new id.
    """
    if old == new:
        return
    rows = await uow.tx.execute(
        select(channels.c.id, channels.c.moved_groups, channels.c.staff_groups)
    )
    for row in rows.all():
        if old in row.staff_groups:
            moved = {**row.moved_groups, old: new}
            await uow.tx.execute(
                update(channels).where(channels.c.id == row.id).values(moved_groups=moved)
            )
        moved_lanes = update(lanes).where(lanes.c.rate_limit_key == group_limit_key(row.id, old))
        await uow.tx.execute(moved_lanes.values(rate_limit_key=group_limit_key(row.id, new)))
        # Messages to the old group that belong to no conversation.
        await outbox.redirect_to_chat(uow.tx, chat_lane(row.id, old), new)
    await uow.tx.execute(
        update(conversations)
        .where(conversations.c.staff_chat == old)
        .values(staff_chat=new, staff_topic=None, staff_card=None)
    )
    uow.channels.move_group(old, new)
