"""The Cloud API's carrier: messages of every kind, reactions, read marks, "typing …", files.

What was sent can be neither changed nor taken back there: it has no such capability on purpose.
"""

from collections.abc import AsyncGenerator

from bridge.cloud.client.downloads import Downloads
from bridge.cloud.client.error_mapping import Consequences
from bridge.cloud.client.errors import GraphFailure
from bridge.cloud.client.graph_client import Graph
from bridge.cloud.client.templates import fetched
from bridge.cloud.sending import payloads
from bridge.cloud.sending.interactive import choices, numbered
from bridge.cloud.sending.message_types import CAPTIONED, NAMES
from bridge.cloud.sending.uploads import Uploads
from bridge.convert.media_constraints import takes
from bridge.convert.to_whatsapp import write_marks, written_parts
from db.tables import MessageType
from desk.content import Content
from desk.delivery.ports import Delivery, Destination, SendResult
from desk.errors import DeliveryError, Rejected
from desk.formatting.splitting import utf16_length
from desk.media.ports import MediaConstraints
from desk.templates.ports import ProviderTemplate
from desk.texts import translate

_TEXT, _CAPTION = payloads.TEXT_LIMIT, payloads.CAPTION_LIMIT


class CloudCarrier:
    """Brings messages to the customers of one number."""

    def __init__(self, graph: Graph, language: str) -> None:
        """`language`: what agents read of refusals in; customers' words come in `Delivery`."""
        self._graph = graph
        self._language = language
        self._consequences = Consequences(language)
        self._uploads = Uploads(graph, self._consequences, language)
        self._downloads = Downloads(graph)

    async def close(self) -> None:
        """Let go of connections."""
        await self._graph.close()

    async def deliver(self, delivery: Delivery) -> SendResult:
        """Send content of any kind; what needs several messages has several ids."""
        content = delivery.content
        if content.is_template:
            return SendResult((await self._send_template(delivery),))
        match content.type:
            case MessageType.TEXT | MessageType.LINK:
                return await self._send_text(delivery, content)
            case MessageType.LOCATION if "latitude" in (content.attributes or {}):
                place = payloads.location(content.attributes or {})
                return await self._with_rest(delivery, "location", place, _rest(content))
            case MessageType.CONTACT if content.attributes:
                shared = payloads.contacts(content.attributes)
                return await self._with_rest(delivery, "contacts", shared, [])
        if content.file is not None or delivery.file is not None:
            return await self._send_file(delivery)
        if content.text:
            return await self._send_text(delivery, content)
        raise Rejected(translate(self._language, "reason.no_such_kind"))

    async def react(self, delivery: Delivery) -> None:
        """React to a copy; an empty `emoji` takes the reaction back."""
        for target in delivery.targets[:1]:
            reaction = payloads.reaction(target, delivery.emoji)
            await self._send(delivery, "reaction", reaction)

    async def mark_read(self, place: Destination) -> None:
        """Show the customer that what they said last was read, and all before it."""
        await self._mark(place, typing=False)

    async def show_typing(self, place: Destination) -> None:
        """Show the customer for 25 seconds that somebody is typing; it marks as read, too."""
        await self._mark(place, typing=True)

    def get_media_constraints(self, kind: MessageType) -> MediaConstraints | None:
        """Say what may be sent as a message of this kind."""
        return takes(kind)

    def download(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """Give the bytes of a file that was sent through the number."""
        return self._downloads.download(file_id)

    async def fetch_templates(self) -> list[ProviderTemplate]:
        """List the templates of the number's business account."""
        try:
            return await fetched(self._graph)
        except GraphFailure as failure:
            raise self._consequences.of_call(failure, "templates") from None

    async def _mark(self, place: Destination, *, typing: bool) -> None:
        if place.last_inbound_id is None:
            return
        try:
            await self._graph.mark(payloads.mark(place.last_inbound_id, typing=typing))
        except GraphFailure as failure:
            raise self._consequences.of_call(failure, place.chat) from None

    async def _send_text(self, delivery: Delivery, content: Content) -> SendResult:
        if delivery.buttons:
            return await self._send_choices(delivery, content)
        parts = list(written_parts(content.text or "", content.entities, _TEXT))
        if not parts:
            raise Rejected(translate(self._language, "reason.nothing_to_send"))
        return await self._with_rest(delivery, "text", payloads.text(parts[0]), parts[1:])

    async def _send_choices(self, delivery: Delivery, content: Content) -> SendResult:
        """Send a text with something to choose below it."""
        body = write_marks(content.text or "", content.entities)
        label = translate(self._language, "customer.choose")
        interactive = choices(body, delivery.buttons, label=label)
        if interactive is not None:
            return await self._with_rest(delivery, "interactive", interactive, [])
        lines = numbered(delivery.buttons)
        parts = list(written_parts(content.text or "", content.entities, _TEXT))
        if parts and utf16_length(parts[-1]) + utf16_length(lines) + 2 <= _TEXT:
            parts[-1] = f"{parts[-1]}\n\n{lines}"
        else:
            parts += written_parts(lines, None, _TEXT)
        return await self._with_rest(delivery, "text", payloads.text(parts[0]), parts[1:])

    async def _send_file(self, delivery: Delivery) -> SendResult:
        """Send a file with its caption; what the caption has no room for follows as a text."""
        content = delivery.content
        kind, media_id, name = await self._uploads.ready(delivery)
        words = content.text or ""
        if kind not in CAPTIONED:
            caption, rest = None, list(written_parts(words, content.entities, _TEXT))
        else:
            parts = list(written_parts(words, content.entities, _TEXT, first=_CAPTION))
            caption, rest = (parts[0] if parts else None), parts[1:]
        if delivery.buttons:
            rest += written_parts(numbered(delivery.buttons), None, _TEXT)
        media = payloads.media(kind, media_id, caption=caption, name=name)
        return await self._with_rest(delivery, kind, media, rest)

    async def _send_template(self, delivery: Delivery) -> str:
        has_file = delivery.content.file is not None and delivery.content.type in NAMES
        media_id = (await self._uploads.ready(delivery))[1] if has_file else None
        return await self._send(delivery, "template", payloads.template(delivery.content, media_id))

    async def _with_rest(
        self, delivery: Delivery, kind: str, content: object, rest: list[str]
    ) -> SendResult:
        """Send a message and the texts that belong to it.

        Once the first is out, a failure must not have all of it sent again.
        """
        ids = [await self._send(delivery, kind, content, reply_to=delivery.reply_to)]
        for part in rest:
            try:
                ids.append(await self._send(delivery, "text", payloads.text(part)))
            except DeliveryError as error:
                raise Rejected(
                    translate(self._language, "reason.only_the_first", reason=error)
                ) from error
        return SendResult(tuple(ids))

    async def _send(
        self, delivery: Delivery, kind: str, content: object, *, reply_to: str | None = None
    ) -> str:
        chat, row_id = delivery.destination.chat, delivery.row_id
        message = payloads.message(chat, kind, content, row_id=row_id, reply_to=reply_to)
        try:
            sent = await self._graph.send(message)
        except GraphFailure as failure:
            raise self._consequences.of_send(failure, chat, row_id) from None
        self._consequences.went_well(chat, row_id)
        return sent


def _rest(content: Content) -> list[str]:
    """Write what was said beside what has no caption."""
    return list(written_parts(content.text or "", content.entities, _TEXT))
