"""Check a channel at its provider."""

from api.access.caller import Caller
from api.channels.creation import (
    StaffBot,
    check_channel_health,
    check_staff_groups,
    load_staff_bot,
)
from api.channels.models import (
    ChannelHealthOut,
    CheckResultOut,
    NewStaffGroup,
    StaffGroupOut,
    StaffGroups,
)
from api.channels.serializers import load_channel, staff_groups_to_schema, webhook_to_schema
from api.errors.problems import Conflict
from api.routing.context import Transactions
from db.ids import ChannelId, StaffGroup
from db.tables import Channel, ChannelKind
from desk.accounts.encryption import Encryptor
from desk.setup import channels, check_results
from desk.setup.channels import ChannelChangeNotifier
from desk.setup.environment_channel import EnvironmentChannel
from desk.setup.providers import Credentials, Providers
from desk.setup.staff_groups import add_group, get_groups, remove_group
from desk.unit_of_work import UnitOfWork
from desk.urls.public import PublicAddress


async def check_channel(
    transactions: Transactions,
    channel_id: ChannelId,
    providers: Providers,
    encryptor: Encryptor,
    public: PublicAddress,
) -> ChannelHealthOut:
    """Check the credentials at the provider, and the webhook if there is one.

    The bot that serves the staff groups is asked about its rights in each group. The results are
    stored and shown with the channel.
    """

    async def look(uow: UnitOfWork) -> tuple[ChannelKind, Credentials, StaffBot]:
        row = await load_channel(uow, channel_id)
        credentials = channels.decrypt_credentials(row, encryptor)
        return row.kind, credentials, await load_staff_bot(uow, row, get_groups(row), encryptor)

    kind, credentials, staff = await transactions.run(look)
    webhook = webhook_to_schema(providers[kind].webhook, channel_id, public)
    found = await check_channel_health(
        providers, kind, credentials, staff, webhook.url if webhook else None
    )

    async def keep(uow: UnitOfWork) -> ChannelHealthOut:
        row = await channels.lock_channel(uow, channel_id)
        check_results.save_health_check(row, found, uow.now)
        return _to_schema(row)

    return await transactions.run(keep)


def _to_schema(row: Channel) -> ChannelHealthOut:
    of_channel = [CheckResultOut.of(each) for each in check_results.load_channel_checks(row)]
    groups = staff_groups_to_schema(row)
    all_found = [*of_channel, *(each.last_check for each in groups if each.last_check)]
    ok = all(each.mark != "bad" for each in all_found)
    return ChannelHealthOut(ok=ok, channel=of_channel, staff_groups=groups)


async def list_groups(uow: UnitOfWork, channel_id: ChannelId) -> StaffGroups:
    """List a channel's staff groups with the result of the last check of each."""
    return StaffGroups(items=staff_groups_to_schema(await load_channel(uow, channel_id)))


async def add_staff_group(
    transactions: Transactions,
    caller: Caller,
    channel_id: ChannelId,
    body: NewStaffGroup,
    providers: Providers,
    encryptor: Encryptor,
    own: EnvironmentChannel,
    notifier: ChannelChangeNotifier,
) -> StaffGroupOut:
    """Add a staff group to a channel; it is checked, and added whatever the check says."""

    async def look(uow: UnitOfWork) -> StaffBot:
        row = await load_channel(uow, channel_id)
        own.check_groups_editable(row)
        if row.staff_channel_id is None and row.kind is not ChannelKind.TELEGRAM:
            raise Conflict("no bot could serve the group: set the channel's staff_channel_id first")
        return await load_staff_bot(uow, row, [body.id], encryptor)

    found = await check_staff_groups(providers, await transactions.run(look))

    async def work(uow: UnitOfWork) -> StaffGroupOut:
        row = await channels.lock_channel(uow, channel_id)
        add_group(uow, row, body.id, by=caller.agent)
        check_results.save_group_checks(row, found, uow.now)
        return next(each for each in staff_groups_to_schema(row) if each.id == body.id)

    added = await transactions.run(work)
    notifier.notify()
    return added


async def remove_staff_group(
    transactions: Transactions,
    caller: Caller,
    channel_id: ChannelId,
    group: StaffGroup,
    own: EnvironmentChannel,
    notifier: ChannelChangeNotifier,
) -> None:
    """Remove a staff group from a channel; its conversations continue in another of its groups."""

    async def work(uow: UnitOfWork) -> None:
        row = await channels.lock_channel(uow, channel_id)
        own.check_groups_editable(row)
        await remove_group(uow, row, group, by=caller.agent)

    await transactions.run(work)
    notifier.notify()
