"""Staff groups: choose one for a new conversation, and follow a group to its new id."""

from collections import Counter, deque
from dataclasses import dataclass, replace

from db.ids import ChannelId
from db.queries.channels import channels
from db.queries.conversations import staff_groups, staff_places
from db.queues import outbox
from desk.channels import ServedChannel
from desk.lanes import chat_lane, group_limit_key
from desk.limits.clock import steady_now
from desk.limits.rate_limiter import RateLimiter
from desk.unit_of_work import UnitOfWork

# Calls that a new conversation needs at once in its group: topic, card, message.
_CALLS_PER_CONVERSATION = 3
_MEMORY_SECONDS = 60.0


def list_staff_groups(uow: UnitOfWork) -> dict[str, ChannelId]:
    """List the staff groups, each with a bot that speaks there."""
    groups: dict[str, ChannelId] = {}
    for channel in sorted(uow.channels, key=lambda each: each.id):
        for group in channel.staff_groups:
            groups.setdefault(group, channel.staff_channel_id)
    return groups


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


@dataclass(frozen=True, slots=True)
class GroupOfBot:
    """A staff group, and the bot that speaks there."""

    chat: str
    bot: ChannelId


async def find_staff_group(uow: UnitOfWork, channel: ServedChannel) -> GroupOfBot | None:
    """Choose one of the stored groups, which this process may not have read yet.

    If this transaction wrote a row of the channel before, it cannot choose a group that is being
    removed, or a bot that is being replaced: that waits for the row's reference, or the row for it.
    """
    stored = await staff_groups.read_staff_groups(uow.tx, channel.id)
    chosen = uow.choose_group(replace(channel, staff_groups=stored.groups))
    return GroupOfBot(chosen, stored.bot) if chosen is not None else None


async def move_staff_group(uow: UnitOfWork, old: str, new: str) -> None:
    """Replace a staff group's id everywhere; topics are opened again in the new group.

    A group that becomes a supergroup gets a new id.
    """
    if old == new:
        return
    for each in await channels.list_staff_groups(uow.tx):
        channel_id = each.channel_id
        if old in each.staff_groups:
            moved = {**each.moved_groups, old: new}
            await channels.set_moved_groups(uow.tx, channel_id, moved)
        await staff_groups.change_rate_limit_key(
            uow.tx, group_limit_key(channel_id, old), group_limit_key(channel_id, new)
        )
        # Messages to the old group that belong to no conversation.
        await outbox.redirect_to_chat(uow.tx, chat_lane(channel_id, old), new)
    await staff_places.move_staff_group(uow.tx, old, new)
    uow.channels.move_group(old, new)
