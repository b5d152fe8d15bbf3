"""Add staff groups to a channel, and remove them without losing their conversations."""

from collections.abc import Sequence

from db.ids import ChannelId
from db.queries.channels import channels
from db.queries.conversations import staff_groups, staff_places
from db.queues import outbox
from db.tables import Channel
from desk.actors import Actor
from desk.audit import add_entry
from desk.lanes import chat_lane, group_limit_key
from desk.setup.errors import NotFoundError, NotPossibleError
from desk.setup.staff_channel import can_have_groups, get_staff_channel_id
from desk.unit_of_work import UnitOfWork

# Each group costs a check of two calls; a limit of 20 calls a minute each is plenty.
MAX_GROUPS = 20


def get_groups(channel: Channel) -> list[str]:
    """List a channel's staff groups by their current ids."""
    return [channel.moved_groups.get(group, group) for group in channel.staff_groups]


def add_group(uow: UnitOfWork, channel: Channel, group: str, *, by: Actor) -> None:
    """Add a staff group to a channel; raise NotPossibleError."""
    if not can_have_groups(uow, channel):
        raise NotPossibleError(
            "no bot can serve the group: set the channel's staff_channel_id first"
        )
    groups = get_groups(channel)
    if moved := channel.moved_groups.get(group):
        raise NotPossibleError(f"this group became a supergroup: its new id is {moved}")
    if group in groups:
        raise NotPossibleError("this group already serves the channel")
    if len(groups) >= MAX_GROUPS:
        raise NotPossibleError(f"a channel can have at most {MAX_GROUPS} staff groups")
    channel.staff_groups = [*groups, group]
    add_entry(uow, by, "staff_group.added", f"channel:{channel.id}", {"group": group})


async def remove_group(uow: UnitOfWork, channel: Channel, group: str, *, by: Actor) -> None:
    """Remove a staff group from a channel; its conversations move to another group.

    Raises NotFoundError, and NotPossibleError if there is no other group for them.
    """
    left = [each for each in get_groups(channel) if each != group]
    if len(left) == len(channel.staff_groups):
        raise NotFoundError
    if left:
        await _move_conversations(uow, channel, group, left[0])
    elif await staff_places.has_conversation_in(uow.tx, channel.id, group):
        raise NotPossibleError(
            "this group has customers' conversations, and the channel has no other group for "
            "them: add one first"
        )
    channel.staff_groups = left
    channel.last_check = _drop_group_check(channel, group)
    details = {"group": group, "moved_to": left[0] if left else None}
    add_entry(uow, by, "staff_group.removed", f"channel:{channel.id}", details)


async def _move_conversations(uow: UnitOfWork, channel: Channel, old: str, new: str) -> None:
    server = get_staff_channel_id(channel)
    await staff_places.move_conversations(uow.tx, channel.id, old, new)
    if not await _is_free(uow, channel, server, old):
        # the bot still receives everything written there, and finds the topic's conversation
        return
    await staff_groups.change_rate_limit_key(
        uow.tx, group_limit_key(server, old), group_limit_key(server, new)
    )
    await outbox.redirect_to_chat(uow.tx, chat_lane(server, old), new)
    # People who go on writing in its topics should know that nobody receives it.
    uow.enqueue_for_chat(server, old, uow.text_for_staff("general.group_removed"), group=True)


async def _is_free(uow: UnitOfWork, channel: Channel, server: ChannelId, group: str) -> bool:
    """Check whether a bot serves a group for no other channel."""
    return not any(
        each.id != channel.id and get_staff_channel_id(each) == server and group in get_groups(each)
        for each in await channels.list_all(uow.tx)
    )


async def set_groups(
    uow: UnitOfWork, channel: Channel, groups: Sequence[str], *, by: Actor
) -> None:
    """Set the staff groups of a channel; raise NotPossibleError."""
    before = get_groups(channel)
    for group in dict.fromkeys(groups):
        if group not in before:
            add_group(uow, channel, group, by=by)
    for group in before:
        if group not in groups:
            await remove_group(uow, channel, group, by=by)


def _drop_group_check(channel: Channel, group: str) -> dict[str, object] | None:
    if channel.last_check is None:
        return None
    of_groups = channel.last_check.get("groups", {})
    return {**channel.last_check, "groups": {k: v for k, v in of_groups.items() if k != group}}
