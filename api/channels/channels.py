"""Channels: listed, made, changed, switched off and on."""

from typing import Any

from api.caller import Caller
from api.channels.models import (
    ChannelChanges,
    ChannelOut,
    ChannelQuery,
    NewChannel,
    TelegramCredentials,
)
from api.channels.shown import describe, read, shown
from api.office import Transactions
from api.paging import Cursor, Page, page_of
from db.ids import AgentId, ChannelId
from db.queries import channels as queries
from db.tables import Channel, ChannelKind
from desk.accounts.sealed import Seal
from desk.desk import Desk
from desk.setup import channels, checks
from desk.setup.news import ChannelNews
from desk.setup.own_channel import OwnChannel
from desk.setup.providers import Providers
from desk.setup.staff_groups import add_group, set_groups


async def list_channels(desk: Desk, query: ChannelQuery, own: OwnChannel) -> Page[ChannelOut]:
    """List channels, the newest first."""
    rows = await queries.list_channels(
        desk.tx,
        start=query.start,
        limit=query.limit,
        kind=query.kind,
        is_active=query.is_active,
    )
    agents = await queries.agents_of(desk.tx, [row.id for row in rows])

    def show_row(row: Channel) -> ChannelOut:
        return describe(row, list(agents[row.id]), own, desk.now)

    return page_of(rows, query, show_row, lambda row: Cursor(row.created_at, row.id))


async def show(desk: Desk, channel_id: ChannelId, own: OwnChannel) -> ChannelOut:
    """Show one channel."""
    return await shown(desk, await read(desk, channel_id), own)


async def create(
    within: Transactions,
    caller: Caller,
    body: NewChannel,
    providers: Providers,
    seal: Seal,
    news: ChannelNews,
    own: OwnChannel,
) -> ChannelOut:
    """Make a channel of a bot whose token its provider takes; every process serves it in seconds.

    The groups are asked about, and added whatever comes of it.
    """
    kind, credentials = ChannelKind(body.kind), body.credentials.model_dump()
    identity = await providers[kind].identify(credentials)
    found = await providers[kind].examine(credentials, body.staff_groups)

    async def work(desk: Desk) -> ChannelOut:
        sealed, by = seal.seal(credentials), caller.agent
        row = await channels.create(desk, kind, identity, sealed, name=body.name, by=by)
        channels.change(desk, row, _set_at_once(body), by=by)
        for group in body.staff_groups:
            add_group(desk, row, group, by=by)
        await channels.serve_with(desk, row, _agents(body.agent_ids), by=by)
        await channels.switch(desk, row, on=body.is_active, by=by)
        checks.keep_examination(row, found, desk.now)
        return await shown(desk, row, own)

    made = await within.run(work)
    news.tell()
    return made


def _set_at_once(body: NewChannel) -> dict[str, Any]:
    return {"language": body.language or "", "offline_policy": body.offline_policy}


async def change(
    within: Transactions,
    caller: Caller,
    channel_id: ChannelId,
    body: ChannelChanges,
    own: OwnChannel,
    news: ChannelNews,
) -> ChannelOut:
    """Change a channel, or switch it off or on; every process does so in seconds.

    What waits for a channel that is switched off stays, in order, until it is on again.
    """

    async def work(desk: Desk) -> ChannelOut:
        row, by = await channels.locked(desk, channel_id), caller.agent
        channels.change(desk, row, _given(body), by=by)
        if body.staff_groups is not None:
            own.keep_groups(row)
            await set_groups(desk, row, body.staff_groups, by=by)
        if body.agent_ids is not None:
            await channels.serve_with(desk, row, _agents(body.agent_ids), by=by)
        if body.is_active is not None:
            await channels.switch(desk, row, on=body.is_active, by=by)
        return await shown(desk, row, own)

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


async def renew_credentials(
    within: Transactions,
    caller: Caller,
    channel_id: ChannelId,
    body: TelegramCredentials,
    providers: Providers,
    seal: Seal,
    news: ChannelNews,
    own: OwnChannel,
) -> ChannelOut:
    """Give a channel another token of the same bot; what is under way ends with the old one."""

    async def look(desk: Desk) -> ChannelKind:
        row = await read(desk, channel_id)
        own.keep_token(row)
        return row.kind

    kind, credentials = await within.run(look), body.model_dump()
    identity = await providers[kind].identify(credentials)

    async def work(desk: Desk) -> ChannelOut:
        row = await channels.locked(desk, channel_id)
        sealed = seal.seal(credentials)
        channels.renew_credentials(desk, row, identity, sealed, by=caller.agent)
        return await shown(desk, row, own)

    changed = await within.run(work)
    news.tell()
    return changed
