"""Builds the runner of jobs, with the handler of each kind."""

from typing import Any

from api.routing.transactions import Transactions
from db.database import Database
from db.tables import JobKind
from desk.ai.gate import TurnHandler
from desk.broadcasts.job import BroadcastHandler
from desk.clients.erasure_job import ErasureHandler
from desk.clients.export_job import ExportHandler
from desk.jobs.ports import JobHandler
from desk.jobs.runner import JobRunner
from desk.knowledge.embedding_job import EmbeddingHandler
from desk.knowledge.import_job import ImportHandler
from desk.media.message_files import MessageFiles
from desk.media.upload_store import UploadStore
from desk.reports.drawing import Artist
from desk.reports.summary_job import SummaryHandler
from desk.telemetry.metrics import Metrics
from scripts.application.api_services import ApiServices
from scripts.application.model_source import ModelEmbedder
from scripts.configuration.settings import Settings


def build_job_runner(
    settings: Settings,
    database: Database,
    transactions: Transactions,
    services: ApiServices,
    *,
    metrics: Metrics,
    turns: TurnHandler,
) -> JobRunner:
    """Build the runner with the handler of each kind of job; a web process does not run it."""
    files: MessageFiles = services.by_type[MessageFiles]
    uploads: UploadStore = services.by_type[UploadStore]
    handlers: dict[JobKind, JobHandler[Any]] = {
        JobKind.ERASE_CLIENT: ErasureHandler(transactions, files.forget, database.truncate_log),
        JobKind.EXPORT_CLIENT: ExportHandler(transactions, uploads),
        JobKind.IMPORT_KNOWLEDGE: ImportHandler(transactions, uploads),
        JobKind.EMBED_KNOWLEDGE: EmbeddingHandler(database, services.by_type[ModelEmbedder]),
        JobKind.AI_TURN: turns,
        JobKind.SEND_SUMMARY: SummaryHandler(
            transactions, settings.summary_schedule, services.by_type[Artist]
        ),
        JobKind.SEND_BROADCAST: BroadcastHandler(transactions),
    }
    return JobRunner(database, handlers, metrics=metrics)
