"""The channels that the settings define: the customers' bot, and the staff's own."""

from sqlalchemy.ext.asyncio import AsyncSession

from db.queries.channels import channels as channel_queries
from db.tables import ChannelKind
from desk.accounts.encryption import Encryptor
from desk.setup.environment_channel import EnvironmentChannel
from scripts.configuration.settings import Settings, SettingsError


def find_environment_channel(settings: Settings) -> EnvironmentChannel:
    """Return the channel of the bot token in the environment."""
    token = settings.telegram_bot_token
    bot_id = None if token is None else token.get_secret_value().partition(":")[0]
    has_groups = bool(settings.telegram_staff_group)
    return EnvironmentChannel(
        ChannelKind.TELEGRAM, bot_id, has_groups=has_groups, staff_bot_id=settings.staff_bot_id
    )


async def save_own_channels(tx: AsyncSession, *, settings: Settings, encryptor: Encryptor) -> None:
    """Create or update the channels of the bot tokens in the environment."""
    own = find_environment_channel(settings)
    await _save_staff_bot(tx, settings, encryptor)
    if settings.telegram_bot_token is None or own.external_id is None:
        return
    await channel_queries.save_channel(
        tx,
        own.kind,
        own.external_id,
        credentials=encryptor.encrypt({"token": settings.telegram_bot_token.get_secret_value()}),
        staff_groups=settings.telegram_staff_group,
    )


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
