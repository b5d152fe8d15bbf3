"""Delete a channel: at its provider first, then here."""

from contextlib import suppress

from pydantic import Field

from api.access.caller import Caller
from api.routing.transactions import Transactions
from api.schemas.base import QueryModel
from db.ids import ChannelId
from db.tables import ChannelKind
from desk.accounts.encryption import Encryptor, WrongKeyError
from desk.setup import channel_deletion, channels
from desk.setup.channels import ChannelChangeNotifier
from desk.setup.environment_channel import EnvironmentChannel
from desk.setup.errors import SetupError
from desk.setup.providers import Credentials, Providers
from desk.unit_of_work import UnitOfWork


class ChannelDeletion(QueryModel):
    """How to delete a channel."""

    force: bool = Field(
        default=False,
        description="true: also with open sessions, which end, with unsent messages, which fail,"
        " with unhandled updates, which are parked, and if the provider cannot be reached",
    )


async def delete(
    transactions: Transactions,
    caller: Caller,
    channel_id: ChannelId,
    query: ChannelDeletion,
    providers: Providers,
    encryptor: Encryptor,
    notifier: ChannelChangeNotifier,
    own: EnvironmentChannel,
) -> None:
    """Delete a channel, its credentials and, at WAHA, its session.

    Its conversations stay, and can be read, searched, exported and erased. The same bot or number
    can be connected again, as a new channel.
    """

    async def switch_off(uow: UnitOfWork) -> tuple[ChannelKind, Credentials | None, bool]:
        row = await channels.lock_channel(uow, channel_id)
        own.check_token_editable(row)
        await channel_deletion.check_deletable(uow, row, force=query.force)
        was_on = row.is_active
        await channels.set_active(uow, row, on=False, by=caller.actor)
        try:
            return row.kind, channels.decrypt_credentials(row, encryptor), was_on
        except (SetupError, WrongKeyError):
            return row.kind, None, was_on

    async def switch_on(uow: UnitOfWork) -> None:
        row = await channels.lock_channel(uow, channel_id)
        await channels.set_active(uow, row, on=True, by=caller.actor)

    async def work(uow: UnitOfWork) -> None:
        row = await channels.lock_channel(uow, channel_id)
        await channel_deletion.delete_channel(uow, row, by=caller.actor)

    kind, credentials, was_on = await transactions.run(switch_off)
    # From here on no process serves it, so that no session supervisor makes its session again.
    notifier.notify()
    if credentials is not None and kind in providers.by_kind:
        try:
            await providers[kind].disconnect(credentials)
        except SetupError:
            if not query.force:
                if was_on:
                    await transactions.run(switch_on)
                    notifier.notify()
                raise
    await transactions.run(work)
    notifier.notify()
    if credentials is not None and kind in providers.by_kind:
        # A session supervisor may have made the session again in the same moment.
        with suppress(SetupError):
            await providers[kind].disconnect(credentials)
