"""List, show and change channels, and switch them off and on."""

from typing import Any

from api.access.caller import Caller
from api.channels.models import ChannelChanges, ChannelOut, ChannelQuery
from api.channels.serializers import build_schema, load_channel, to_schema
from api.routing.transactions import Transactions
from api.schemas.pagination import Cursor, Page, build_page
from db.ids import AgentId, ChannelId
from db.queries.channels import channels as queries
from db.queries.channels.whatsapp_sessions import list_link_statuses
from db.tables import Channel
from desk.actors import Actor
from desk.setup import channels, staff_channel, staff_mode
from desk.setup.channels import ChannelChangeNotifier
from desk.setup.environment_channel import EnvironmentChannel
from desk.setup.providers import Providers
from desk.setup.sla_targets import TARGET_SETTINGS, set_targets
from desk.setup.staff_groups import set_groups
from desk.unit_of_work import UnitOfWork
from desk.urls.public import PublicAddress


async def list_channels(
    uow: UnitOfWork,
    query: ChannelQuery,
    own: EnvironmentChannel,
    providers: Providers,
    public: PublicAddress,
) -> Page[ChannelOut]:
    """List channels, the newest first."""
    rows = await queries.list_channels(
        uow.tx,
        start=query.start,
        limit=query.limit,
        kind=query.kind,
        is_active=query.is_active,
    )
    ids = [row.id for row in rows]
    agents = await queries.list_agents_by_channel(uow.tx, ids)
    links = await list_link_statuses(uow.tx, ids)

    def show_row(row: Channel) -> ChannelOut:
        link = links.get(row.id)
        return build_schema(row, agents[row.id], link, own, providers, public, uow.now)

    return build_page(rows, query, show_row, lambda row: Cursor(row.created_at, row.id))


async def show(
    uow: UnitOfWork,
    channel_id: ChannelId,
    own: EnvironmentChannel,
    providers: Providers,
    public: PublicAddress,
) -> ChannelOut:
    """Show one channel."""
    return await to_schema(uow, await load_channel(uow, channel_id), own, providers, public)


async def change(
    transactions: Transactions,
    caller: Caller,
    channel_id: ChannelId,
    body: ChannelChanges,
    own: EnvironmentChannel,
    notifier: ChannelChangeNotifier,
    providers: Providers,
    public: PublicAddress,
) -> ChannelOut:
    """Change a channel, or switch it off or on; all processes follow within seconds.

    Messages that wait for a channel that is switched off stay in order until it is on again.
    """

    async def work(uow: UnitOfWork) -> ChannelOut:
        row, by = await channels.lock_channel(uow, channel_id), caller.actor
        channels.change_channel(uow, row, _read_changes(body), by=by)
        if "staff_mode" in body.model_fields_set:
            await staff_mode.follow(uow, row)
        _change_settings(uow, row, body, by)
        await set_targets(uow, row, _read_targets(body), by=by)
        if body.staff_channel_id is not None:
            wanted = ChannelId(body.staff_channel_id)
            await staff_channel.change_staff_channel(uow, row, wanted, by=by)
        if body.staff_groups is not None:
            own.check_groups_editable(row)
            await set_groups(uow, row, body.staff_groups, by=by)
        if body.agent_ids is not None:
            await channels.set_agents(uow, row, _agent_ids(body.agent_ids), by=by)
        if body.is_active is not None:
            await channels.set_active(uow, row, on=body.is_active, by=by)
        return await to_schema(uow, row, own, providers, public)

    changed = await transactions.run(work)
    notifier.notify()
    return changed


def _change_settings(uow: UnitOfWork, row: Channel, body: ChannelChanges, by: Actor) -> None:
    if body.window_warning_minutes is not None:
        channels.set_window_warning(uow, row, body.window_warning_minutes, by=by)
    for name in channels.DURATIONS:
        if (minutes := getattr(body, name)) is not None:
            channels.set_duration(uow, row, name, minutes, by=by)
    for name in channels.SWITCHES:
        if (on := getattr(body, name)) is not None:
            channels.switch_setting(uow, row, name, on=on, by=by)


def _read_targets(body: ChannelChanges) -> dict[str, int]:
    given = {name: getattr(body, name) for name in TARGET_SETTINGS}
    return {name: value for name, value in given.items() if value is not None}


def _read_changes(body: ChannelChanges) -> dict[str, Any]:
    given = {name: getattr(body, name) for name in channels.PLAIN_FIELDS & body.model_fields_set}
    if "language" in given:
        given["language"] = body.language or ""
    return {name: value for name, value in given.items() if value is not None or name in _REMOVABLE}


# What null removes; anything else that is null stays as it is.
_REMOVABLE = {"icon_url", "staff_mode"}


def _agent_ids(ids: list[str]) -> list[AgentId]:
    return [AgentId(each) for each in ids]
