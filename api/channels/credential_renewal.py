"""Renew a channel's credentials and its webhook secret."""

from api.access.caller import Caller
from api.channels.credentials import RenewedCredentials
from api.channels.identification import identify
from api.channels.models import ChannelOut, ChannelWebhookOut
from api.channels.serializers import load_channel, to_schema, webhook_to_schema
from api.errors.problems import Conflict
from api.routing.transactions import Transactions
from db.ids import ChannelId
from db.tables import Channel, ChannelKind
from desk.accounts.encryption import Encryptor, WrongKeyError
from desk.setup import channels
from desk.setup.channels import ChannelChangeNotifier
from desk.setup.environment_channel import EnvironmentChannel
from desk.setup.providers import Credentials, Providers
from desk.unit_of_work import UnitOfWork
from desk.urls.public import PublicAddress


async def renew_credentials(
    transactions: Transactions,
    caller: Caller,
    channel_id: ChannelId,
    body: RenewedCredentials,
    providers: Providers,
    encryptor: Encryptor,
    notifier: ChannelChangeNotifier,
    own: EnvironmentChannel,
    public: PublicAddress,
) -> ChannelOut:
    """Replace a channel's credentials with others of the same bot or number.

    Calls that are running end with the old ones. Values that we generated stay unless they are
    given: a webhook that is set up at the provider keeps working.
    """

    async def look(uow: UnitOfWork) -> tuple[ChannelKind, Credentials]:
        row = await load_channel(uow, channel_id)
        own.check_token_editable(row)
        return row.kind, _decrypt_or_empty(row, encryptor)

    kind, before = await transactions.run(look)
    credentials = providers[kind].complete({**before, **body.for_kind(kind)})
    identity = await identify(providers[kind], credentials)

    async def work(uow: UnitOfWork) -> ChannelOut:
        row, sealed = await channels.lock_channel(uow, channel_id), encryptor.encrypt(credentials)
        await channels.replace_credentials(uow, row, identity, sealed, by=caller.actor)
        out = await to_schema(uow, row, own, providers, public)
        if before:
            return out
        webhook = webhook_to_schema(
            providers[kind].webhook, channel_id, public, credentials=credentials
        )
        return out.model_copy(update={"webhook": webhook})

    changed = await transactions.run(work)
    notifier.notify()
    return changed


async def renew_webhook_secret(
    transactions: Transactions,
    caller: Caller,
    channel_id: ChannelId,
    providers: Providers,
    encryptor: Encryptor,
    notifier: ChannelChangeNotifier,
    public: PublicAddress,
) -> ChannelWebhookOut:
    """Create a new webhook secret for a channel; enter it at the provider, it is shown once."""

    async def work(uow: UnitOfWork) -> ChannelWebhookOut:
        row = await channels.lock_channel(uow, channel_id)
        provider = providers[row.kind]
        if provider.webhook is None or provider.webhook.secret is None:
            raise Conflict("this kind of channel has no webhook secret to enter")
        secret, kept = provider.webhook.secret, dict(channels.decrypt_credentials(row, encryptor))
        kept.pop(secret, None)
        credentials = provider.complete(kept)
        channels.save_webhook_secret(uow, row, encryptor.encrypt(credentials), by=caller.actor)
        webhook = webhook_to_schema(provider.webhook, channel_id, public, credentials=credentials)
        assert webhook is not None  # noqa: S101 looked at above
        return webhook

    made = await transactions.run(work)
    notifier.notify()
    return made


def _decrypt_or_empty(row: Channel, encryptor: Encryptor) -> Credentials:
    """Decrypt the stored credentials; empty when that fails, so they must be entered again."""
    if row.credentials is None:
        return {}
    try:
        return encryptor.decrypt(row.credentials)
    except WrongKeyError:
        return {}
