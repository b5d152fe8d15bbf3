"""Collect what a transaction will put into the outbox: for customers, for staff, for any chat."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from db.ids import ChannelId, MessageId
from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.queues.outbox import OutboxItem
from db.queues.payloads import (
    AnswerPayload,
    ButtonReplyPayload,
    Buttons,
    CardPayload,
    CustomerPayload,
    GeneralPayload,
    NoticePayload,
    PinPayload,
    StaffNoticePayload,
    StaffPayload,
)
from desk import outbox_items
from desk.content import Content
from desk.formatting.splitting import split_content

# The items of an album come one by one without an end mark: this is how long to wait for them.
ALBUM_HOLD = timedelta(milliseconds=600)


class OutboxCollector:
    """The part of the unit of work that enqueues deliveries; its `flush` writes them."""

    __slots__ = ()

    now: datetime
    outbox_items: list[OutboxItem]

    def enqueue_for_customer(
        self,
        thread: Thread,
        payload: CustomerPayload,
        *,
        message_id: MessageId | None = None,
        dedup_key: str | None = None,
    ) -> None:
        """Enqueue an item in the customer's lane; the items of an album wait for each other."""
        in_album = isinstance(payload, AnswerPayload) and payload.content.album is not None
        self.outbox_items.append(
            outbox_items.build_for_customer(
                thread,
                payload,
                due_at=self.now + ALBUM_HOLD if in_album else self.now,
                message_id=message_id,
                dedup_key=dedup_key,
            )
        )

    def enqueue_for_staff(
        self,
        thread: Thread,
        payload: StaffPayload,
        *,
        message_id: MessageId | None = None,
        dedup_key: str | None = None,
        hold: bool = False,
        places: Sequence[Place] | None = None,
    ) -> None:
        """Enqueue an item for each place where staff sees the conversation, or for these `places`.

        Each place has a lane of its own. What has a `dedup_key` comes once to each place.
        """
        for number, place in enumerate(thread.places if places is None else places):
            self.outbox_items.append(
                outbox_items.build_for_place(
                    thread,
                    place,
                    payload,
                    due_at=self.now + ALBUM_HOLD if hold else self.now,
                    message_id=message_id,
                    dedup_key=f"{dedup_key}:{place.id}" if dedup_key and number else dedup_key,
                )
            )

    def open_topics(self, thread: Thread) -> None:
        """Open the conversation's topics, with their cards, before anything is sent there."""
        unopened = [each for each in thread.places if not each.is_open]
        self.enqueue_for_staff(thread, CardPayload(), places=unopened)

    def refresh_card(self, thread: Thread) -> None:
        """Update the conversation's cards with the thread's state after this transaction."""
        for place in thread.places:
            self.outbox_items.append(
                outbox_items.build_for_card(thread, place, CardPayload(), self.now)
            )

    def pin_card(self, thread: Thread, place: Place) -> None:
        """Pin the card of a place."""
        self.outbox_items.append(outbox_items.build_for_card(thread, place, PinPayload(), self.now))

    def enqueue_customer_notice(
        self,
        thread: Thread,
        text: str | Content,
        *,
        reply_to: MessageId | None = None,
        dedup_key: str | None = None,
        buttons: Buttons | None = None,
    ) -> None:
        """Enqueue a text of the desk's own for the customer; it is no message of the history.

        It goes in as many parts as it needs; `buttons` are below the last one.
        """
        content = text if isinstance(text, Content) else Content(text=text)
        parts = split_content(content)
        for number, part in enumerate(parts, 1):
            below = (buttons or []) if number == len(parts) else []
            notice = NoticePayload(part, reply_to if number == 1 else None, buttons=below)
            key = f"{dedup_key}:{number - 1}" if dedup_key and number > 1 else dedup_key
            self.enqueue_for_customer(thread, notice, dedup_key=key)

    def enqueue_staff_notice(
        self,
        thread: Thread,
        text: str | Content,
        *,
        buttons: Buttons | None = None,
        reply_to: MessageId | None = None,
        dedup_key: str | None = None,
        places: Sequence[Place] | None = None,
    ) -> None:
        """Enqueue a notice for staff, as a reply to the copies of the message `reply_to`."""
        content = text if isinstance(text, Content) else Content(text=text)
        notice = StaffNoticePayload(content, reply_to, buttons or [])
        self.enqueue_for_staff(thread, notice, dedup_key=dedup_key, places=places)

    def enqueue_for_chat(
        self,
        channel_id: ChannelId,
        chat: str,
        text: str | Content,
        *,
        topic: str | None = None,
        group: bool = False,
        dedup_key: str | None = None,
        reply_to: str | None = None,
        buttons: Buttons | None = None,
    ) -> None:
        """Send a text to a chat, outside any conversation."""
        content = text if isinstance(text, Content) else Content(text=text)
        payload = GeneralPayload(content, chat, topic, reply_to=reply_to, buttons=buttons or [])
        self.outbox_items.append(
            outbox_items.build_for_chat(
                channel_id, payload, self.now, group=group, dedup_key=dedup_key
            )
        )

    def answer_button(
        self, channel_id: ChannelId, callback_id: str, text: str, *, alert: bool = False
    ) -> None:
        """Answer a press of a button; it counts against no limit and waits for nothing."""
        payload = ButtonReplyPayload(callback_id, text, alert)
        self.outbox_items.append(outbox_items.build_button_reply(channel_id, payload, self.now))
