"""Gets a delivery's file to Meta: uploaded under the type that it is by its bytes."""

from pathlib import Path

from bridge.cloud.client.error_mapping import Consequences
from bridge.cloud.client.errors import GraphFailure
from bridge.cloud.client.graph_client import Graph
from bridge.cloud.sending.message_types import NAMES, uploaded_as
from bridge.convert.media_constraints import takes
from db.tables import MessageType
from desk.delivery.ports import Delivery
from desk.errors import Rejected
from desk.media.file_names import clean_name
from desk.media.probe import MediaInfo, probe_file
from desk.media.send_options import is_accepted
from desk.texts import translate

_MB = 1024 * 1024


class Uploads:
    """Uploads files through one number."""

    def __init__(self, graph: Graph, consequences: Consequences, language: str) -> None:
        self._graph = graph
        self._consequences = consequences
        self._language = language

    async def ready(self, delivery: Delivery) -> tuple[str, str, str | None]:
        """Have a delivery's file at Meta; returns as what it is sent, its id, and its name."""
        content = delivery.content
        kept = content.file or {}
        name = clean_name(str(kept["name"])) if kept.get("name") else None
        if delivery.file_error is not None:
            raise delivery.file_error
        if delivery.file is None:
            if not kept.get("id"):
                raise Rejected(translate(self._language, "reason.no_file"))
            return NAMES.get(content.type, "document"), str(kept["id"]), name
        try:
            facts = await probe_file(delivery.file, kept)
        except OSError:
            raise Rejected(translate(self._language, "reason.no_file")) from None
        kind = self._kind(content.type, facts)
        return kind, await self._upload(delivery, delivery.file, facts, name or kind), name

    def _kind(self, wanted: MessageType, facts: MediaInfo) -> str:
        """Choose as what a file is sent: what WhatsApp does not take otherwise is a document."""
        # What Telegram shows in other ways is a film to WhatsApp.
        other = {
            MessageType.ANIMATION: MessageType.VIDEO,
            MessageType.VIDEO_NOTE: MessageType.VIDEO,
        }
        kind = other.get(wanted, wanted)
        taken, document = takes(kind), takes(MessageType.FILE)
        if facts.size and taken is not None and is_accepted(facts, taken):
            return NAMES[kind]
        most = document.max_bytes if document is not None else 0
        if facts.size > most or facts.size == 0:
            key = "reason.too_large_for_whatsapp" if facts.size else "reason.empty_file"
            raise Rejected(translate(self._language, key, most=most // _MB))
        return NAMES[MessageType.FILE]

    async def _upload(self, delivery: Delivery, path: Path, facts: MediaInfo, name: str) -> str:
        mime = uploaded_as(facts.mime)
        try:
            return await self._graph.upload(path, mime, name)
        except GraphFailure as failure:
            # Nothing has gone to the customer yet: an upload may be made again.
            chat, row_id = delivery.destination.chat, delivery.row_id
            raise self._consequences.of_call(failure, chat, row_id) from None
        except OSError:
            raise Rejected(translate(self._language, "reason.no_file")) from None
