"""Channels: listed, changed, switched off and on."""

from typing import Any

from api.access.caller import Caller
from api.channels.models import ChannelChanges, ChannelOut, ChannelQuery
from api.channels.serializers import describe, read, shown
from api.routing.context import Transactions
from api.schemas.pagination import Cursor, Page, page_of
from db.ids import AgentId, ChannelId
from db.queries.channels import channels as queries
from db.tables import Channel
from desk.setup import channels, staff_channel
from desk.setup.channels import ChannelNews
from desk.setup.environment_channel import OwnChannel
from desk.setup.providers import Providers
from desk.setup.staff_groups import set_groups
from desk.unit_of_work import Desk
from desk.urls.public import PublicAddress


async def list_channels(
    desk: Desk, query: ChannelQuery, own: OwnChannel, providers: Providers, public: PublicAddress
) -> Page[ChannelOut]:
    """List channels, the newest first."""
    rows = await queries.list_channels(
        desk.tx,
        start=query.start,
        limit=query.limit,
        kind=query.kind,
        is_active=query.is_active,
    )
    agents = await queries.list_agents_by_channel(desk.tx, [row.id for row in rows])

    def show_row(row: Channel) -> ChannelOut:
        return describe(row, list(agents[row.id]), own, providers, public, desk.now)

    return page_of(rows, query, show_row, lambda row: Cursor(row.created_at, row.id))


async def show(
    desk: Desk,
    channel_id: ChannelId,
    own: OwnChannel,
    providers: Providers,
    public: PublicAddress,
) -> ChannelOut:
    """Show one channel."""
    return await shown(desk, await read(desk, channel_id), own, providers, public)


async def change(
    within: Transactions,
    caller: Caller,
    channel_id: ChannelId,
    body: ChannelChanges,
    own: OwnChannel,
    news: ChannelNews,
    providers: Providers,
    public: PublicAddress,
) -> ChannelOut:
    """Change a channel, or switch it off or on; every process does so in seconds.

    What waits for a channel that is switched off stays, in order, until it is on again.
    """

    async def work(desk: Desk) -> ChannelOut:
        row, by = await channels.locked(desk, channel_id), caller.agent
        channels.change(desk, row, _given(body), by=by)
        if body.window_warning_minutes is not None:
            channels.set_window_warning(desk, row, body.window_warning_minutes, by=by)
        if body.staff_channel_id is not None:
            wanted = ChannelId(body.staff_channel_id)
            await staff_channel.change(desk, row, wanted, by=by)
        if body.staff_groups is not None:
            own.keep_groups(row)
            await set_groups(desk, row, body.staff_groups, by=by)
        if body.agent_ids is not None:
            await channels.serve_with(desk, row, _agents(body.agent_ids), by=by)
        if body.is_active is not None:
            await channels.switch(desk, row, on=body.is_active, by=by)
        return await shown(desk, row, own, providers, public)

    changed = await within.run(work)
    news.tell()
    return changed


def _given(body: ChannelChanges) -> dict[str, Any]:
    given = {name: getattr(body, name) for name in channels.PLAIN & body.model_fields_set}
    if "language" in given:
        given["language"] = body.language or ""
    return {name: value for name, value in given.items() if value is not None}


def _agents(ids: list[str]) -> list[AgentId]:
    return [AgentId(each) for each in ids]
