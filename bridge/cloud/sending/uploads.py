"""Upload a delivery's file to Meta, with the media type found in its bytes."""

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
        """Upload a delivery's file if needed; return its message type, its id and its name."""
        content = delivery.content
        file = content.file or {}
        name = clean_name(str(file["name"])) if file.get("name") else None
        if delivery.file_error is not None:
            raise delivery.file_error
        if delivery.file is None:
            if not file.get("id"):
                raise Rejected(translate(self._language, "reason.no_file"))
            return TYPE_NAMES.get(content.type, "document"), str(file["id"]), name
        try:
            info = await probe_file(delivery.file, file)
        except OSError:
            raise Rejected(translate(self._language, "reason.no_file")) from None
        kind = self._choose_type(content.type, info)
        return kind, await self._upload(delivery, delivery.file, info, name or kind), name

    def _choose_type(self, wanted: MessageType, info: MediaInfo) -> str:
        """Choose the message type for sending a file, a document if no other is accepted."""
        # WhatsApp has one type for all that Telegram shows as an animation or a video message.
        other = {
            MessageType.ANIMATION: MessageType.VIDEO,
            MessageType.VIDEO_NOTE: MessageType.VIDEO,
        }
        kind = other.get(wanted, wanted)
        constraints, document = get_media_constraints(kind), get_media_constraints(MessageType.FILE)
        if info.size and constraints is not None and is_accepted(info, constraints):
            return TYPE_NAMES[kind]
        max_bytes = document.max_bytes if document is not None else 0
        if info.size > max_bytes or info.size == 0:
            key = "reason.too_large_for_whatsapp" if info.size else "reason.empty_file"
            raise Rejected(translate(self._language, key, most=max_bytes // _MB))
        return TYPE_NAMES[MessageType.FILE]

    async def _upload(self, delivery: Delivery, path: Path, info: MediaInfo, name: str) -> str:
        mime = choose_upload_mime_type(info.mime)
        try:
            return await self._graph.upload(path, mime, name)
        except GraphCallError as failure:
            # The customer has received nothing yet, so the upload may be repeated.
            chat, row_id = delivery.destination.chat, delivery.row_id
            raise self._error_mapper.map_call_error(failure, chat, row_id) from None
        except OSError:
            raise Rejected(translate(self._language, "reason.no_file")) from None
