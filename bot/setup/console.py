"""Open the console in the private chats of the bot that agents write to."""

import asyncio

import structlog

from db.database import Transaction
from db.errors import DATABASE_ERRORS, describe_error
from db.ids import ChannelId
from desk.channels import CONSOLE_URL, ServedChannel
from desk.conversations.console_doors import open_doors
from desk.plugins.connection import ChannelServices

log = structlog.get_logger(__name__)

_PATH = "/telegram"
_RETRY_SECONDS = 5.0


def find_console_page(
    services: ChannelServices, channel: ServedChannel, *, opens_http: bool
) -> str | None:
    """Return where the console opens in a bot's chats; empty: nowhere; None: not known here."""
    bot = services.channels.find_agents_bot(channel.id)
    if bot is None or bot.id != channel.id:
        return ""  # agents write to another bot
    return build_console_page(services.public_url, services.get_address(), opens_http=opens_http)


def build_console_page(public_url: str | None, own: str, *, opens_http: bool) -> str | None:
    """Build the console's address for Telegram, which opens https alone; empty: there is none.

    `opens_http`: this Telegram is the sandbox, which also opens our `own` address. None: that
    address is not known yet, or this process serves no HTTP.
    """
    base = public_url
    if base is None and opens_http:
        if not own:
            return None
        base = own
    if base is None or not (opens_http or base.startswith("https://")):
        return ""
    return f"{base.rstrip('/')}{_PATH}"


async def open_console(services: ChannelServices, channel_id: ChannelId, page: str) -> None:
    """Save where the console opens and show it to agents; try again until the database answers."""

    async def save(tx: Transaction) -> None:
        uow = services.uow_factory.create(tx)
        await open_doors(uow, channel_id, page or None)
        await uow.flush()

    while True:
        try:
            await services.database.run(save)
        except DATABASE_ERRORS as error:
            log.warning("bot.console_not_opened", error=describe_error(error))
            await asyncio.sleep(_RETRY_SECONDS)
        else:
            channels = services.channels
            channels.set_profile(channel_id, channels[channel_id].name, {CONSOLE_URL: page or None})
            services.outbox_notifier.notify()
            return
