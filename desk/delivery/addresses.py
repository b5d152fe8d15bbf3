"""Look up, for many rows at once, their destinations and the copies that they refer to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from db.database import Transaction
from db.ids import ChannelId, ConversationId, MessageId
from db.queries.conversations import threads
from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.queries.messages import copies
from db.queries.messages.copies import CombinedMessage, MessageCopy
from db.queues.outbox import OutboxRow
from db.queues.payloads import (
    AnswerPayload,
    ButtonReplyPayload,
    CardPayload,
    ChatPayload,
    CopyPayload,
    DeletePayload,
    EditPayload,
    GeneralPayload,
    MenuButtonPayload,
    NoticePayload,
    PinPayload,
    ReactionPayload,
    SeenPayload,
    StaffNoticePayload,
    UnreadablePayload,
)
from db.tables import Direction, OutboxKind, Side
from desk.content import Content
from desk.delivery.labels import label_delivery
from desk.delivery.ports import Delivery, Destination
from desk.formatting.merging import merge_texts
from desk.formatting.splitting import TEXT_LIMIT
from desk.messages.attribution import add_author

Copies = Mapping[MessageId, Sequence[MessageCopy]]
_TO_A_CHAT = {
    OutboxKind.GENERAL,
    OutboxKind.BUTTON_REPLY,
    OutboxKind.SEEN,
    OutboxKind.MENU_BUTTON,
}


@dataclass(slots=True)
class Addresses:
    """The threads and copies that a set of rows refers to."""

    threads: dict[ConversationId, Thread] = field(default_factory=dict)
    copies: dict[Side, dict[MessageId, list[MessageCopy]]] = field(default_factory=dict)
    # The current content of copies that combine several messages, by (chat, provider id).
    merged: dict[tuple[str, str], Content] = field(default_factory=dict)

    def thread_of(self, row: OutboxRow) -> Thread | None:
        return self.threads.get(row.conversation_id) if row.conversation_id else None

    def place_of(self, row: OutboxRow) -> Place | None:
        """Return the place where staff is to see a row; None if there is none, or none any more."""
        thread = self.thread_of(row) if row.place_id else None
        return thread.find_place(row.place_id) if thread else None

    def build_delivery(self, row: OutboxRow, side: Side) -> Delivery:
        """Build a delivery with all provider ids that it needs."""
        payload, copies = row.payload, self.get_copies(row, side)
        channel_id = self._get_channel_id(row)
        base = row.id, row.kind, side, self._get_destination(row, side), channel_id
        ids = tuple(copy.provider_id for copy in copies)
        match payload:
            case AnswerPayload() | NoticePayload() | CopyPayload() | StaffNoticePayload():
                reply_to = getattr(payload, "reply_at", None) or next(iter(ids), None)
                return Delivery(
                    *base,
                    payload.content,
                    reply_to=reply_to,
                    buttons=getattr(payload, "buttons", []),
                    choose_label=getattr(payload, "choose_label", ""),
                )
            case EditPayload():
                content = payload.content
                if copies:
                    content = self.merged.get((copies[0].chat, copies[0].provider_id), content)
                targets = (payload.at,) if payload.at else ids
                return Delivery(
                    *base,
                    content,
                    targets=targets,
                    buttons=payload.buttons,
                    is_elsewhere=not targets and bool(self._list_copies(row, side)),
                    replaces_file=payload.replaces_file,
                    whole_topic=payload.whole_topic,
                )
            case ReactionPayload():
                elsewhere = not ids and bool(self._list_copies(row, side))
                return Delivery(*base, targets=ids, emoji=payload.emoji, is_elsewhere=elsewhere)
            case DeletePayload():
                return Delivery(
                    *base,
                    payload.content or Content(),
                    targets=(payload.at,) if payload.at else ids,
                    whole_topic=payload.whole_topic,
                )
            case GeneralPayload(content, reply_to=answered, buttons=below, receiver=receiver):
                return Delivery(*base, content, reply_to=answered, buttons=below, receiver=receiver)
            case ButtonReplyPayload():
                text = Content(text=payload.text)
                return Delivery(*base, text, callback=payload.callback, alert=payload.alert)
            case MenuButtonPayload(text=text, address=address):
                below = [[{"text": text, "web_app": address}]] if address else []
                return Delivery(*base, buttons=below)
            # The last one is never sent: `Unreadable` in desk/delivery/work.py.
            case CardPayload() | PinPayload() | SeenPayload() | UnreadablePayload():
                return Delivery(*base)

    def label(self, row: OutboxRow, delivery: Delivery, *, is_first: bool = True) -> Delivery:
        """Return a delivery that says whose conversation it is of, where no topic says it."""
        thread, place = self.thread_of(row), self.place_of(row)
        if thread is None or place is None:
            return delivery
        return label_delivery(delivery, thread, place, is_first=is_first)

    def get_copies(self, row: OutboxRow, side: Side) -> Sequence[MessageCopy]:
        """Return the copies of the message that a row refers to, in the chat that it goes to."""
        found, place = self._list_copies(row, side), self.place_of(row)
        if place is None:
            return found
        return [each for each in found if place.has(each.channel_id, each.chat)]

    def _list_copies(self, row: OutboxRow, side: Side) -> Sequence[MessageCopy]:
        about = row.payload.refers_to
        return self.copies.get(side, {}).get(about, ()) if about else ()

    def _get_channel_id(self, row: OutboxRow) -> ChannelId | None:
        thread = self.thread_of(row)
        return thread.channel_id if thread else None

    def _get_destination(self, row: OutboxRow, side: Side) -> Destination:
        thread = self.thread_of(row)
        if thread is None:
            named = row.payload
            if isinstance(named, ChatPayload):
                return Destination(named.chat, named.topic)
            if isinstance(named, MenuButtonPayload):
                return Destination(named.chat)
            return Destination("")
        if side is Side.CUSTOMER:
            return customer_destination(thread)
        place = self.place_of(row)
        return destination_of(place) if place else Destination("")


def customer_destination(thread: Thread) -> Destination:
    """Return the address of a conversation's customer."""
    return Destination(
        thread.external_id, thread.chat_topic, last_inbound_id=thread.last_inbound_id
    )


def destination_of(place: Place) -> Destination:
    """Return the address of a place where staff sees a conversation."""
    return Destination(place.chat, place.topic)


async def load_addresses(tx: Transaction, rows: Iterable[tuple[OutboxRow, Side]]) -> Addresses:
    """Load the threads and copies of these rows; each row comes with the side that it goes to."""
    rows = list(rows)
    found = Addresses()
    wanted = {row.conversation_id for row, _ in rows if row.conversation_id}
    if wanted:
        for thread in await threads.read_by_ids(tx, sorted(wanted)):
            found.threads[thread.conversation_id] = thread
    for side in Side:
        targets = {
            message_id
            for row, goes_to in rows
            if goes_to is side and (message_id := row.payload.refers_to)
        }
        found.copies[side] = await copies.list_copies(tx, sorted(targets), side)
    edited = [
        copy
        for row, side in rows
        if row.kind is OutboxKind.EDIT and side is Side.STAFF
        for copy in found.get_copies(row, side)
    ]
    channels = {row.channel_id for row, _ in rows}
    for place, said in (await copies.find_combined_messages(tx, channels, edited)).items():
        found.merged[place] = merge_texts(map(_to_staff_content, said), TEXT_LIMIT)[0]
    return found


def _to_staff_content(message: CombinedMessage) -> Content:
    """Return a message as its staff copy shows it; an agent's message starts with the name."""
    content = Content(type=message.type, text=message.text, entities=message.entities)
    if message.direction is Direction.INBOUND:
        return content
    return add_author(
        content, message.author or "", is_note=message.direction is Direction.INTERNAL
    )


def side_of(row: OutboxRow, *, to_staff: bool) -> Side:
    """Return the side that a row goes to; messages to a chat itself count as customer's side."""
    if row.kind in _TO_A_CHAT:
        return Side.CUSTOMER
    return Side.STAFF if to_staff else Side.CUSTOMER
