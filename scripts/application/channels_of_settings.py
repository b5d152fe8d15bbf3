"""The channels that the settings define: the customers' bot, and the staff's own."""

from sqlalchemy.ext.asyncio import AsyncSession

from db.exclusive_use import list_processes
from db.queries.channels import channels as channel_queries
from db.tables import Channel, ChannelKind
from desk.accounts.encryption import Encryptor, WrongKeyError
from desk.setup.environment_channel import EnvironmentChannel
from scripts.configuration.settings import Settings, SettingsError

_OTHER_KEY = (
    "SECRET_KEY is not that of the other processes that are running on this database: they could "
    "not decrypt the bot's token any more. Set the same one; to replace it, see "
    "docs/operations.md, Changing the keys"
)


def find_environment_channel(settings: Settings) -> EnvironmentChannel:
    """Return the channel of the bot token in the environment."""
    token = settings.telegram_bot_token
    bot_id = None if token is None else token.get_secret_value().partition(":")[0]
    has_groups = bool(settings.telegram_staff_group)
    return EnvironmentChannel(
        ChannelKind.TELEGRAM, bot_id, has_groups=has_groups, staff_bot_id=settings.staff_bot_id
    )


async def save_own_channels(tx: AsyncSession, *, settings: Settings, encryptor: Encryptor) -> None:
    """Create or update the channels of the bot tokens in the environment.

    Raises SettingsError where the other processes could not read what this one writes.
    """
    own = find_environment_channel(settings)
    await _save_staff_bot(tx, settings, encryptor)
    if settings.telegram_bot_token is None or own.external_id is None:
        return
    stored = await channel_queries.find_by_external_id(tx, own.kind, own.external_id)
    if stored is not None and _has_other_key(stored, encryptor):
        await _refuse_beside_others(tx)
    await channel_queries.save_channel(
        tx,
        own.kind,
        own.external_id,
        credentials=encryptor.encrypt({"token": settings.telegram_bot_token.get_secret_value()}),
        staff_groups=settings.telegram_staff_group,
    )


def _has_other_key(channel: Channel, encryptor: Encryptor) -> bool:
    try:
        encryptor.decrypt(channel.credentials or "")
    except WrongKeyError:
        return True
    return False


async def _refuse_beside_others(tx: AsyncSession) -> None:
    """Raise SettingsError if other processes of the desk are alive: they have another SECRET_KEY.

    A process alone replaces what it cannot decrypt by what the environment says: its operator may
    have lost the key.
    """
    itself_and_others = await list_processes(tx)
    if len(itself_and_others) > 1:
        raise SettingsError([_OTHER_KEY])


async def _save_staff_bot(tx: AsyncSession, settings: Settings, encryptor: Encryptor) -> None:
    token = settings.telegram_staff_bot_token
    credentials = encryptor.encrypt({"token": token.get_secret_value() if token else ""})
    try:
        await channel_queries.save_staff_bot(
            tx, ChannelKind.TELEGRAM, settings.staff_bot_id, credentials=credentials
        )
    except channel_queries.NotStaffBotError as error:
        text = f"TELEGRAM_STAFF_BOT_TOKEN is the bot of the channel {error}, which has customers"
        raise SettingsError([f"{text}; use another bot for staff"]) from None
