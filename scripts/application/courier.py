"""Build the courier, and what it delivers with."""

from functools import partial

from db.database import Database
from desk.channels import Channels
from desk.delivery.boards import build_board
from desk.delivery.courier import Courier
from desk.delivery.executor import StepExecutor
from desk.delivery.file_transfer import FileTransfer
from desk.limits.rate_limiter import RateLimiter
from desk.limits.shared_limits import SharedUsage
from desk.media.cache import MediaCache
from desk.media.ffmpeg import find_converter
from desk.media.message_files import MessageFiles
from desk.media.upload_store import UploadStore
from desk.plugins.connections import Connections
from desk.telemetry.metrics import Metrics
from desk.unit_of_work_factory import UnitOfWorkFactory
from scripts.application.card_drawing import build_card_drawer
from scripts.configuration.settings import Settings


def build_courier(
    settings: Settings,
    database: Database,
    uow_factory: UnitOfWorkFactory,
    connections: Connections,
    *,
    rate_limiter: RateLimiter,
    usage: SharedUsage,
    metrics: Metrics,
) -> Courier:
    """Build the courier of a process; it does not run yet."""
    language, channels, zone = settings.default_language, uow_factory.channels, settings.timezone
    executor = StepExecutor(
        channels,
        connections.senders,
        build_card_drawer(settings, channels),
        _build_file_transfer(settings, channels, connections),
        draw_board=partial(build_board, language=language, zone=zone),
    )
    return Courier(database, uow_factory, executor, rate_limiter, metrics=metrics, usage=usage)


def _build_file_transfer(
    settings: Settings, channels: Channels, connections: Connections
) -> FileTransfer:
    uploads, cache = UploadStore(settings.media_dir), MediaCache(settings.media_dir / "cache")
    files = MessageFiles(uploads, cache, connections.senders)
    language = settings.default_language
    return FileTransfer(channels, connections.senders, files, find_converter(), language)
