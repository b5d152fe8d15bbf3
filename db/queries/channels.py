"""Channels as they are kept."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import table_of
from db.ids import ChannelId
from db.tables import Channel, ChannelKind

channels = table_of(Channel)

# Until its provider tells what it is called there.
UNNAMED = "Telegram"


async def everyone(tx: AsyncSession) -> list[Channel]:
    """Read every channel, switched on or not, the oldest first."""
    return list((await tx.scalars(select(Channel).order_by(channels.c.id))).all())


async def switched_on(tx: AsyncSession, channel_ids: Collection[ChannelId]) -> set[ChannelId]:
    """Tell which of these channels are switched on."""
    wanted = select(channels.c.id).where(
        channels.c.id.in_(channel_ids), channels.c.is_active.is_(True)
    )
    return set(await tx.scalars(wanted))


async def keep_channel(
    tx: AsyncSession,
    kind: ChannelKind,
    external_id: str,
    *,
    credentials: str,
    staff_groups: Sequence[str],
) -> Channel:
    """Add a channel, or bring the one of this bot or number up to date.

    Without `staff_groups` it keeps those that it has. One that was switched off stays so.
    """
    found = await tx.scalars(
        select(Channel).where(channels.c.kind == kind, channels.c.external_id == external_id)
    )
    channel = found.first()
    if channel is None:
        channel = Channel(kind=kind, external_id=external_id, name=UNNAMED)
        tx.add(channel)
    channel.credentials = credentials
    channel.staff_groups = list(staff_groups) or channel.staff_groups
    await tx.flush()
    return channel


async def keep_title(
    tx: AsyncSession, channel_id: ChannelId, title: str, username: str | None
) -> str:
    """Keep what the provider calls a bot; returns the channel's name.

    That is the provider's, unless somebody gave the channel another one.
    """
    channel = (
        await tx.scalars(select(Channel).where(channels.c.id == channel_id).with_for_update())
    ).one()
    if channel.name in {UNNAMED, channel.settings.get("title")}:
        channel.name = title
    channel.settings = {**channel.settings, "title": title, "username": username}
    return channel.name
