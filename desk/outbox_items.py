"""Build outbox items: which lane, which rate limit and which bot or number follow from where to.

Only this module and the few that send outside any conversation name lanes and rate-limit keys.
"""

from datetime import datetime, timedelta

from db.ids import ChannelId, MessageId
from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.queues.outbox import OutboxItem
from db.queues.payloads import (
    AnswerPayload,
    ButtonReplyPayload,
    CardPayload,
    ChatPayload,
    CustomerPayload,
    DeletePayload,
    EditPayload,
    GeneralPayload,
    MenuButtonPayload,
    PinPayload,
    SeenPayload,
    StaffPayload,
)
from db.tables import Queue
from desk import lanes

_MAX_KEY_LENGTH = 191  # as long as its column
_BOARD_DELAY = timedelta(seconds=1)


def build_for_customer(
    thread: Thread,
    payload: CustomerPayload,
    *,
    due_at: datetime,
    message_id: MessageId | None = None,
    dedup_key: str | None = None,
) -> OutboxItem:
    """Build an item for a conversation's customer; a broadcast goes behind everything else."""
    is_broadcast = isinstance(payload, AnswerPayload) and payload.broadcast is not None
    lane = lanes.broadcast_lane if is_broadcast else lanes.customer_lane
    return OutboxItem(
        queue=Queue.BROADCAST if is_broadcast else Queue.CUSTOMER,
        lane=lane(thread.conversation_id),
        rate_limit_key=lanes.person_limit_key(thread.channel_id, thread.external_id),
        channel_id=thread.channel_id,
        conversation_id=thread.conversation_id,
        message_id=message_id,
        payload=payload,
        due_at=due_at,
        dedup_key=dedup_key,
    )


def build_read_mark(thread: Thread, now: datetime) -> OutboxItem:
    """Build the item that shows a customer that their messages so far were read."""
    dedup_key = f"seen:{thread.conversation_id}:{thread.last_inbound_id}"
    return OutboxItem(
        queue=Queue.BACKGROUND,
        lane=lanes.read_mark_lane(thread.conversation_id),
        rate_limit_key=lanes.NO_LIMIT,
        channel_id=thread.channel_id,
        payload=SeenPayload(),
        conversation_id=thread.conversation_id,
        due_at=now,
        dedup_key=dedup_key[:_MAX_KEY_LENGTH],
    )


def build_place_edit(thread: Thread, payload: EditPayload, now: datetime) -> OutboxItem:
    """Build the item that edits a customer's notice of their place; everything else goes first."""
    return OutboxItem(
        queue=Queue.BACKGROUND,
        lane=lanes.queue_place_lane(thread.conversation_id),
        rate_limit_key=lanes.person_limit_key(thread.channel_id, thread.external_id),
        channel_id=thread.channel_id,
        payload=payload,
        due_at=now,
    )


def build_for_place(
    thread: Thread,
    place: Place,
    payload: StaffPayload,
    *,
    due_at: datetime,
    message_id: MessageId | None = None,
    dedup_key: str | None = None,
) -> OutboxItem:
    """Build an item for a place where staff sees a conversation."""
    return OutboxItem(
        queue=Queue.STAFF,
        lane=lanes.staff_lane(place.id),
        rate_limit_key=lanes.staff_limit_key(place),
        channel_id=place.channel_id,
        conversation_id=thread.conversation_id,
        message_id=message_id,
        place_id=place.id,
        payload=payload,
        due_at=due_at,
        dedup_key=dedup_key,
    )


def build_for_card(
    thread: Thread, place: Place, payload: CardPayload | PinPayload, now: datetime
) -> OutboxItem:
    """Build an item for the card or the title of a place; it may lag behind the messages there."""
    is_title = isinstance(payload, CardPayload) and payload.is_title
    lane = lanes.title_lane if is_title else lanes.card_lane
    return OutboxItem(
        queue=Queue.BACKGROUND,
        lane=lane(place.id),
        rate_limit_key=lanes.staff_limit_key(place),
        channel_id=place.channel_id,
        conversation_id=thread.conversation_id,
        place_id=place.id,
        payload=payload,
        due_at=now,
    )


def build_for_topic(place: Place, payload: DeletePayload, now: datetime) -> OutboxItem:
    """Build an item about a topic itself, whose conversation may be gone when it is sent."""
    return OutboxItem(
        queue=Queue.STAFF,
        # A lane of its own, so that nothing waits behind it if the bot may not do it.
        lane=lanes.chat_lane(place.channel_id, lanes.topic_location(place.chat, place.topic or "")),
        rate_limit_key=lanes.staff_limit_key(place),
        channel_id=place.channel_id,
        payload=payload,
        due_at=now,
    )


def build_for_topic_name(place: Place, payload: EditPayload, now: datetime) -> OutboxItem:
    """Build an item that renames a topic; it may lag behind the messages there."""
    return OutboxItem(
        queue=Queue.BACKGROUND,
        lane=lanes.card_lane(place.id),
        rate_limit_key=lanes.staff_limit_key(place),
        channel_id=place.channel_id,
        payload=payload,
        due_at=now,
    )


def build_for_board(
    channel_id: ChannelId, chat: str, now: datetime, *, in_group: bool = True
) -> OutboxItem:
    """Build an item that updates the board of a chat; what comes within a second is one."""
    limit_key = lanes.group_limit_key if in_group else lanes.person_limit_key
    return OutboxItem(
        queue=Queue.BACKGROUND,
        lane=lanes.board_lane(channel_id, chat),
        rate_limit_key=limit_key(channel_id, chat),
        channel_id=channel_id,
        payload=CardPayload(board=chat),
        due_at=now + _BOARD_DELAY,
    )


def build_for_chat(
    channel_id: ChannelId,
    payload: ChatPayload,
    now: datetime,
    *,
    group: bool = False,
    dedup_key: str | None = None,
) -> OutboxItem:
    """Build an item for a chat, outside any conversation."""
    rate_limit_key = lanes.group_limit_key if group else lanes.person_limit_key
    return OutboxItem(
        queue=Queue.CUSTOMER if not group else Queue.STAFF,
        lane=lanes.chat_lane(channel_id, payload.chat),
        rate_limit_key=rate_limit_key(channel_id, payload.chat),
        channel_id=channel_id,
        payload=payload,
        due_at=now,
        dedup_key=dedup_key,
    )


def build_summary_item(
    channel_id: ChannelId, payload: GeneralPayload, now: datetime, *, dedup_key: str
) -> OutboxItem:
    """Build the item for a summary in a staff group: everything else goes first."""
    return OutboxItem(
        queue=Queue.BACKGROUND,
        lane=lanes.summary_lane(channel_id, payload.chat),
        rate_limit_key=lanes.group_limit_key(channel_id, payload.chat),
        channel_id=channel_id,
        payload=payload,
        due_at=now,
        dedup_key=dedup_key,
    )


def build_button_reply(
    channel_id: ChannelId, payload: ButtonReplyPayload, now: datetime
) -> OutboxItem:
    """Build the answer to a press of a button; it counts against no limit."""
    return OutboxItem(
        queue=Queue.CUSTOMER,
        lane=lanes.button_lane(payload.callback),
        rate_limit_key=lanes.NO_LIMIT,
        channel_id=channel_id,
        payload=payload,
        due_at=now,
    )


def build_for_menu(channel_id: ChannelId, payload: MenuButtonPayload, now: datetime) -> OutboxItem:
    """Build the item that sets a menu button; everything else goes first."""
    return OutboxItem(
        queue=Queue.BACKGROUND,
        lane=lanes.menu_lane(channel_id, payload.chat),
        rate_limit_key=lanes.person_limit_key(channel_id, payload.chat),
        channel_id=channel_id,
        payload=payload,
        due_at=now,
    )
