"""A connection to one bot: how it is registered, polled and checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from bot.bot_factory import Bot, User, build_bot_url
from bot.intake.poller import Poller
from bot.intake.webhook import PATH, derive_webhook_secret
from bot.readiness import BotReadiness
from bot.setup.console import find_console_page, open_console
from bot.setup.descriptions import list_descriptions, set_descriptions
from bot.setup.registration import WebhookSettings, register
from db.database import Transaction
from db.ids import ChannelId
from db.queries.channels import channels as channel_queries
from desk.channels import HAS_TOPICS
from desk.plugins.connection import ChannelServices, Check, Connection, SupervisedTask


@dataclass(slots=True, eq=False, kw_only=True)
class TelegramConnection(Connection):
    """How this process reaches one Telegram bot."""

    bot: Bot
    api_url: str
    opens_http: bool = False
    readiness: BotReadiness
    # The descriptions that were set, which are removed when the operator removes theirs.
    described: set[tuple[str, str]] = field(default_factory=set)

    @property
    def checks(self) -> Mapping[str, Check]:
        return {f"telegram:{self.channel.id}": self.readiness.check}

    def list_tasks(self, services: ChannelServices) -> Iterator[SupervisedTask]:
        """List what registers and describes the bot, opens the console there, and polls it."""
        name, groups = self.channel.id, self.channel.staff_groups
        yield SupervisedTask(
            f"register:{name}",
            (self, groups),
            partial(self._register, services),
            runs_forever=False,
        )
        wanted = list_descriptions(services.channels[name])
        yield SupervisedTask(
            f"descriptions:{name}",
            (self, wanted),
            partial(set_descriptions, self.bot, wanted, self.described),
            runs_forever=False,
        )
        page = find_console_page(services, self.channel, opens_http=self.opens_http)
        if page is not None:
            yield SupervisedTask(
                f"console:{name}",
                (self, page),
                partial(open_console, services, name, page),
                runs_forever=False,
            )
        if services.public_url is None:
            yield SupervisedTask(f"poller:{name}", self, partial(self._poll, services))

    async def _poll(self, services: ChannelServices) -> None:
        self.readiness.poller = poller = Poller(
            self.channel.id,
            build_bot_url(self.credentials["token"], self.api_url),
            services.database,
            services.inbox_notifier,
            metrics=services.metrics,
            leader_lock=services.leader_lock(f"poll:{self.channel.id}"),
        )
        await poller.run()

    async def _register(self, services: ChannelServices) -> None:
        leader_lock = services.leader_lock(f"register:{self.channel.id}")
        self.readiness.is_registered = None if services.public_url is None else False
        if not await leader_lock.wait_until_known():
            self.readiness.is_registered = None  # another process registers it
            await leader_lock.acquire()
        save_profile = partial(_save_bot_profile, services, self.channel.id)
        webhook = _build_webhook(services, self.channel.id)
        await register(
            self.bot,
            webhook,
            self.channel.staff_groups,
            save_profile,
            is_staff_bot=self.channel.is_staff_bot,
            language=services.uow_factory.staff_language,
        )
        self.readiness.is_registered = True


async def _save_bot_profile(services: ChannelServices, channel_id: ChannelId, me: User) -> None:
    """Save what Telegram says about the bot."""
    title = me.full_name[:120]
    known = {"username": me.username, HAS_TOPICS: bool(me.has_topics_enabled)}

    async def save(tx: Transaction) -> str:
        return await channel_queries.save_profile(tx, channel_id, title, known)

    services.channels.set_profile(channel_id, await services.database.run(save), known)


def _build_webhook(services: ChannelServices, channel_id: ChannelId) -> WebhookSettings | None:
    if services.public_url is None:
        return None
    url = f"{services.public_url.rstrip('/')}{PATH.format(channel_id=channel_id)}"
    return WebhookSettings(url, derive_webhook_secret(services.secret_keys[0], channel_id))
