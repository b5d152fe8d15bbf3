"""Check a channel at its provider."""

from api.channels.creation import (
    StaffBot,
    check_channel_health,
    load_staff_bot,
)
from api.channels.models import (
    ChannelHealthOut,
    CheckResultOut,
)
from api.channels.serializers import load_channel, staff_groups_to_schema, webhook_to_schema
from api.routing.transactions import Transactions
from db.ids import ChannelId
from db.tables import Channel, ChannelKind
from desk.accounts.encryption import Encryptor
from desk.setup import channels, check_results
from desk.setup.providers import Credentials, Providers
from desk.setup.staff_groups import get_groups
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
    of_channel = [
        CheckResultOut.from_stored(each) for each in check_results.load_channel_checks(row)
    ]
    groups = staff_groups_to_schema(row)
    all_found = [*of_channel, *(each.last_check for each in groups if each.last_check)]
    ok = all(each.mark != "bad" for each in all_found)
    return ChannelHealthOut(ok=ok, channel=of_channel, staff_groups=groups)
