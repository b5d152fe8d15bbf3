"""The unit of work: what one transaction has read, and what it will write.

Handlers collect rows here instead of writing them one by one; `flush` writes them in a few
statements with many rows each, which keeps a busy desk fast.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from db.database import Transaction
from db.ids import ChannelId, ConversationId, MessageId, SessionId, new_id, new_id_at
from db.queries.accounts.presence import note_seen
from db.queries.conversations.reply_window import ReplyWindowUpdate, update_reply_windows
from db.queries.conversations.threads import Thread
from db.queries.conversations.unread import UnreadUpdate, update_unread
from db.queries.messages.new_messages import NewCopy, NewMessage, add_copies, add_messages
from db.queues import outbox
from db.queues.outbox import OutboxItem
from db.tables import DeliveryState, Direction, Side
from desk import outbox_items
from desk.actors import Actor, ActorKind
from desk.channels import Channels, ServedChannel
from desk.content import Content, IncomingMessage, get_attributes
from desk.events import EventCollector, MessageAdded, MessagesRead
from desk.formatting.times import show_values
from desk.formatting.variables import render_formatted
from desk.jobs.collector import JobCollector
from desk.loaded_rows import LoadedRows
from desk.openings import EmptyOpenings, Openings
from desk.outbox_collector import OutboxCollector
from desk.projections import Projection, run_projections
from desk.session_times import DEFAULT_SESSION_TIMES, SessionTimes
from desk.texts import choose_language, translate
from desk.texts.customer_texts import get_name
from desk.texts.sentences import translate_sentence
from desk.urls.public import message_file_path

# Projections may add events, which the others follow; more rounds than this go in a circle.
_MAX_ROUNDS = 8
ChooseGroup = Callable[[ServedChannel], str | None]


def choose_first_group(channel: ServedChannel) -> str | None:
    """Choose the first staff group of a channel; return None if it has none."""
    return next(iter(channel.staff_groups), None)


@dataclass(slots=True)
class UnitOfWork(LoadedRows, OutboxCollector):
    """One transaction's data: loaded rows, and rows to write."""

    tx: Transaction
    now: datetime
    channels: Channels
    staff_language: str = "en"
    # The country of phone numbers that are typed without a country code, such as "ID".
    default_region: str | None = None
    choose_group: ChooseGroup = choose_first_group
    projections: Sequence["Projection[UnitOfWork]"] = ()
    session_times: SessionTimes = DEFAULT_SESSION_TIMES
    # How many messages of one customer are shown to staff in a minute; None: all.
    customer_limit: int | None = None
    zone: tzinfo = UTC  # in which staff reads times (TIMEZONE)
    openings: Openings["UnitOfWork"] = field(default_factory=EmptyOpenings)
    outbox_items: list[OutboxItem] = field(default_factory=list)
    # Whether something was written to the outbox: after the commit the couriers must wake.
    has_deliveries: bool = False
    unread_updates: dict[ConversationId, UnreadUpdate] = field(default_factory=dict)
    window_updates: dict[ConversationId, ReplyWindowUpdate] = field(default_factory=dict)
    events: EventCollector = field(default_factory=EventCollector)
    jobs: JobCollector = field(default_factory=JobCollector)
    _messages: list[NewMessage] = field(default_factory=list)
    _links: list[NewCopy] = field(default_factory=list)

    def channel_of(self, thread: Thread) -> ServedChannel:
        return self.channels[thread.channel_id]

    def staff_channel_in(self, thread: Thread, chat: str) -> ChannelId:
        """Return the bot that speaks for the conversation in a chat of staff."""
        return thread.find_bot_in(chat) or self.channel_of(thread).staff_channel_id

    def find_collected_message(
        self, channel_id: ChannelId, chat: str, provider_id: str
    ) -> MessageId | None:
        """Find a message of this transaction by where its original stands."""
        place = channel_id, chat, provider_id
        for link in reversed(self._links):
            if (link["channel_id"], link["chat"], link["provider_id"]) == place:
                return link["message_id"]
        return None

    # Rows to write

    def add_message(
        self,
        thread: Thread,
        content: Content,
        *,
        author: Actor,
        direction: Direction,
        state: DeliveryState,
        reply_to: MessageId | None = None,
        message_id: MessageId | None = None,
        said_at: datetime | None = None,
        may_fire_rules: bool = False,
    ) -> MessageId:
        """Add a message to the open session if there is one, under `message_id` if given.

        `said_at`: it was said before the channel was connected, and belongs to no session.
        `may_fire_rules`: auto-reply rules may answer it. A broadcast belongs to no session either.
        """
        is_apart = said_at is not None or content.broadcast_id is not None
        in_no_session = is_apart or thread.session_id is None
        message_id = message_id or MessageId(new_id_at(said_at) if said_at else new_id())
        self._messages.append(
            {
                "id": message_id,
                "session_id": None if in_no_session else thread.session_id,
                "conversation_id": thread.conversation_id,
                "sender_type": author.sender_type,
                "direction": direction,
                "message_type": content.stored_type,
                "message": content.text,
                "entities": content.entities,
                "file": content.file,
                "file_url": message_file_path(message_id) if content.file else None,
                "attributes": get_attributes(content),
                "reply_to_id": reply_to,
                "author_id": author.agent_id,
                "author_name": author.name,
                "is_read": author.kind is not ActorKind.CUSTOMER or in_no_session,
                "delivery_state": state,
                "created_at": said_at or self.now,
            }
        )
        self.note_seen(author)
        if said_at is None:
            self.events.add(
                MessageAdded(
                    session_id=None if in_no_session else thread.session_id,
                    conversation_id=thread.conversation_id,
                    channel_id=thread.channel_id,
                    message_id=message_id,
                    sender=author.sender_type,
                    author_id=author.agent_id,
                    direction=direction,
                    content=content,
                    state=state,
                    may_fire_rules=may_fire_rules,
                )
            )
        return message_id

    def add_link(
        self, message_id: MessageId, channel_id: ChannelId, side: Side, said: IncomingMessage
    ) -> None:
        """Save where the original of a message stands."""
        self._links.append(
            {
                "message_id": message_id,
                "channel_id": channel_id,
                "side": side,
                "chat": said.chat,
                "provider_id": said.provider_id,
            }
        )

    def add_unread(self, thread: Thread) -> None:
        """Count one more unread message of the customer."""
        reading = self.unread_updates.setdefault(thread.conversation_id, UnreadUpdate())
        reading.add, reading.has_message = reading.add + 1, True

    def note_message(self, thread: Thread) -> None:
        """Note that the conversation has a new message, which changes nothing about the unread."""
        self.unread_updates.setdefault(thread.conversation_id, UnreadUpdate()).has_message = True

    def mark_read_by_staff(
        self, thread: Thread, session_id: SessionId, *, has_message: bool = True
    ) -> None:
        """Mark the session as read by staff; `has_message`: they also wrote in it."""
        if self.channel_of(thread).traits.marks_read and thread.last_inbound_id is not None:
            self.outbox_items.append(outbox_items.build_read_mark(thread, self.now))
        before = self.unread_updates.get(thread.conversation_id) or UnreadUpdate(has_message=False)
        self.unread_updates[thread.conversation_id] = UnreadUpdate(
            (*before.read, session_id), has_message=has_message or before.has_message
        )

    def notify_customer(
        self,
        thread: Thread,
        key: str,
        *,
        reply_to: MessageId | None = None,
        dedup_key: str | None = None,
        **values: object,
    ) -> None:
        """Enqueue one of our texts for the customer, in their language."""
        content = self.content_for_customer(thread, key, **values)
        self.enqueue_customer_notice(thread, content, reply_to=reply_to, dedup_key=dedup_key)

    def text_for_staff(self, key: str, **values: object) -> str:
        """Return a text in the language of staff, with times in the desk's time zone."""
        return translate(self.staff_language, key, **show_values(values, self.zone))

    def reason_for_staff(self, error: Exception) -> str:
        """Return what one of our errors says, in the language of staff."""
        return translate_sentence(self.staff_language, str(error))

    def text_for_customer(self, thread: Thread, key: str, **values: object) -> str:
        """Return a text in the customer's language, without its markup."""
        return self.content_for_customer(thread, key, **values).text or ""

    def content_for_customer(self, thread: Thread, key: str, **values: object) -> Content:
        """Return a text in the customer's language, in the operator's own words if it has some."""
        channel = self.channel_of(thread)
        language = choose_language(thread.language or channel.language)
        own = channel.own_texts.find(language, get_name(key))
        if own is None:
            return Content(text=translate(language, key, **values))
        first_name = (thread.name.split() or [""])[0]
        values = {"name": thread.name, "first_name": first_name, "channel": channel.name, **values}
        shown = {name: str(value) for name, value in values.items()}
        text, entities = render_formatted(own.text, own.entities, shown)
        return Content(text=text, entities=entities)

    async def flush(self) -> None:
        """Write everything that was collected, and give its events to the projections.

        May be called again in the same transaction: then it writes what was added since.
        """
        for _ in range(_MAX_ROUNDS):
            await self._write()
            happened = self.events.take()
            if not happened:
                return
            await run_projections(self.projections, self, happened)
        raise RuntimeError("projections add events to each other's events without end")

    async def _write(self) -> None:
        """Write the collected rows, in an order that foreign keys allow."""
        await self.flush_deliveries()
        for session_id in await update_unread(self.tx, self.unread_updates, self.now):
            self.events.add(MessagesRead(session_id))
        self.unread_updates.clear()
        await update_reply_windows(self.tx, self.window_updates)
        self.window_updates.clear()
        await note_seen(self.tx, self.take_seen_agents(self.now), self.now)
        await self.jobs.flush(self.tx, self.now)

    async def flush_deliveries(self) -> None:
        """Write the messages and deliveries collected so far, for a handler that must read them."""
        await self.flush_messages()
        self.has_deliveries = self.has_deliveries or bool(self.outbox_items)
        await outbox.put(self.tx, self.outbox_items, self.now)
        self.outbox_items.clear()

    async def flush_messages(self) -> None:
        """Write the messages collected so far, for a handler that must read one of them."""
        await add_messages(self.tx, self._messages)
        await add_copies(self.tx, self._links)
        for each in self._links:  # an earlier lookup may have missed it
            place = each["channel_id"], each["chat"], each["provider_id"]
            self.known_copies.pop(place, None)
        self._messages.clear()
        self._links.clear()
