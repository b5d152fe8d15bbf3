"""Builds a process from the parts of all folders.

This is the only module that names concrete classes of all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from aiohttp import web
from sqlalchemy.exc import IntegrityError

from api.app import build_api
from api.events.hub import Hub
from api.events.presence import Presences
from api.events.rendering import render_event
from api.http.graceful_shutdown import GracefulShutdown
from api.http.health import Check, TaskMonitor
from api.http.middlewares import hide_server_version
from api.http.policy import HttpPolicy
from api.http.request_metrics import build_request_recorder, start_request_timer
from api.pages.console.page import DemoLogIn, build_console_routes
from api.pages.docs.page import build_docs_routes
from api.pages.password_reset.page import build_password_reset_routes
from api.routing.context import ApiContext
from api.routing.route import PREFIX
from api.routing.transactions import Transactions
from api.webhooks.http_client import WebhookHttpClient
from bot.plugin import build_telegram_plugin
from bridge.cloud.plugin import build_cloud_plugin
from bridge.waha.plugin import build_waha_plugin
from db.database import Database
from db.queries.channels import channels as channel_queries
from desk.accounts.encryption import Encryptor
from desk.ai.gate import AiTranslator
from desk.channels import Channels
from desk.cluster.notify import Notifier
from desk.cluster.wake import NotifierGroup, Signal
from desk.conversations.boards import refresh_boards
from desk.conversations.placing import move_open_sessions
from desk.conversations.staff_groups import GroupChooser
from desk.delivery.courier import Courier
from desk.housekeeping import Housekeeping
from desk.jobs.runner import JobRunner
from desk.knowledge.knowledge_base import KnowledgeBase
from desk.limits.body_reader import BodyReader
from desk.media.cleanup import MediaCleanup
from desk.media.message_files import MessageFiles
from desk.plugins.connection import ChannelServices
from desk.plugins.connections import Connections
from desk.plugins.plugin import ChannelPlugins
from desk.receiving.intake import Intake
from desk.receiving.timers import TimerReceiver
from desk.receiving.worker import Worker
from desk.telemetry.metrics import Metrics
from desk.telemetry.request_metrics import RequestMetrics
from desk.transactions import FewAtOnce
from desk.unit_of_work import UnitOfWork
from desk.unit_of_work_factory import UnitOfWorkFactory
from desk.webhooks.dispatcher import WebhookDispatcher
from desk.webhooks.secrets import WebhookSecrets
from desk.webhooks.sender import WebhookSender
from scripts.application.ai_agents import (
    ThinkerSource,
    build_trials,
    build_turn_handler,
    build_typing,
)
from scripts.application.api_services import ApiServices, build_api_services
from scripts.application.channels_of_settings import (
    find_environment_channel,
    save_own_channels,
)
from scripts.application.cluster_membership import ClusterMembership
from scripts.application.courier import build_courier
from scripts.application.job_runner import build_job_runner
from scripts.application.model_source import ModelSource
from scripts.application.projections import list_projections
from scripts.application.rate_limits import build_rate_limiter, build_usage
from scripts.application.timers import list_timers
from scripts.application.uow_factory import build_uow_factory
from scripts.configuration.settings import Settings
from scripts.connections.channel_reloader import ChannelReloader
from scripts.monitoring.alarm_watch import AlarmWatch, build_alarm_watch
from scripts.monitoring.database_watch import DatabaseWatch, watch_database
from scripts.monitoring.desk_watch import DeskWatch
from scripts.monitoring.monitoring_routes import build_monitoring_routes
from scripts.monitoring.readiness import RedisReadiness, list_checks

Plugins = ChannelPlugins[web.RouteDef]
# Many turns of AI agents may end at once; a human's message waits for so many of them at most. With
# fewer, turns wait for each other where the disk is slow.
_AI_TRANSACTIONS_AT_ONCE = 8


def list_plugins(settings: Settings) -> Plugins:
    """List the kinds of channels that this program serves."""
    language, whatsapp_limits = settings.default_language, settings.whatsapp_limits != "off"
    return ChannelPlugins(
        [
            build_telegram_plugin(
                settings.telegram_api_url,
                settings.public_url,
                language,
                has_limits=settings.telegram_limits != "off",
                opens_http=settings.mini_app_key is not None,
            ),
            build_cloud_plugin(settings.whatsapp_api_url, language, has_limits=whatsapp_limits),
            build_waha_plugin(has_limits=whatsapp_limits),
        ]
    )


@dataclass(slots=True)
class Application:
    """Everything that one process consists of, built but not running yet."""

    settings: Settings
    plugins: Plugins
    database: Database
    channels: Channels
    connections: Connections
    reloader: ChannelReloader
    worker: Worker
    courier: Courier
    metrics: Metrics
    housekeeping: Housekeeping
    alarm_watch: AlarmWatch
    desk_watch: DeskWatch
    membership: ClusterMembership
    inbox_notifier: Notifier
    outbox_notifier: Notifier
    uow_factory: UnitOfWorkFactory
    services: ApiServices
    hub: Hub
    intake: Intake
    webhook_dispatcher: WebhookDispatcher
    transactions: Transactions
    jobs: JobRunner
    database_watch: DatabaseWatch
    bodies: BodyReader = field(default_factory=BodyReader)
    task_monitor: TaskMonitor = field(default_factory=TaskMonitor)
    redis: RedisReadiness | None = None
    requests: RequestMetrics = field(default_factory=RequestMetrics)
    shutdown: GracefulShutdown = field(default_factory=GracefulShutdown)
    # The address that the HTTP server listens on; empty until it does.
    address: str = ""
    # Accounts that the console logs in by one click; only the demo has some.
    demo_log_ins: Sequence[DemoLogIn] = ()

    def build_web_app(self) -> web.Application:
        """Build the web application: health, metrics, channel webhooks, pages and the API."""
        app = web.Application(middlewares=[start_request_timer])
        app.on_response_prepare.extend([build_request_recorder(self.requests), hide_server_version])
        self.metrics.register(self.requests)
        app.add_routes(self.list_monitoring_routes())
        services = self.build_channel_services()
        app.add_routes(self.plugins.build_routes(self.connections, services))
        frames = self.settings.console_frames
        app.add_routes(build_console_routes(self.demo_log_ins, frames=frames))
        app.add_routes([*build_docs_routes(), *build_password_reset_routes()])
        app.add_subapp(PREFIX, build_api(self._build_api_context()))
        return app

    def list_monitoring_routes(self) -> list[web.RouteDef]:
        """List the routes of health and metrics, which a worker with a port serves too."""
        checks, watch = self._list_checks, self.alarm_watch
        return build_monitoring_routes(
            checks, self.task_monitor, metrics=self.metrics, database=self.database, watch=watch
        )

    def _build_api_context(self) -> ApiContext:
        """Build the context that the API's handlers use."""
        http_policy = HttpPolicy(
            self.settings.cors_origins, self.settings.trusted_proxies, self.settings.public_url
        )
        return ApiContext(self.transactions, http_policy, self.services.by_type, self.shutdown)

    def _list_checks(self) -> dict[str, Check]:
        of_connections = self.connections.checks()
        return list_checks(self.database, self.database_watch, self.redis, of_connections)

    def build_channel_services(self) -> ChannelServices:
        """Build what the channels' routes and background tasks use."""
        return ChannelServices(
            database=self.database,
            channels=self.channels,
            uow_factory=self.uow_factory,
            intake=self.intake,
            metrics=self.metrics,
            bodies=self.bodies,
            inbox_notifier=self.inbox_notifier,
            outbox_notifier=self.outbox_notifier,
            leader_lock=self.membership.leader_lock,
            secret_keys=self.settings.secret_keys,
            public_url=self.settings.public_url,
            get_address=lambda: self.address,
        )

    def wake_loops(self) -> None:
        """Wake this process's worker and courier, because a new channel is served now."""
        self.worker.signal.notify()
        self.courier.signal.notify()

    async def close(self) -> None:
        """Close every connection of this process."""
        await self.connections.close()
        await self.services.close()
        if self.redis is not None:
            await self.redis.close()
        await self.database.close()


async def build_application(
    settings: Settings,
    database: Database,
    membership: ClusterMembership,
    plugins: Plugins,
    *,
    is_worker: bool = True,
) -> Application:
    """Build a process from its settings, its plug-ins and the channels in the database.

    With `is_worker` it also receives, handles and delivers; without it, it only serves HTTP.
    """
    encryptor = Encryptor(*settings.secret_keys)
    reloader = await _build_reloader(settings, plugins, database, encryptor)
    channels, connections = reloader.channels, reloader.connections
    rate_limiter = build_rate_limiter(plugins, channels)
    metrics = Metrics(lambda: database.retries)
    usage = build_usage(plugins, rate_limiter, channels)
    uow_factory = build_uow_factory(
        settings, channels, list_projections(), GroupChooser(rate_limiter).choose
    )
    courier = build_courier(
        settings,
        database,
        uow_factory,
        connections,
        rate_limiter=rate_limiter,
        usage=usage,
        metrics=metrics,
    )
    outbox_notifier = membership.notifiers.create_notifier("outbox", courier.signal)
    channels_notifier = membership.notifiers.create_notifier("channels", reloader.signal)
    worker = Worker(
        database,
        uow_factory,
        plugins.build_receivers(connections),
        outbox_notifier=outbox_notifier,
        metrics=metrics,
        timers=TimerReceiver(list_timers()),
    )
    housekeeping = Housekeeping(
        database, settings.retention, media=MediaCleanup(settings.media_dir)
    )
    services = build_api_services(settings, database, connections.senders, channels_notifier)
    services.add(plugins.build_providers(), plugins.build_linkers())
    services.add(find_environment_channel(settings))
    events_signal, webhook_dispatcher = (
        Signal(),
        _build_webhook_dispatcher(settings, database, membership, services),
    )
    event_wakers = NotifierGroup(events_signal.notify, webhook_dispatcher.notify)
    database.on_new_events = membership.notifiers.create_notifier("events", event_wakers).notify
    inbox_notifier = membership.notifiers.create_notifier("inbox", worker.signal)
    transactions = Transactions(database, uow_factory, outbox_notifier)
    typing = build_typing(plugins, channels, connections)
    knowledge: KnowledgeBase = services.by_type[KnowledgeBase]
    files: MessageFiles = services.by_type[MessageFiles]
    models: ModelSource = services.by_type[ModelSource]
    of_ai = FewAtOnce(transactions, _AI_TRANSACTIONS_AT_ONCE)
    thinkers = ThinkerSource(settings, of_ai, knowledge, models, files)
    services.add(typing, build_trials(thinkers, transactions), AiTranslator(thinkers.get))
    turns = build_turn_handler(thinkers, of_ai, typing)
    jobs = build_job_runner(
        settings, database, transactions, services, metrics=metrics, turns=turns
    )
    uow_factory.job_starter.runner = jobs
    database.on_new_jobs = membership.notifiers.create_notifier("jobs", jobs.signal).notify
    application = Application(
        settings,
        plugins,
        database,
        channels,
        connections,
        reloader,
        worker,
        courier,
        metrics,
        housekeeping,
        build_alarm_watch(settings, transactions),
        DeskWatch(transactions),
        membership,
        inbox_notifier=inbox_notifier,
        outbox_notifier=outbox_notifier,
        uow_factory=uow_factory,
        services=services,
        hub=Hub(database, events_signal),
        intake=Intake(database, inbox_notifier),
        webhook_dispatcher=webhook_dispatcher,
        transactions=transactions,
        jobs=jobs,
        database_watch=await watch_database(database),
    )
    presences = Presences(application.hub)
    presences.send = membership.notifiers.create_broadcast("presence", presences.receive)
    application.services.add(application.hub, presences)
    if is_worker:
        await transactions.run(_follow_staff_mode)
        channel_services = application.build_channel_services()
        reloader.list_tasks = lambda connection: connection.list_tasks(channel_services)
        reloader.on_new_channel = application.wake_loops
    if settings.redis_url is not None:
        application.redis = RedisReadiness(settings.redis_url)
    return application


async def _follow_staff_mode(uow: UnitOfWork) -> None:
    """Have open sessions shown where the settings say now: they may have changed."""
    await move_open_sessions(uow)
    refresh_boards(uow)


def _build_webhook_dispatcher(
    settings: Settings, database: Database, membership: ClusterMembership, services: ApiServices
) -> WebhookDispatcher:
    """Build the dispatcher of outgoing webhooks; a web process does not run it."""
    http_client = WebhookHttpClient(allow_private=settings.webhook_allow_private)
    services.on_close(http_client.close)
    secrets: WebhookSecrets = services.by_type[WebhookSecrets]
    webhook_sender = WebhookSender(database, http_client, secrets, render_event)
    return WebhookDispatcher(database, membership.leader_lock("webhooks"), webhook_sender)


async def _build_reloader(
    settings: Settings, plugins: Plugins, database: Database, encryptor: Encryptor
) -> ChannelReloader:
    """Build the channel reloader with the channels loaded; it does not run yet."""
    load_channels = partial(database.run, channel_queries.list_all)
    reloader = ChannelReloader(
        load_channels,
        encryptor,
        Channels(traits=plugins.traits),
        plugins.build_connections(),
        language=settings.default_language,
        enrols_members=settings.staff_enrolment == "members",
        staff_mode=settings.staff_mode,
    )
    save_own = partial(save_own_channels, settings=settings, encryptor=encryptor)
    try:
        await database.run(save_own)
    # Another process started at the same moment and created the same channel.
    except IntegrityError:
        await database.run(save_own)
    reloader.apply(await load_channels())
    return reloader
