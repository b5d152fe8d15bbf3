"""Create a channel: ask its provider, encrypt its credentials, show its secrets once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.access.caller import Caller
from api.channels.identification import identify
from api.channels.models import ChannelOut, NewChannel, NewTelegramChannel
from api.channels.serializers import load_channel, to_schema, webhook_to_schema
from api.routing.transactions import Transactions
from db.ids import AgentId, ChannelId, new_id
from db.tables import Channel, ChannelKind
from desk.accounts.encryption import Encryptor
from desk.actors import Actor
from desk.setup import channels, check_results, staff_channel
from desk.setup.channels import ChannelChangeNotifier
from desk.setup.environment_channel import EnvironmentChannel
from desk.setup.errors import NotPossibleError
from desk.setup.providers import Credentials, HealthCheck, Providers
from desk.setup.staff_groups import add_group, get_groups
from desk.unit_of_work import UnitOfWork
from desk.urls.public import PublicAddress


@dataclass(frozen=True, slots=True)
class StaffBot:
    """The bot of a channel's staff groups: another channel with its credentials, or its own bot."""

    kind: ChannelKind
    channel_id: ChannelId | None
    credentials: Credentials | None
    groups: Sequence[str]


async def create(
    transactions: Transactions,
    caller: Caller,
    body: NewChannel,
    providers: Providers,
    encryptor: Encryptor,
    notifier: ChannelChangeNotifier,
    own: EnvironmentChannel,
    public: PublicAddress,
) -> ChannelOut:
    """Create a channel if its provider accepts the credentials.

    All processes serve it within seconds. The staff groups are checked, and added whatever the
    check says. For a WhatsApp number the response says what to enter at Meta. It shows the verify
    token only this once.
    """
    by = caller.actor
    return await add_channel(transactions, body, providers, encryptor, notifier, own, public, by=by)


async def add_channel(
    transactions: Transactions,
    body: NewChannel,
    providers: Providers,
    encryptor: Encryptor,
    notifier: ChannelChangeNotifier,
    own: EnvironmentChannel,
    public: PublicAddress,
    *,
    by: Actor,
) -> ChannelOut:
    """Create a channel in the name of this actor; see `create`."""
    wanted, kind = body.root, ChannelKind(body.root.kind)
    provider, channel_id = providers[kind], ChannelId(new_id())
    credentials = provider.complete(wanted.credentials.model_dump(exclude_none=True))
    staff = await transactions.run(lambda uow: _choose_staff_bot(uow, body, credentials, encryptor))
    identity = await identify(provider, credentials)
    webhook = webhook_to_schema(provider.webhook, channel_id, public)
    address = webhook.url if webhook else None
    found = await check_channel_health(providers, kind, credentials, staff, address)

    async def work(uow: UnitOfWork) -> ChannelOut:
        sealed = encryptor.encrypt(credentials)
        row = await channels.create_channel(
            uow,
            kind,
            identity,
            sealed,
            name=wanted.name,
            by=by,
            channel_id=channel_id,
            staff_channel_id=staff.channel_id,
        )
        channels.change_channel(uow, row, _initial_settings(body), by=by)
        for group in staff.groups:
            add_group(uow, row, group, by=by)
        await channels.set_agents(uow, row, [AgentId(each) for each in wanted.agent_ids], by=by)
        await channels.set_active(uow, row, on=wanted.is_active, by=by)
        check_results.save_health_check(row, found, uow.now)
        out = await to_schema(uow, row, own, providers, public)
        return out.model_copy(
            update={
                "webhook": webhook_to_schema(
                    provider.webhook, channel_id, public, credentials=credentials
                )
            }
        )

    made = await transactions.run(work)
    notifier.notify()
    return made


async def check_channel_health(
    providers: Providers,
    kind: ChannelKind,
    credentials: Credentials,
    staff: StaffBot,
    webhook: str | None,
) -> HealthCheck:
    """Check a channel at its provider, and its staff groups with the bot that serves them."""
    if staff.channel_id is None:
        return await providers[kind].check_health(credentials, staff.groups, webhook)
    found = await providers[kind].check_health(credentials, (), webhook)
    return replace(found, groups=(await check_staff_groups(providers, staff)).groups)


async def check_staff_groups(providers: Providers, staff: StaffBot) -> HealthCheck:
    """Check staff groups with their bot; return no results when the bot cannot be asked."""
    if staff.credentials is None or not staff.groups:
        return HealthCheck(())
    return await providers[staff.kind].check_health(staff.credentials, staff.groups)


async def load_staff_bot(
    uow: UnitOfWork, row: Channel, groups: Sequence[str], encryptor: Encryptor
) -> StaffBot:
    """Return the bot that serves these groups of a channel."""
    if row.staff_channel_id is None:
        return StaffBot(row.kind, None, _decrypt_credentials(row, encryptor), groups)
    server = await load_channel(uow, row.staff_channel_id)
    return StaffBot(server.kind, server.id, _decrypt_credentials(server, encryptor), groups)


async def _choose_staff_bot(
    uow: UnitOfWork, body: NewChannel, credentials: Credentials, encryptor: Encryptor
) -> StaffBot:
    wanted = body.root
    kind = ChannelKind(wanted.kind)
    if isinstance(wanted, NewTelegramChannel):
        return StaffBot(kind, None, credentials, wanted.staff_groups)
    named = wanted.staff_channel_id
    server = await staff_channel.choose_staff_channel(uow, ChannelId(named) if named else None)
    if server is None:
        if wanted.staff_groups:
            raise NotPossibleError("no bot can serve these groups: add a Telegram channel first")
        return StaffBot(kind, None, None, ())
    groups = get_groups(server) if wanted.staff_groups is None else wanted.staff_groups
    return StaffBot(server.kind, server.id, _decrypt_credentials(server, encryptor), groups)


def _decrypt_credentials(row: Channel, encryptor: Encryptor) -> Credentials | None:
    return None if row.credentials is None else channels.decrypt_credentials(row, encryptor)


def _initial_settings(body: NewChannel) -> dict[str, Any]:
    return {"language": body.root.language or "", "offline_policy": body.root.offline_policy}
