"""The kinds of channels that can be set up, each with its provider."""

from bot.setup.provider import TelegramProvider
from bridge.cloud.setup.provider import CloudProvider
from bridge.waha.setup.linker import WahaLinker
from bridge.waha.setup.provider import WahaProvider
from db.tables import ChannelKind
from desk.linking.ports import Linkers
from desk.setup.providers import Provider, Providers
from scripts.configuration.settings import Settings


def build_providers(settings: Settings) -> Providers:
    """Build the provider of each kind of channel from the settings."""
    made: dict[ChannelKind, Provider] = {
        ChannelKind.TELEGRAM: TelegramProvider(settings.telegram_api_url, settings.public_url),
        ChannelKind.WHATSAPP_CLOUD: CloudProvider(settings.whatsapp_api_url),
        ChannelKind.WHATSAPP_WAHA: WahaProvider(),
    }
    return Providers(made)


def build_linkers() -> Linkers:
    """Build the linker of each kind of channel whose numbers are linked to a phone."""
    return Linkers({ChannelKind.WHATSAPP_WAHA: WahaLinker()})
