"""Read and change channels."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId, ChannelId
from db.queries.lists.keyset import PageStart, paginate
from db.tables import Agent, Channel, ChannelAgent, ChannelKind

channels = get_table(Channel)
channel_agents = get_table(ChannelAgent)
agents = get_table(Agent)

# The name until the provider says what the bot is called.
DEFAULT_NAME = "Telegram"


async def list_all(tx: AsyncSession) -> list[Channel]:
    """Read every channel, active or not, deleted ones too, oldest first."""
    return list((await tx.scalars(select(Channel).order_by(channels.c.id))).all())


async def list_opening_hours(tx: AsyncSession) -> dict[ChannelId, dict[str, Any] | None]:
    """List the opening hours of all channels, as they are stored."""
    rows = await tx.execute(select(channels.c.id, channels.c.opening_hours))
    return {row[0]: row[1] for row in rows}


async def find_active(tx: AsyncSession, channel_ids: Collection[ChannelId]) -> set[ChannelId]:
    """Return those of these channels that are active."""
    wanted = select(channels.c.id).where(
        channels.c.id.in_(channel_ids), channels.c.is_active.is_(True)
    )
    return set(await tx.scalars(wanted))


async def save_channel(
    tx: AsyncSession,
    kind: ChannelKind,
    external_id: str,
    *,
    credentials: str,
    staff_groups: Sequence[str],
) -> Channel:
    """Add a channel, or update the channel of this bot or number.

    Without `staff_groups` the channel keeps its own. An inactive channel stays inactive.
    """
    found = await tx.scalars(
        select(Channel).where(channels.c.kind == kind, channels.c.external_id == external_id)
    )
    channel = found.first()
    if channel is None:
        channel = Channel(kind=kind, external_id=external_id, name=DEFAULT_NAME)
        tx.add(channel)
    channel.credentials = credentials
    channel.staff_groups = list(staff_groups) or channel.staff_groups
    await tx.flush()
    return channel


class NotStaffBotError(Exception):
    """The bot of the staff is the bot of a channel that has customers; the text names it."""


async def save_staff_bot(
    tx: AsyncSession, kind: ChannelKind, external_id: str | None, *, credentials: str
) -> None:
    """Add or update the channel of the staff's own bot, and switch off any other one.

    Without `external_id` there is no staff bot. Raises NotStaffBotError if customers write to it.
    """
    other = and_(channels.c.is_staff_bot.is_(True), channels.c.external_id != (external_id or ""))
    await tx.execute(update(channels).where(other).values(is_active=False))
    if external_id is None:
        return
    channel = await find_by_external_id(tx, kind, external_id)
    if channel is None:
        channel = Channel(kind=kind, external_id=external_id, name=DEFAULT_NAME, is_staff_bot=True)
        tx.add(channel)
    elif not channel.is_staff_bot:
        raise NotStaffBotError(channel.name)
    channel.credentials, channel.is_active = credentials, True
    await tx.flush()


async def save_profile(
    tx: AsyncSession, channel_id: ChannelId, title: str, known: Mapping[str, Any]
) -> str:
    """Save the provider's name of a bot and what else is known of it; return the channel's name.

    The channel takes the provider's name, unless someone gave it another one.
    """
    channel = (
        await tx.scalars(select(Channel).where(channels.c.id == channel_id).with_for_update())
    ).one()
    if channel.name in {DEFAULT_NAME, channel.settings.get("title")}:
        channel.name = title
    channel.settings = {**channel.settings, "title": title, **known}
    return channel.name


async def find_channel(
    tx: AsyncSession, channel_id: ChannelId, *, lock: bool = False
) -> Channel | None:
    """Read a channel that is not deleted; with `lock`, hold its row until the commit."""
    wanted = select(Channel).where(channels.c.id == channel_id, channels.c.deleted_at.is_(None))
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return (await tx.scalars(wanted)).first()


async def find_by_external_id(
    tx: AsyncSession, kind: ChannelKind, external_id: str
) -> Channel | None:
    """Find the channel of a bot or number."""
    wanted = select(Channel).where(channels.c.kind == kind, channels.c.external_id == external_id)
    return (await tx.scalars(wanted)).first()


async def list_channels(
    tx: AsyncSession,
    *,
    start: PageStart | None,
    limit: int,
    kind: ChannelKind | None = None,
    is_active: bool | None = None,
) -> list[Channel]:
    """Read a page of channels and one more, newest first."""
    statement: Select[Any] = select(Channel).where(channels.c.deleted_at.is_(None))
    if kind is not None:
        statement = statement.where(channels.c.kind == kind)
    if is_active is not None:
        statement = statement.where(channels.c.is_active.is_(is_active))
    paged = paginate(statement, channels.c.created_at, channels.c.id, start=start, limit=limit)
    return list((await tx.scalars(paged)).all())


@dataclass(frozen=True, slots=True)
class ChannelGroups:
    """A channel's staff groups, and the new ids of those that moved."""

    channel_id: ChannelId
    staff_groups: list[str]
    moved_groups: dict[str, str]


async def list_staff_groups(tx: AsyncSession) -> list[ChannelGroups]:
    """List the staff groups of every channel."""
    columns = (channels.c.id, channels.c.staff_groups, channels.c.moved_groups)
    return [ChannelGroups(*row) for row in await tx.execute(select(*columns))]


async def set_moved_groups(
    tx: AsyncSession, channel_id: ChannelId, moved_groups: Mapping[str, str]
) -> None:
    """Save the new ids of a channel's groups that moved, by their old ids."""
    this = update(channels).where(channels.c.id == channel_id)
    await tx.execute(this.values(moved_groups=dict(moved_groups)))


async def list_agents_by_channel(
    tx: AsyncSession, channel_ids: Collection[ChannelId]
) -> dict[ChannelId, list[AgentId]]:
    """Return the agents that each of these channels names."""
    found: dict[ChannelId, list[AgentId]] = {each: [] for each in channel_ids}
    wanted = select(channel_agents).where(channel_agents.c.channel_id.in_(channel_ids))
    for row in await tx.execute(wanted.order_by(channel_agents.c.agent_id)):
        found[row.channel_id].append(row.agent_id)
    return found


async def find_existing_agents(tx: AsyncSession, agent_ids: Collection[AgentId]) -> set[AgentId]:
    """Return those of these agents that exist."""
    return set(await tx.scalars(select(agents.c.id).where(agents.c.id.in_(agent_ids))))


async def set_agents(
    tx: AsyncSession, channel_id: ChannelId, agent_ids: Collection[AgentId]
) -> None:
    """Make a channel name these agents, and no others."""
    await tx.execute(delete(channel_agents).where(channel_agents.c.channel_id == channel_id))
    rows = [{"channel_id": channel_id, "agent_id": each} for each in dict.fromkeys(agent_ids)]
    if rows:
        await tx.execute(insert(channel_agents), rows)
