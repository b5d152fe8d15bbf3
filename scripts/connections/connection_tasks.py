"""What a worker runs for each connection while it is in use."""

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
from db.queries.channels import channels as channel_queries
from db.tables.base import now_utc
from desk.channels import Channels
from desk.cluster.notify import Notifier
from desk.telemetry.metrics import Metrics
from desk.templates.sync import TemplateFetcher, sync_forever
from desk.unit_of_work import UnitOfWork
from scripts.application.cluster_membership import ClusterMembership
from scripts.configuration.parsers import is_loopback
from scripts.configuration.settings import Settings
from scripts.connections.connections import Connection, TelegramConnection
from scripts.connections.task_supervisor import SupervisedTask
from scripts.connections.whatsapp import CloudConnection, WahaConnection


@dataclass(frozen=True, slots=True)
class ConnectionTasks:
    """Registers bots at their providers, and fetches updates and templates."""

    settings: Settings
    database: Database
    channels: Channels
    membership: ClusterMembership
    inbox_notifier: Notifier
    metrics: Metrics
    # Returns a Telegram channel's webhook secret, which shows that a call is genuine.
    get_webhook_secret: Callable[[ChannelId], str]
    outbox_notifier: Notifier
    templates: TemplateFetcher
    # Returns where this process serves HTTP; empty when it does not.
    get_address: Callable[[], str]

    def list_tasks(self, connection: Connection) -> Iterator[SupervisedTask]:
        """List the tasks of a connection."""
        match connection:
            case TelegramConnection():
                yield from self._list_telegram_tasks(connection)
            case CloudConnection():
                yield from self._list_cloud_tasks(connection)
            case WahaConnection():
                yield from self._list_waha_tasks(connection)

    def _list_telegram_tasks(self, connection: TelegramConnection) -> Iterator[SupervisedTask]:
        name, groups = connection.channel.id, connection.channel.staff_groups
        yield SupervisedTask(
            f"register:{name}",
            (connection, groups),
            partial(self._register, connection),
            runs_forever=False,
        )
        if self.settings.public_url is None:
            yield SupervisedTask(f"poller:{name}", connection, partial(self._poll, connection))

    def _list_cloud_tasks(self, connection: CloudConnection) -> Iterator[SupervisedTask]:
        name = connection.channel.id
        yield SupervisedTask(
            f"templates:{name}", connection, partial(self._sync_templates, connection)
        )

    async def _sync_templates(self, connection: CloudConnection) -> None:
        await self.membership.leader_lock(f"templates:{connection.channel.id}").acquire()
        await sync_forever(self.database, self.templates, connection.channel)

    def _list_waha_tasks(self, connection: WahaConnection) -> Iterator[SupervisedTask]:
        connection.session_supervisor = connection.session_supervisor or SessionSupervisor(
            connection.channel.id,
            connection.client,
            self.database,
            self._build_hook(connection),
            self.membership.leader_lock(f"link:{connection.channel.id}"),
            make_uow=self._make_uow,
            outbox_notifier=self.outbox_notifier,
        )
        yield SupervisedTask(
            f"link:{connection.channel.id}", connection, connection.session_supervisor.run
        )

    def _build_hook(self, connection: WahaConnection) -> WebhookConfig | None:
        """Return where WAHA calls us; a WAHA on this machine needs no public address."""
        base = self.settings.public_url
        if base is None and is_loopback(connection.client.host.partition(":")[0]):
            base = self.get_address()
        if not base:
            return None
        return WebhookConfig(
            f"{base.rstrip('/')}{WAHA_PATH}/{connection.channel.id}",
            connection.credentials["hmac_key"],
        )

    def _make_uow(self, tx: AsyncSession) -> UnitOfWork:
        return UnitOfWork(tx, now_utc(), self.channels, self.settings.default_language)

    async def _poll(self, connection: TelegramConnection) -> None:
        url = build_bot_url(connection.credentials["token"], self.settings.telegram_api_url)
        connection.readiness.poller = poller = Poller(
            connection.channel.id,
            url,
            self.database,
            self.inbox_notifier,
            metrics=self.metrics,
            leader_lock=self.membership.leader_lock(f"poll:{connection.channel.id}"),
        )
        await poller.run()

    async def _register(self, connection: TelegramConnection) -> None:
        leader_lock = self.membership.leader_lock(f"register:{connection.channel.id}")
        connection.readiness.is_registered = None if self.settings.public_url is None else False
        if not await leader_lock.wait_until_known():
            connection.readiness.is_registered = None  # another process registers it
            await leader_lock.acquire()
        save_profile = partial(self._save_bot_profile, connection.channel.id)
        webhook = self._build_webhook(connection.channel.id)
        await register(connection.bot, webhook, connection.channel.staff_groups, save_profile)
        connection.readiness.is_registered = True

    async def _save_bot_profile(self, channel_id: ChannelId, me: User) -> None:
        """Save what Telegram says about the bot."""
        title, username = me.full_name[:120], me.username

        async def save(tx: AsyncSession) -> str:
            return await channel_queries.save_title(tx, channel_id, title, username)

        self.channels.rename(channel_id, await self.database.run(save))

    def _build_webhook(self, channel_id: ChannelId) -> WebhookSettings | None:
        if self.settings.public_url is None:
            return None
        url = f"{self.settings.public_url.rstrip('/')}{PATH.format(channel_id=channel_id)}"
        return WebhookSettings(url, self.get_webhook_secret(channel_id))
