"""Puts the rooms together: the only module that names concrete classes of all of them."""

from dataclasses import dataclass, field
from functools import partial

from aiohttp import web
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.app import PREFIX, build_api
from api.events.hub import Hub
from api.events.rendering import render_event
from api.http.graceful_shutdown import GracefulShutdown
from api.http.health import Check, TaskMonitor, build_health_routes
from api.http.metrics import build_metrics_routes
from api.http.middlewares import hide_server_version
from api.http.request_metrics import build_request_recorder, start_request_timer
from api.pages.docs.page import build_docs_routes
from api.pages.password_reset.page import build_password_reset_routes
from api.routing.context import ApiContext, HttpPolicy, Transactions
from api.webhooks.http_client import WebhookHttpClient
from bot.handlers import build_router
from bot.intake.webhook import build_webhook_routes, derive_webhook_secret
from bot.limits import NO_LIMITS
from bot.receiver import TelegramReceiver
from bridge.cloud.intake.webhook import build_cloud_routes
from bridge.cloud.receiving.receiver import CloudReceiver
from bridge.waha.intake.webhook import build_waha_routes
from bridge.waha.receiver import WahaReceiver
from db.database import Database
from db.ids import ChannelId
from db.queries.channels import channels as kept_channels
from db.tables import ChannelKind
from db.tables.base import now_utc
from desk.accounts.encryption import Encryptor
from desk.channels import Channels, RateLimitOwners
from desk.cluster.notify import Notifier
from desk.cluster.wake import NotifierGroup, Signal
from desk.conversations.staff_groups import GroupChooser
from desk.delivery.cards import build_card
from desk.delivery.courier import Courier, CourierSettings
from desk.delivery.executor import StepExecutor
from desk.delivery.file_transfer import FileTransfer
from desk.delivery.typing import TypingIndicator
from desk.housekeeping import Housekeeping
from desk.lanes import limit_channel, limit_kind
from desk.limits.rate_limiter import RateLimiter
from desk.limits.shared_limits import NoSharedUsage, SharedRateLimiter, SharedUsage, StoredUsage
from desk.media.cache import MediaCache
from desk.media.cleanup import MediaCleanup
from desk.media.ffmpeg import find_converter
from desk.media.message_files import MessageFiles
from desk.media.upload_store import UploadStore
from desk.messages import window_timer
from desk.receiving.intake import Intake
from desk.receiving.timers import Timer, TimerReceiver
from desk.receiving.worker import Worker
from desk.telemetry.backlog import Backlog
from desk.telemetry.metrics import Metrics
from desk.telemetry.request_metrics import RequestMetrics
from desk.templates.sync import TemplateFetcher
from desk.unit_of_work import ChooseGroup
from desk.webhooks.dispatcher import WebhookDispatcher
from desk.webhooks.secrets import WebhookSecrets
from desk.webhooks.sender import WebhookSender
from scripts.application.api_services import ApiServices, api_services
from scripts.application.cluster_membership import Place
from scripts.configuration.settings import Settings
from scripts.connections.channel_reloader import Switchboard
from scripts.connections.connection_tasks import LineJobs
from scripts.connections.connections import Lines
from scripts.connections.factories import TRAITS, limited, limits, makers
from scripts.connections.whatsapp import hidden_ids, link_changed
from scripts.monitoring.readiness import RedisReadiness, checks


@dataclass(slots=True)
class House:
    """Everything that one process consists of, put together and not yet running."""

    settings: Settings
    database: Database
    channels: Channels
    lines: Lines
    switchboard: Switchboard
    worker: Worker
    courier: Courier
    metrics: Metrics
    housekeeping: Housekeeping
    place: Place
    inbox_notifier: Notifier
    outbox_notifier: Notifier
    choose_group: ChooseGroup
    services: ApiServices
    hub: Hub
    intake: Intake
    webhook_dispatcher: WebhookDispatcher
    vitals: TaskMonitor = field(default_factory=TaskMonitor)
    redis: RedisReadiness | None = None
    requests: RequestMetrics = field(default_factory=RequestMetrics)
    closing: GracefulShutdown = field(default_factory=GracefulShutdown)
    # Where it serves, once it does.
    address: str = ""

    def web_app(self) -> web.Application:
        """Build the application: health and metrics, and the channels' webhooks beside them."""
        app = web.Application(client_max_size=4 * 1024 * 1024, middlewares=[start_request_timer])
        app.on_response_prepare.extend([build_request_recorder(self.requests), hide_server_version])
        app.add_routes(build_health_routes(self._checks, self.vitals))
        self.metrics.register(self.requests)
        app.add_routes(build_metrics_routes(self.metrics, Backlog(self.database)))
        serves = self.channels.__contains__
        routes = build_webhook_routes(self._secret, serves, self.intake, self.metrics)
        app.add_routes([*routes, *self._whatsapp_routes()])
        app.add_routes([*build_docs_routes(), *build_password_reset_routes()])
        app.add_subapp(PREFIX, build_api(self._office()))
        return app

    def _whatsapp_routes(self) -> list[web.RouteDef]:
        keys, lines = self.lines.credentials, self.lines
        kept = (keys, self.intake, self.metrics)
        waha = build_waha_routes(*kept, lids=hidden_ids(lines), on_status=link_changed(lines))
        return [*build_cloud_routes(*kept), *waha]

    def _office(self) -> ApiContext:
        """Put together what the API's handlers take."""
        settings = self.settings
        transactions = Transactions(
            self.database,
            self.channels,
            self.outbox_notifier,
            staff_language=settings.default_language,
            choose_group=self.choose_group,
        )
        http_policy = HttpPolicy(settings.cors_origins, settings.trusted_proxies)
        return ApiContext(transactions, http_policy, self.services.by_type, self.closing)

    def _checks(self) -> dict[str, Check]:
        return checks(self.database, self.redis, self.lines.checks())

    def line_jobs(self) -> LineJobs:
        """Give what a worker does for each line."""
        return LineJobs(
            self.settings,
            self.database,
            self.channels,
            self.place,
            self.inbox_notifier,
            self.metrics,
            self._secret,
            self.outbox_notifier,
            self.services.by_type[TemplateFetcher],
            lambda: self.address,
        )

    def look_for_work(self) -> None:
        """Wake this process's loops: a channel is served that was not before."""
        self.worker.signal.notify()
        self.courier.signal.notify()

    async def close(self) -> None:
        """Let go of connections."""
        await self.lines.close()
        await self.services.close()
        if self.redis is not None:
            await self.redis.close()
        await self.database.close()

    def _secret(self, channel_id: ChannelId) -> str:
        return derive_webhook_secret(_secret_key(self.settings), channel_id)


async def build_house(
    settings: Settings, database: Database, place: Place, *, works: bool = True
) -> House:
    """Put a process together from its settings and what the database knows of channels.

    `works`: it will also receive, handle and deliver, not only serve.
    """
    encryptor = Encryptor(_secret_key(settings))
    switchboard = await _switchboard(settings, database, encryptor)
    channels, lines = switchboard.channels, switchboard.lines
    rate_limiter = _throttle(settings, channels)
    metrics = Metrics(lambda: database.retries)
    courier = _courier(
        settings, database, channels, lines, rate_limiter=rate_limiter, metrics=metrics
    )
    choose_group = GroupChooser(rate_limiter).choose
    outbox_notifier = place.notifiers.create_notifier("outbox", courier.signal)
    channels_notifier = place.notifiers.create_notifier("channels", switchboard.signal)
    worker = Worker(
        database,
        channels,
        {
            ChannelKind.TELEGRAM: TelegramReceiver(lines.bots, build_router()),
            ChannelKind.WHATSAPP_CLOUD: CloudReceiver(),
            ChannelKind.WHATSAPP_WAHA: WahaReceiver(),
        },
        outbox_notifier=outbox_notifier,
        staff_language=settings.default_language,
        choose_group=choose_group,
        metrics=metrics,
        timers=TimerReceiver({Timer.WINDOW: window_timer.handle_window_timer}),
    )
    housekeeping = Housekeeping(database, media=MediaCleanup(settings.media_dir))
    services = api_services(settings, database, lines.carriers, channels_notifier)
    news, webhook_dispatcher = Signal(), _herald(settings, database, place, services)
    together = NotifierGroup(news.notify, webhook_dispatcher.notify)
    database.on_new_events = place.notifiers.create_notifier("events", together).notify
    inbox_notifier = place.notifiers.create_notifier("inbox", worker.signal)
    house = House(
        settings,
        database,
        channels,
        lines,
        switchboard,
        worker,
        courier,
        metrics,
        housekeeping,
        place,
        inbox_notifier=inbox_notifier,
        outbox_notifier=outbox_notifier,
        choose_group=choose_group,
        services=services,
        hub=Hub(database, news),
        intake=Intake(database, inbox_notifier),
        webhook_dispatcher=webhook_dispatcher,
    )
    house.services.add(house.hub)
    house.services.add(_composing(settings, channels, lines))
    if works:
        switchboard.jobs_of = house.line_jobs().of
        switchboard.on_new_events = house.look_for_work
    if settings.redis_url is not None:
        house.redis = RedisReadiness(settings.redis_url)
    return house


def _herald(
    settings: Settings, database: Database, place: Place, services: ApiServices
) -> WebhookDispatcher:
    """Make the herald; in a process that only serves nobody runs it."""
    poster = WebhookHttpClient(allow_private=settings.webhook_allow_private)
    services.close_with(poster.close)
    secrets: WebhookSecrets = services.by_type[WebhookSecrets]
    webhook_sender = WebhookSender(database, poster, secrets, render_event)
    return WebhookDispatcher(database, place.leader_lock("webhooks"), webhook_sender)


async def _switchboard(settings: Settings, database: Database, encryptor: Encryptor) -> Switchboard:
    """Make the switchboard, connected as the channels stand now; it does not run yet."""
    read = partial(database.run, kept_channels.list_all)
    switchboard = Switchboard(
        read,
        encryptor,
        Channels(),
        Lines(makers(settings)),
        traits=TRAITS,
        language=settings.default_language,
        enrols_members=settings.staff_enrolment == "members",
    )
    keep_own = partial(_keep_own_channel, settings=settings, encryptor=encryptor)
    try:
        await database.run(keep_own)
    except IntegrityError:  # a process that started at the same moment made the same channel
        await database.run(keep_own)
    switchboard.connect(await read())
    return switchboard


async def _keep_own_channel(tx: AsyncSession, *, settings: Settings, encryptor: Encryptor) -> None:
    """Have the environment's token make its channel, or renew it."""
    if settings.telegram_bot_token is None:
        return
    token = settings.telegram_bot_token.get_secret_value()
    await kept_channels.save_channel(
        tx,
        ChannelKind.TELEGRAM,
        token.partition(":")[0],
        credentials=encryptor.encrypt({"token": token}),
        staff_groups=settings.telegram_staff_group,
    )


def _courier(
    settings: Settings,
    database: Database,
    channels: Channels,
    lines: Lines,
    *,
    rate_limiter: RateLimiter,
    metrics: Metrics,
) -> Courier:
    language = settings.default_language
    executor = StepExecutor(
        channels,
        lines.carriers,
        lambda thread: build_card(thread, channels[thread.channel_id], language, now_utc()),
        _crossing(settings, channels, lines),
    )
    chosen = CourierSettings(staff_language=language)
    usage = _budgets(settings, rate_limiter, channels)
    return Courier(database, channels, executor, rate_limiter, chosen, metrics=metrics, usage=usage)


def _crossing(settings: Settings, channels: Channels, lines: Lines) -> FileTransfer:
    uploads, cache = UploadStore(settings.media_dir), MediaCache(settings.media_dir / "cache")
    files = MessageFiles(uploads, cache, lines.carriers)
    language = settings.default_language
    return FileTransfer(channels, lines.carriers, files, find_converter(), language)


def _composing(settings: Settings, channels: Channels, lines: Lines) -> TypingIndicator:
    rate_limiter = _throttle(
        settings, channels
    )  # of its own: the courier's knows what is spent while it claims
    return TypingIndicator(lines.carriers, rate_limiter, _budgets(settings, rate_limiter, channels))


def _budgets(settings: Settings, rate_limiter: RateLimiter, channels: Channels) -> SharedUsage:
    if isinstance(rate_limiter, SharedRateLimiter):
        return StoredUsage(rate_limiter, RateLimitOwners(channels, limited(settings)))
    return NoSharedUsage()


def _throttle(settings: Settings, channels: Channels) -> RateLimiter:
    allowed = limits(settings, channels)
    if allowed is None:
        return RateLimiter(NO_LIMITS, kind_of=limit_kind, owner_of=limit_channel)
    return SharedRateLimiter(allowed, kind_of=limit_kind, owner_of=limit_channel)


def _secret_key(settings: Settings) -> str:
    assert settings.secret_key is not None  # noqa: S101 the commands ask for it
    return settings.secret_key.get_secret_value()
