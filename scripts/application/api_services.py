"""Services that the API's handlers ask for by type; made once for a process, closed with it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.auth.reauthentication import Reauthenticator
from api.files.upload_form import UploadReceiver
from api.installation.settings import Installation
from api.webhooks.urls import WebhookUrlPolicy
from db.database import Database
from db.ids import ChannelId
from desk.accounts.encryption import Encryptor
from desk.accounts.file_links import FileLinks
from desk.accounts.hashing import Hasher
from desk.accounts.init_data import InitDataVerifier
from desk.accounts.log_ins import LogIns
from desk.accounts.login_throttle import FailureCounter, LoginThrottle, MemoryFailureCounter
from desk.accounts.second_factor import SecondFactors
from desk.cluster.notify import Notifier
from desk.delivery.ports import ChannelCapabilities, ChannelSender
from desk.knowledge.knowledge_base import KnowledgeBase
from desk.media.cache import MediaCache
from desk.media.ffmpeg import find_converter
from desk.media.message_files import MessageFiles
from desk.media.thumbnails import Thumbnails
from desk.media.upload_store import UploadStore
from desk.reports.drawing import Artist
from desk.reports.periods import DeskZone
from desk.setup.channels import ChannelChangeNotifier
from desk.templates.sync import TemplateFetcher
from desk.urls.public import PublicAddress
from desk.webhooks.secrets import WebhookSecrets
from scripts.application.model_source import ModelEmbedder, ModelSource
from scripts.configuration.settings import Settings


@dataclass(slots=True)
class ApiServices:
    """Services by their type, and how to close them."""

    by_type: dict[type, Any] = field(default_factory=dict)
    _close_callbacks: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def add(self, *services: object) -> None:
        """Offer these to handlers that ask for their types."""
        self.by_type |= {type(each): each for each in services}

    def on_close(self, close: Callable[[], Awaitable[None]]) -> None:
        """Call this function when the process ends."""
        self._close_callbacks.append(close)

    async def close(self) -> None:
        """Close every service, the newest first."""
        for close in reversed(self._close_callbacks):
            await close()


def build_api_services(
    settings: Settings,
    database: Database,
    senders: Mapping[ChannelId, ChannelSender],
    channels_notifier: Notifier,
) -> ApiServices:
    """Build the services of the API's handlers from the settings; `senders` are those in use."""
    made = ApiServices()
    login_throttle, hasher = LoginThrottle(_build_counter(settings, database, made)), Hasher()
    factors = SecondFactors(*settings.secret_keys)
    made.add(
        LogIns(*settings.jwt_secrets),
        factors,
        login_throttle,
        hasher,
        Reauthenticator(login_throttle, hasher, factors),
        FileLinks.from_secrets(*settings.jwt_secrets),
        InitDataVerifier.from_hex(settings.mini_app_key),
        PublicAddress(settings.public_url),
        DeskZone(settings.timezone),
        Artist(),
        WebhookSecrets(*settings.secret_keys),
        WebhookUrlPolicy(allow_private=settings.webhook_allow_private),
    )
    _add_setup_services(made, settings, channels_notifier)
    uploads, cache = UploadStore(settings.media_dir), MediaCache(settings.media_dir / "cache")
    files = MessageFiles(uploads, cache, senders)
    made.add(
        uploads,
        UploadReceiver(uploads),
        files,
        Thumbnails(files, find_converter()),
        ChannelCapabilities(senders),
        TemplateFetcher(senders),
    )
    _add_ai_services(made, settings, database)
    made.on_close(hasher.close)
    return made


def _add_ai_services(made: ApiServices, settings: Settings, database: Database) -> None:
    models = ModelSource(settings)
    embedder = ModelEmbedder(settings, models, database)
    made.add(models, embedder, KnowledgeBase(database, embedder))
    made.on_close(models.close)


def _add_setup_services(made: ApiServices, settings: Settings, channels_notifier: Notifier) -> None:
    made.add(
        Encryptor(*settings.secret_keys),
        ChannelChangeNotifier(channels_notifier),
        _build_installation(settings),
    )


def _build_installation(settings: Settings) -> Installation:
    return Installation(
        database="sqlite" if settings.database_url.is_sqlite else "mysql",
        redis=settings.redis_url is not None,
        public_url=settings.public_url,
        telegram_api_url=settings.telegram_api_url,
        telegram_bot_token=settings.telegram_bot_token is not None,
        telegram_limits=settings.telegram_limits,
        staff_enrolment=settings.staff_enrolment,
        default_language=settings.default_language,
        openai=settings.openai_api_key is not None,
        openai_base_url=settings.openai_base_url,
        openai_model=settings.openai_model,
        cors_origins=tuple(sorted(settings.cors_origins)),
    )


def _build_counter(settings: Settings, database: Database, made: ApiServices) -> FailureCounter:
    if settings.redis_url is None:
        return MemoryFailureCounter()
    # Redis's client takes 6 MB: it is imported only where Redis is used.
    from desk.accounts.redis_login_throttle import RedisFailureCounter  # noqa: PLC0415

    counter = RedisFailureCounter(settings.redis_url, database.address.url.database or "")
    made.on_close(counter.close)
    return counter
