"""Asks a channel's provider whether all is well."""

from api.access.caller import Caller
from api.channels.creation import Staff, examine, examine_groups, staff_of
from api.channels.models import CheckOut, FindingOut, NewStaffGroup, StaffGroupOut, StaffGroups
from api.channels.serializers import read, staff_groups, webhook_of
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


async def check(
    within: Transactions,
    channel_id: ChannelId,
    providers: Providers,
    encryptor: Encryptor,
    public: PublicAddress,
) -> CheckOut:
    """Ask the provider about the credentials, and the webhook if there is one.

    Of each staff group the bot that serves there is asked about its rights. What they say is kept,
    to be seen with the channel.
    """

    async def look(uow: UnitOfWork) -> tuple[ChannelKind, Credentials, Staff]:
        row = await read(uow, channel_id)
        credentials = channels.decrypt_credentials(row, encryptor)
        return row.kind, credentials, await staff_of(uow, row, get_groups(row), encryptor)

    kind, credentials, staff = await within.run(look)
    webhook = webhook_of(providers[kind].webhook, channel_id, public)
    found = await examine(providers, kind, credentials, staff, webhook.url if webhook else None)

    async def keep(uow: UnitOfWork) -> CheckOut:
        row = await channels.lock_channel(uow, channel_id)
        check_results.save_health_check(row, found, uow.now)
        return _check(row)

    return await within.run(keep)


def _check(row: Channel) -> CheckOut:
    of_channel = [FindingOut.of(each) for each in check_results.load_channel_checks(row)]
    groups = staff_groups(row)
    all_found = [*of_channel, *(each.last_check for each in groups if each.last_check)]
    ok = all(each.mark != "bad" for each in all_found)
    return CheckOut(ok=ok, channel=of_channel, staff_groups=groups)


async def list_groups(uow: UnitOfWork, channel_id: ChannelId) -> StaffGroups:
    """List a channel's staff groups with what the last check said of each."""
    return StaffGroups(items=staff_groups(await read(uow, channel_id)))


async def add(
    within: Transactions,
    caller: Caller,
    channel_id: ChannelId,
    body: NewStaffGroup,
    providers: Providers,
    encryptor: Encryptor,
    own: EnvironmentChannel,
    notifier: ChannelChangeNotifier,
) -> StaffGroupOut:
    """Have a group serve a channel; it is asked about, and added whatever comes of it."""

    async def look(uow: UnitOfWork) -> Staff:
        row = await read(uow, channel_id)
        own.check_groups_editable(row)
        if row.staff_channel_id is None and row.kind is not ChannelKind.TELEGRAM:
            raise Conflict("no bot could serve the group: set the channel's staff_channel_id first")
        return await staff_of(uow, row, [body.id], encryptor)

    found = await examine_groups(providers, await within.run(look))

    async def work(uow: UnitOfWork) -> StaffGroupOut:
        row = await channels.lock_channel(uow, channel_id)
        add_group(uow, row, body.id, by=caller.agent)
        check_results.save_group_checks(row, found, uow.now)
        return next(each for each in staff_groups(row) if each.id == body.id)

    added = await within.run(work)
    notifier.notify()
    return added


async def remove(
    within: Transactions,
    caller: Caller,
    channel_id: ChannelId,
    group: StaffGroup,
    own: EnvironmentChannel,
    notifier: ChannelChangeNotifier,
) -> None:
    """Have a group serve a channel no more; its conversations go on in another of its groups."""

    async def work(uow: UnitOfWork) -> None:
        row = await channels.lock_channel(uow, channel_id)
        own.check_groups_editable(row)
        await remove_group(uow, row, group, by=caller.agent)

    await within.run(work)
    notifier.notify()
