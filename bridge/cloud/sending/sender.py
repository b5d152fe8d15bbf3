"""Send messages of every type, reactions, read marks, typing indicators and files.

The Cloud API cannot edit or delete sent messages, so the sender has no such methods.
"""

from collections.abc import AsyncGenerator

from bridge.cloud.client.downloads import MediaDownloader
from bridge.cloud.client.error_mapping import ErrorMapper
from bridge.cloud.client.errors import GraphCallError
from bridge.cloud.client.graph_client import GraphClient
from bridge.cloud.client.templates import fetch_all_templates
from bridge.cloud.sending import payloads
from bridge.cloud.sending.interactive import build_interactive
from bridge.cloud.sending.message_types import TYPE_NAMES, TYPES_WITH_CAPTION
from bridge.cloud.sending.uploads import MediaUploader
from bridge.convert.media_constraints import get_media_constraints
from bridge.convert.numbered_list import format_numbered_list
from bridge.convert.to_whatsapp import format_text, split_formatted_text
from db.tables import MessageType
from desk.content import Content
from desk.delivery.ports import Delivery, Destination, SendResult
from desk.errors import DeliveryError, Rejected
from desk.formatting.splitting import utf16_length
from desk.media.ports import MediaConstraints
from desk.templates.ports import ProviderTemplate
from desk.texts import translate

_TEXT, _CAPTION = payloads.TEXT_LIMIT, payloads.CAPTION_LIMIT


class CloudSender:
    """Sends messages to the customers of one number."""

    def __init__(self, graph: GraphClient, language: str) -> None:
        """Create a sender.

        `language` is for what agents read. The texts for customers come in `Delivery`.
        """
        self._graph = graph
        self._language = language
        self._error_mapper = ErrorMapper(language)
        self._uploads = MediaUploader(graph, self._error_mapper, language)
        self._downloads = MediaDownloader(graph)

    async def close(self) -> None:
        """Close the connections."""
        await self._graph.close()

    async def deliver(self, delivery: Delivery) -> SendResult:
        """Send content of any type; content that needs several messages gets several ids."""
        content = delivery.content
        if content.is_template:
            return SendResult((await self._send_template(delivery),))
        match content.type:
            case MessageType.TEXT | MessageType.LINK:
                return await self._send_text(delivery, content)
            case MessageType.LOCATION if "latitude" in (content.attributes or {}):
                place = payloads.build_location(content.attributes or {})
                return await self._send_with_follow_ups(
                    delivery, "location", place, _split_text(content)
                )
            case MessageType.CONTACT if content.attributes:
                shared = payloads.build_contacts(content.attributes)
                return await self._send_with_follow_ups(delivery, "contacts", shared, [])
        if content.file is not None or delivery.file is not None:
            return await self._send_file(delivery)
        if content.text:
            return await self._send_text(delivery, content)
        raise Rejected(translate(self._language, "reason.no_such_kind"))

    async def react(self, delivery: Delivery) -> None:
        """React to a copy; an empty `emoji` removes the reaction."""
        for target in delivery.targets[:1]:
            reaction = payloads.build_reaction(target, delivery.emoji)
            await self._send(delivery, "reaction", reaction)

    async def mark_read(self, place: Destination) -> None:
        """Show the customer that their last message and all before it were read."""
        await self._send_read_mark(place, typing=False)

    async def show_typing(self, place: Destination) -> None:
        """Show a typing indicator for 25 seconds; this marks the chat as read, too."""
        await self._send_read_mark(place, typing=True)

    def get_media_constraints(self, kind: MessageType) -> MediaConstraints | None:
        """Return which files may be sent as this message type."""
        return get_media_constraints(kind)

    def download(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of a file that was sent through the number."""
        return self._downloads.download(file_id)

    async def fetch_templates(self) -> list[ProviderTemplate]:
        """List the templates of the number's business account."""
        try:
            return await fetch_all_templates(self._graph)
        except GraphCallError as failure:
            raise self._error_mapper.map_call_error(failure, "templates") from None

    async def _send_read_mark(self, place: Destination, *, typing: bool) -> None:
        if place.last_inbound_id is None:
            return
        try:
            await self._graph.send_read_mark(
                payloads.build_read_mark(place.last_inbound_id, typing=typing)
            )
        except GraphCallError as failure:
            raise self._error_mapper.map_call_error(failure, place.chat) from None

    async def _send_text(self, delivery: Delivery, content: Content) -> SendResult:
        if delivery.buttons:
            return await self._send_choices(delivery, content)
        parts = list(split_formatted_text(content.text or "", content.entities, _TEXT))
        if not parts:
            raise Rejected(translate(self._language, "reason.nothing_to_send"))
        return await self._send_with_follow_ups(
            delivery, "text", payloads.build_text(parts[0]), parts[1:]
        )

    async def _send_choices(self, delivery: Delivery, content: Content) -> SendResult:
        """Send a text with choices below it."""
        body = format_text(content.text or "", content.entities)
        label = delivery.choose_label or translate(self._language, "customer.choose")
        interactive = build_interactive(body, delivery.buttons, label=label)
        if interactive is not None:
            return await self._send_with_follow_ups(delivery, "interactive", interactive, [])
        lines = format_numbered_list(delivery.buttons)
        parts = list(split_formatted_text(content.text or "", content.entities, _TEXT))
        if parts and utf16_length(parts[-1]) + utf16_length(lines) + 2 <= _TEXT:
            parts[-1] = f"{parts[-1]}\n\n{lines}"
        else:
            parts += split_formatted_text(lines, None, _TEXT)
        return await self._send_with_follow_ups(
            delivery, "text", payloads.build_text(parts[0]), parts[1:]
        )

    async def _send_file(self, delivery: Delivery) -> SendResult:
        """Send a file with its caption; text that does not fit the caption follows as messages."""
        content = delivery.content
        kind, media_id, name = await self._uploads.ensure_uploaded(delivery)
        words = content.text or ""
        if kind not in TYPES_WITH_CAPTION:
            caption, rest = None, list(split_formatted_text(words, content.entities, _TEXT))
        else:
            parts = list(split_formatted_text(words, content.entities, _TEXT, first=_CAPTION))
            caption, rest = (parts[0] if parts else None), parts[1:]
        if delivery.buttons:
            rest += split_formatted_text(format_numbered_list(delivery.buttons), None, _TEXT)
        is_voice = kind == "audio" and content.type is MessageType.VOICE
        media = payloads.build_media(kind, media_id, caption=caption, name=name, is_voice=is_voice)
        return await self._send_with_follow_ups(delivery, kind, media, rest)

    async def _send_template(self, delivery: Delivery) -> str:
        has_file = delivery.content.file is not None and delivery.content.type in TYPE_NAMES
        media_id = (await self._uploads.ensure_uploaded(delivery))[1] if has_file else None
        return await self._send(
            delivery, "template", payloads.build_template(delivery.content, media_id)
        )

    async def _send_with_follow_ups(
        self, delivery: Delivery, kind: str, content: object, rest: list[str]
    ) -> SendResult:
        """Send a message and the texts that follow it.

        Once the first message is sent, a failure must not send it again.
        """
        ids = [await self._send(delivery, kind, content, reply_to=delivery.reply_to)]
        for part in rest:
            try:
                ids.append(await self._send(delivery, "text", payloads.build_text(part)))
            except DeliveryError as error:
                raise Rejected(
                    translate(self._language, "reason.only_the_first", reason=error)
                ) from error
        return SendResult(tuple(ids))

    async def _send(
        self, delivery: Delivery, kind: str, content: object, *, reply_to: str | None = None
    ) -> str:
        chat, row_id = delivery.destination.chat, delivery.row_id
        message = payloads.build_message(chat, kind, content, row_id=row_id, reply_to=reply_to)
        try:
            sent = await self._graph.send(message)
        except GraphCallError as failure:
            raise self._error_mapper.map_send_error(failure, chat, row_id) from None
        self._error_mapper.record_success(chat, row_id)
        return sent


def _split_text(content: Content) -> list[str]:
    """Split the text that belongs to content without a caption."""
    return list(split_formatted_text(content.text or "", content.entities, _TEXT))
