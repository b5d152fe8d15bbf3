"""The plug-in of Telegram bots."""

from aiohttp import web

from bot.bot_factory import Bot, make_bot
from bot.connection import TelegramConnection
from bot.intake.webhook import build_webhook_routes, derive_webhook_secret
from bot.limits import TELEGRAM_LIMITS
from bot.probe import Probe
from bot.readiness import BotReadiness
from bot.receiver import TelegramReceiver
from bot.sender.sender import TelegramSender
from bot.setup.provider import TelegramProvider
from bot.traits import TELEGRAM_TRAITS
from db.ids import ChannelId
from db.tables import ChannelKind
from desk.channels import ServedChannel
from desk.plugins.connection import ChannelServices
from desk.plugins.connections import Connections
from desk.plugins.plugin import ChannelPlugin
from desk.setup.providers import Credentials


def build_telegram_plugin(
    api_url: str,
    public_url: str | None,
    language: str,
    *,
    has_limits: bool,
    opens_http: bool = False,
) -> ChannelPlugin[web.RouteDef]:
    """Build the plug-in for bots of one Bot API server; `language` is the staff's.

    `opens_http`: its apps open pages of this machine without https, as the sandbox does.
    """

    def connect(channel: ServedChannel, credentials: Credentials) -> TelegramConnection:
        bot = make_bot(credentials["token"], api_url)
        return TelegramConnection(
            channel=channel,
            credentials=credentials,
            sender=TelegramSender(bot, language),
            close=bot.session.close,
            bot=bot,
            api_url=api_url,
            opens_http=opens_http,
            readiness=BotReadiness(Probe(bot)),
        )

    return ChannelPlugin(
        kind=ChannelKind.TELEGRAM,
        provider=TelegramProvider(api_url, public_url),
        connect=connect,
        build_receiver=_build_receiver,
        build_routes=_build_routes,
        traits=TELEGRAM_TRAITS,
        limits=TELEGRAM_LIMITS if has_limits else None,
        credentials_name="token",
    )


def _build_receiver(connections: Connections) -> TelegramReceiver:
    def find_bot(channel_id: ChannelId) -> Bot:
        connection = connections.opened[channel_id]
        assert isinstance(connection, TelegramConnection)  # noqa: S101 rows of this kind only
        return connection.bot

    return TelegramReceiver(find_bot)


def _build_routes(_connections: Connections, services: ChannelServices) -> list[web.RouteDef]:
    keys = [key for key in services.secret_keys if key is not None]

    def get_secrets(channel_id: ChannelId) -> list[str]:
        return [derive_webhook_secret(key, channel_id) for key in keys]

    is_served = services.channels.__contains__
    return build_webhook_routes(
        get_secrets, is_served, services.intake, services.metrics, services.bodies
    )
