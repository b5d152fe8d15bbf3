"""Channels as they are kept."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import table_of
from db.ids import ChannelId
from db.tables import Channel, ChannelKind

channels = table_of(Channel)


async def active(tx: AsyncSession) -> list[Channel]:
    """Read every channel that is switched on, the oldest first."""
    wanted = select(Channel).where(channels.c.is_active.is_(True)).order_by(channels.c.id)
    return list((await tx.scalars(wanted)).all())


async def keep_channel(
    tx: AsyncSession,
    kind: ChannelKind,
    external_id: str,
    *,
    name: str,
    credentials: str,
    staff_groups: Sequence[str],
) -> Channel:
    """Add a channel, or bring the one of this bot or number up to date."""
    found = await tx.scalars(
        select(Channel).where(channels.c.kind == kind, channels.c.external_id == external_id)
    )
    channel = found.first()
    if channel is None:
        channel = Channel(kind=kind, external_id=external_id, name=name)
        tx.add(channel)
    channel.is_active = True
    channel.credentials = credentials
    channel.staff_groups = list(staff_groups)
    await tx.flush()
    return channel


async def name_channel(
    tx: AsyncSession, channel_id: ChannelId, name: str, settings: dict[str, Any]
) -> None:
    """Keep what the provider says of a channel: its name, the bot's username."""
    await tx.execute(
        update(channels).where(channels.c.id == channel_id).values(name=name, settings=settings)
    )
