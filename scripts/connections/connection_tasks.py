"""What a worker does for each line as long as it is there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from bot.bot_factory import User, build_bot_url
from bot.intake.poller import Poller
from bot.intake.webhook import PATH
from bot.setup.registration import WebhookSettings, register
from bridge.waha.intake.webhook import PATH as WAHA_PATH
from bridge.waha.session.session_config import WebhookConfig
from bridge.waha.session.supervisor import SessionSupervisor
from db.database import Database
from db.ids import ChannelId
from db.queries.channels import channels as kept_channels
from db.tables.base import now_utc
from desk.channels import Channels
from desk.cluster.notify import Notifier
from desk.telemetry.metrics import Metrics
from desk.templates.sync import TemplateFetcher, sync_forever
from desk.unit_of_work import UnitOfWork
from scripts.application.cluster_membership import Place
from scripts.configuration.parsers import is_loopback
from scripts.configuration.settings import Settings
from scripts.connections.connections import Line, TelegramLine
from scripts.connections.task_supervisor import Job
from scripts.connections.whatsapp import CloudLine, WahaLine


@dataclass(frozen=True, slots=True)
class LineJobs:
    """Makes bots known to their providers, and fetches what comes."""

    settings: Settings
    database: Database
    channels: Channels
    place: Place
    inbox_notifier: Notifier
    metrics: Metrics
    # A Telegram channel's secret, by which its webhook calls are known to be genuine.
    secret_of: Callable[[ChannelId], str]
    outbox_notifier: Notifier
    templates: TemplateFetcher
    # Where this process serves, once it does; empty: it does not.
    address: Callable[[], str]

    def of(self, line: Line) -> Iterator[Job]:
        """List what is to be done for a line."""
        match line:
            case TelegramLine():
                yield from self._telegram(line)
            case CloudLine():
                yield from self._cloud(line)
            case WahaLine():
                yield from self._waha(line)

    def _telegram(self, line: TelegramLine) -> Iterator[Job]:
        name, groups = line.channel.id, line.channel.staff_groups
        yield Job(f"register:{name}", (line, groups), partial(self._register, line), lasts=False)
        if self.settings.public_url is None:
            yield Job(f"poller:{name}", line, partial(self._poll, line))

    def _cloud(self, line: CloudLine) -> Iterator[Job]:
        name = line.channel.id
        yield Job(f"templates:{name}", line, partial(self._keep_templates, line))

    async def _keep_templates(self, line: CloudLine) -> None:
        await self.place.leader_lock(f"templates:{line.channel.id}").acquire()
        await sync_forever(self.database, self.templates, line.channel)

    def _waha(self, line: WahaLine) -> Iterator[Job]:
        line.keeper = line.keeper or SessionSupervisor(
            line.channel.id,
            line.client,
            self.database,
            self._hook(line),
            self.place.leader_lock(f"link:{line.channel.id}"),
            uow=self._desk,
            outbox_notifier=self.outbox_notifier,
        )
        yield Job(f"link:{line.channel.id}", line, line.keeper.run)

    def _hook(self, line: WahaLine) -> WebhookConfig | None:
        """Say where WAHA calls us: one on this machine reaches us without a public address."""
        base = self.settings.public_url
        if base is None and is_loopback(line.client.host.partition(":")[0]):
            base = self.address()
        if not base:
            return None
        return WebhookConfig(
            f"{base.rstrip('/')}{WAHA_PATH}/{line.channel.id}", line.credentials["hmac_key"]
        )

    def _desk(self, tx: AsyncSession) -> UnitOfWork:
        return UnitOfWork(tx, now_utc(), self.channels, self.settings.default_language)

    async def _poll(self, line: TelegramLine) -> None:
        url = build_bot_url(line.credentials["token"], self.settings.telegram_api_url)
        line.readiness.poller = poller = Poller(
            line.channel.id,
            url,
            self.database,
            self.inbox_notifier,
            metrics=self.metrics,
            leader_lock=self.place.leader_lock(f"poll:{line.channel.id}"),
        )
        await poller.run()

    async def _register(self, line: TelegramLine) -> None:
        lead = self.place.leader_lock(f"register:{line.channel.id}")
        line.readiness.is_registered = None if self.settings.public_url is None else False
        if not await lead.wait_until_known():
            line.readiness.is_registered = None  # another process sees to it
            await lead.acquire()
        learnt = partial(self._learnt, line.channel.id)
        webhook = self._webhook(line.channel.id)
        await register(line.bot, webhook, line.channel.staff_groups, learnt)
        line.readiness.is_registered = True

    async def _learnt(self, channel_id: ChannelId, me: User) -> None:
        """Keep what Telegram says of the bot."""
        title, username = me.full_name[:120], me.username

        async def keep(tx: AsyncSession) -> str:
            return await kept_channels.save_title(tx, channel_id, title, username)

        self.channels.rename(channel_id, await self.database.run(keep))

    def _webhook(self, channel_id: ChannelId) -> WebhookSettings | None:
        if self.settings.public_url is None:
            return None
        url = f"{self.settings.public_url.rstrip('/')}{PATH.format(channel_id=channel_id)}"
        return WebhookSettings(url, self.secret_of(channel_id))
