"""List, add and remove the staff groups of a channel."""

from api.access.caller import Caller
from api.channels.creation import StaffBot, check_staff_groups, load_staff_bot
from api.channels.models import NewStaffGroup, StaffGroupOut, StaffGroups
from api.channels.serializers import load_channel, staff_groups_to_schema
from api.errors.problems import Conflict
from api.routing.transactions import Transactions
from db.ids import ChannelId, StaffGroup
from desk.accounts.encryption import Encryptor
from desk.setup import channels, check_results
from desk.setup.channels import ChannelChangeNotifier
from desk.setup.environment_channel import EnvironmentChannel
from desk.setup.providers import Providers
from desk.setup.staff_channel import can_have_groups
from desk.setup.staff_groups import add_group, remove_group
from desk.unit_of_work import UnitOfWork


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
        if not can_have_groups(uow, row):
            raise Conflict("no bot can serve the group: set the channel's staff_channel_id first")
        return await load_staff_bot(uow, row, [body.id], encryptor)

    found = await check_staff_groups(providers, await transactions.run(look))

    async def work(uow: UnitOfWork) -> StaffGroupOut:
        row = await channels.lock_channel(uow, channel_id)
        add_group(uow, row, body.id, by=caller.actor)
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
        await remove_group(uow, row, group, by=caller.actor)

    await transactions.run(work)
    notifier.notify()
