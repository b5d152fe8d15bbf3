"""The staff groups of channels, and the rate-limit keys of chats."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ChannelId
from db.tables import Channel, Lane

channels = get_table(Channel)
lanes = get_table(Lane)


@dataclass(frozen=True, slots=True)
class StaffGroups:
    """A channel's staff groups, under their present ids, and the bot that speaks there."""

    groups: tuple[str, ...]
    bot: ChannelId


async def read_staff_groups(tx: AsyncSession, channel_id: ChannelId) -> StaffGroups:
    """Read a channel's stored staff groups."""
    columns = (channels.c.staff_groups, channels.c.moved_groups, channels.c.staff_channel_id)
    row = (await tx.execute(select(*columns).where(channels.c.id == channel_id))).one()
    groups = tuple(row.moved_groups.get(group, group) for group in row.staff_groups)
    return StaffGroups(groups, row.staff_channel_id or channel_id)


async def change_rate_limit_key(tx: AsyncSession, old: str, new: str) -> None:
    """Replace one rate-limit key of lanes by another."""
    await tx.execute(update(lanes).where(lanes.c.rate_limit_key == old).values(rate_limit_key=new))
