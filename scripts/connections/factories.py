"""How connections are made: what each kind of channel needs to be served."""

from collections.abc import Mapping

from bot.bot_factory import make_bot
from bot.limits import NO_LIMITS, TELEGRAM_LIMITS
from bot.probe import Probe
from bot.sender.sender import TelegramSender
from bridge.cloud.limits import CLOUD_LIMITS
from bridge.cloud.traits import CLOUD_TRAITS
from bridge.waha.limits import WAHA_LIMITS
from bridge.waha.traits import WAHA_TRAITS
from db.ids import ChannelId
from db.tables import ChannelKind
from desk.channel_traits import ChannelTraits
from desk.channels import Channels, ServedChannel, UnknownChannelError
from desk.limits.rate_limiter import Limits, PerOwnerLimits
from desk.setup.providers import Credentials
from scripts.configuration.settings import Settings
from scripts.connections.connections import Connection, ConnectionFactory, TelegramConnection
from scripts.connections.whatsapp import build_cloud_factory, open_waha_connection
from scripts.monitoring.readiness import TelegramReadiness

TRAITS: Mapping[ChannelKind, ChannelTraits] = {
    ChannelKind.TELEGRAM: ChannelTraits(),
    ChannelKind.WHATSAPP_CLOUD: CLOUD_TRAITS,
    ChannelKind.WHATSAPP_WAHA: WAHA_TRAITS,
}


def build_factories(settings: Settings) -> Mapping[ChannelKind, ConnectionFactory]:
    """Return the connection factory of each kind of channel that this program serves."""

    def telegram(channel: ServedChannel, credentials: Credentials) -> Connection:
        bot = make_bot(credentials["token"], settings.telegram_api_url)
        return TelegramConnection(
            channel=channel,
            credentials=credentials,
            sender=TelegramSender(bot, settings.default_language),
            close=bot.session.close,
            bot=bot,
            readiness=TelegramReadiness(Probe(bot)),
        )

    return {
        ChannelKind.TELEGRAM: telegram,
        ChannelKind.WHATSAPP_CLOUD: build_cloud_factory(settings),
        ChannelKind.WHATSAPP_WAHA: open_waha_connection,
    }


def build_rate_limits(settings: Settings, channels: Channels) -> PerOwnerLimits | None:
    """Return the rate limits that each bot's or number's provider sets, or None if all are off."""
    chosen = _choose_limits(settings)
    if not list_limited_kinds(settings):
        return None

    def of(owner: str) -> Limits:
        try:
            return chosen[channels[ChannelId(owner)].kind]
        except UnknownChannelError:
            return NO_LIMITS  # nothing is sent through an unknown channel

    return PerOwnerLimits(of)


def list_limited_kinds(settings: Settings) -> set[ChannelKind]:
    """List the kinds of channels whose rate limits are on."""
    return {kind for kind, each in _choose_limits(settings).items() if each is not NO_LIMITS}


def _choose_limits(settings: Settings) -> dict[ChannelKind, Limits]:
    telegram, whatsapp = settings.telegram_limits != "off", settings.whatsapp_limits != "off"
    return {
        ChannelKind.TELEGRAM: TELEGRAM_LIMITS if telegram else NO_LIMITS,
        ChannelKind.WHATSAPP_CLOUD: CLOUD_LIMITS if whatsapp else NO_LIMITS,
        ChannelKind.WHATSAPP_WAHA: WAHA_LIMITS if whatsapp else NO_LIMITS,
    }
