"""The job that sends a customer a copy of their data, after an administrator granted it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from typing import Any, ClassVar

from db.ids import ClientId, ConversationId, MessageId, new_id
from db.queries.conversations.threads import Thread
from db.tables import JobKind, MessageType
from desk.clients.export_text import iter_export
from desk.content import Content
from desk.conversations.notices import is_already_sent, notify_topic
from desk.conversations.threads import find_thread
from desk.jobs.ports import RunningJob
from desk.jobs.retry_policy import RetryPolicy
from desk.media.upload_store import ReceivedFile, UploadStore, UploadTooLargeError
from desk.texts import translate
from desk.transactions import RunsTransactions
from desk.unit_of_work import UnitOfWork

# Telegram takes files of bots up to 50 MB.
_MAX_SIZE = 45_000_000
_FILE_NAME = "my-data.txt"


@dataclass(frozen=True, slots=True)
class ExportClient:
    """Send the data of this client into this conversation of theirs."""

    kind: ClassVar[JobKind] = JobKind.EXPORT_CLIENT
    client_id: ClientId
    conversation_id: ConversationId
    language: str

    @property
    def dedup_key(self) -> str:
        return f"{self.kind}:{self.conversation_id}"

    def to_json(self) -> dict[str, Any]:
        return {
            "client": self.client_id,
            "conversation": self.conversation_id,
            "language": self.language,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ExportClient":
        conversation_id = ConversationId(data["conversation"])
        return cls(ClientId(data["client"]), conversation_id, data["language"])


class ExportHandler:
    """Writes the file and sends it. It is no message of the history, and is removed in time.

    An attempt that begins again writes another file; the outbox knows whether one was sent.
    """

    retry_policy = RetryPolicy(max_attempts=5)

    def __init__(self, transactions: RunsTransactions, uploads: UploadStore) -> None:
        self._transactions, self._uploads = transactions, uploads

    def parse(self, payload: Mapping[str, Any]) -> ExportClient:
        return ExportClient.from_json(payload)

    async def run(self, job: RunningJob, payload: ExportClient) -> None:
        """Send the file, or tell staff that it is too large; a client who is gone gets nothing."""
        say = partial(translate, payload.language)
        zone = await self._transactions.run(_read_zone)
        chunks = iter_export(self._transactions, payload.client_id, say, zone)
        file_id = MessageId(new_id())
        try:
            async with self._uploads.receive(_with_pauses(job, chunks), most=_MAX_SIZE) as file:
                if not file.size:
                    return
                await self._uploads.save(file, file_id)
        except UploadTooLargeError:
            await self._transactions.run(partial(_tell_too_large, job, payload))
            return
        content = _build_content(file, file_id, say("export.caption"))
        await self._transactions.run(partial(_send, job, payload, content))


async def _read_zone(uow: UnitOfWork) -> tzinfo:
    return uow.zone


async def _with_pauses(job: RunningJob, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for each in chunks:
        yield each
        await job.pause(0.0)


def _build_content(file: ReceivedFile, file_id: MessageId, caption: str) -> Content:
    described = {
        "upload": file_id,
        "size": file.size,
        "name": _FILE_NAME,
        "mime": "text/plain",
        "sha256": file.digest,
    }
    return Content(MessageType.FILE, caption, file=described)


async def _send(job: RunningJob, payload: ExportClient, content: Content, uow: UnitOfWork) -> None:
    thread = await _find_thread(job, payload, uow)
    key = f"{payload.dedup_key}:{job.claimed.id}"
    if thread is not None and not await is_already_sent(uow, key):
        uow.enqueue_customer_notice(thread, content, dedup_key=key)
        notify_topic(uow, thread, "customer_command.export_sent")


async def _tell_too_large(job: RunningJob, payload: ExportClient, uow: UnitOfWork) -> None:
    thread = await _find_thread(job, payload, uow)
    if thread is not None:
        notify_topic(uow, thread, "customer_command.export_too_large", client=payload.client_id)


async def _find_thread(job: RunningJob, payload: ExportClient, uow: UnitOfWork) -> Thread | None:
    await job.ensure_held(uow.tx)
    return await find_thread(uow, payload.conversation_id)
