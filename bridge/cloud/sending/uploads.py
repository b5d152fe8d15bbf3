"""Gets a delivery's file to Meta: uploaded under the type that it is by its bytes."""

from pathlib import Path

from bridge.cloud.client.error_mapping import ErrorMapper
from bridge.cloud.client.errors import GraphCallError
from bridge.cloud.client.graph_client import GraphClient
from bridge.cloud.sending.message_types import TYPE_NAMES, choose_upload_mime_type
from bridge.convert.media_constraints import get_media_constraints
from db.tables import MessageType
from desk.delivery.ports import Delivery
from desk.errors import Rejected
from desk.media.file_names import clean_name
from desk.media.probe import MediaInfo, probe_file
from desk.media.send_options import is_accepted
from desk.texts import translate

_MB = 1024 * 1024


class MediaUploader:
    """Uploads files through one number."""

    def __init__(self, graph: GraphClient, error_mapper: ErrorMapper, language: str) -> None:
        self._graph = graph
        self._error_mapper = error_mapper
        self._language = language

    async def ensure_uploaded(self, delivery: Delivery) -> tuple[str, str, str | None]:
        """Have a delivery's file at Meta; returns as what it is sent, its id, and its name."""
        content = delivery.content
        kept = content.file or {}
        name = clean_name(str(kept["name"])) if kept.get("name") else None
        if delivery.file_error is not None:
            raise delivery.file_error
        if delivery.file is None:
            if not kept.get("id"):
                raise Rejected(translate(self._language, "reason.no_file"))
            return TYPE_NAMES.get(content.type, "document"), str(kept["id"]), name
        try:
            facts = await probe_file(delivery.file, kept)
        except OSError:
            raise Rejected(translate(self._language, "reason.no_file")) from None
        kind = self._choose_type(content.type, facts)
        return kind, await self._upload(delivery, delivery.file, facts, name or kind), name

    def _choose_type(self, wanted: MessageType, facts: MediaInfo) -> str:
        """Choose as what a file is sent: what WhatsApp does not take otherwise is a document."""
        # What Telegram shows in other ways is a film to WhatsApp.
        other = {
            MessageType.ANIMATION: MessageType.VIDEO,
            MessageType.VIDEO_NOTE: MessageType.VIDEO,
        }
        kind = other.get(wanted, wanted)
        taken, document = get_media_constraints(kind), get_media_constraints(MessageType.FILE)
        if facts.size and taken is not None and is_accepted(facts, taken):
            return TYPE_NAMES[kind]
        most = document.max_bytes if document is not None else 0
        if facts.size > most or facts.size == 0:
            key = "reason.too_large_for_whatsapp" if facts.size else "reason.empty_file"
            raise Rejected(translate(self._language, key, most=most // _MB))
        return TYPE_NAMES[MessageType.FILE]

    async def _upload(self, delivery: Delivery, path: Path, facts: MediaInfo, name: str) -> str:
        mime = choose_upload_mime_type(facts.mime)
        try:
            return await self._graph.upload(path, mime, name)
        except GraphCallError as failure:
            # Nothing has gone to the customer yet: an upload may be made again.
            chat, row_id = delivery.destination.chat, delivery.row_id
            raise self._error_mapper.map_call_error(failure, chat, row_id) from None
        except OSError:
            raise Rejected(translate(self._language, "reason.no_file")) from None
