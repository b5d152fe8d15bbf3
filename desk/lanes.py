"""Names of lanes, rate-limit keys and the like: only this module builds or parses them."""

from db.ids import ChannelId, ConversationId, StaffPlaceId
from db.queries.conversations.place import Place
from db.tables import Queue

# What the names of outbox lanes begin with, before a colon, by their queue. Messages to a chat
# outside any conversation count as the customer's, even if staff reads that chat.
LANE_PREFIXES = {
    Queue.CUSTOMER: ("customer", "chat", "button"),
    Queue.STAFF: ("staff",),
    Queue.BACKGROUND: ("card", "menu", "place", "seen", "summary"),
    Queue.BROADCAST: ("broadcast",),
}
# Lanes for one exchange; the next one creates them again.
ONE_OFF_PREFIXES = ("broadcast:", "button:", "chat:", "menu:", "place:", "seen:", "summary:")


def telegram_lane(channel_id: ChannelId, place: str) -> str:
    """Return the lane of updates from Telegram at a place: a chat, or a topic of one."""
    return f"tg:{channel_id}:{place}"


def whatsapp_lane(channel_id: ChannelId, customer: str) -> str:
    """Return the lane of updates about a customer of a WhatsApp number: messages and receipts."""
    return f"wa:{channel_id}:{customer}"


def parse_update_lane(lane: str) -> tuple[str, str | None] | None:
    """Parse the lane of a provider's updates into chat or customer, and the topic if it is one.

    Returns None for other lanes.
    """
    kind, _, rest = lane.partition(":")
    place = rest.partition(":")[2]
    if kind == "wa":
        return place, None
    chat, _, topic = place.partition(":")
    return (chat, topic or None) if kind == "tg" else None


# The place of updates that belong to no chat.
NO_CHAT = "other"


def topic_location(chat: str, topic: str) -> str:
    """Return the name of a chat's topic as a place that updates come from."""
    return f"{chat}:{topic}"


def timer_lane(timer: str, conversation_id: ConversationId, about: str = "") -> str:
    """Return the lane of a timer; each has its own, so that none waits behind a later one.

    `about` tells timers of one kind apart.
    """
    return f"timer:{timer}:{conversation_id}" + (f":{about}" if about else "")


def parse_timer_lane(lane: str) -> tuple[str, ConversationId] | None:
    """Parse a timer's lane into its kind and conversation; return None for other lanes."""
    kind, timer, conversation_id, *_ = [*lane.split(":"), "", ""]
    return (timer, ConversationId(conversation_id)) if kind == "timer" else None


def customer_lane(conversation_id: ConversationId) -> str:
    """Return the lane that keeps the order of messages to a conversation's customer."""
    return f"customer:{conversation_id}"


def broadcast_lane(conversation_id: ConversationId) -> str:
    """Return the lane of broadcasts to a conversation's customer; answers do not wait in it."""
    return f"broadcast:{conversation_id}"


def find_customer_queue(lane: str) -> Queue:
    """Return the queue of an outbox lane in which something for a customer waits."""
    prefix = lane.partition(":")[0]
    is_broadcast = prefix in LANE_PREFIXES[Queue.BROADCAST]
    return Queue.BROADCAST if is_broadcast else Queue.CUSTOMER


def staff_lane(place_id: StaffPlaceId) -> str:
    """Return the lane that keeps the order of messages to a place where staff reads them."""
    return f"staff:{place_id}"


def card_lane(place_id: StaffPlaceId) -> str:
    """Return the lane of a place's card, which may lag behind the messages."""
    return f"card:{place_id}"


def title_lane(place_id: StaffPlaceId) -> str:
    """Return the lane of the title of a place's topic, for which nothing else waits."""
    return f"card:title:{place_id}"


def board_lane(channel_id: ChannelId, chat: str) -> str:
    """Return the lane of the board of a bot's chat."""
    return f"card:board:{channel_id}:{chat}"


def read_mark_lane(conversation_id: ConversationId) -> str:
    """Return the lane of read marks for a conversation's messages."""
    return f"seen:{conversation_id}"


def queue_place_lane(conversation_id: ConversationId) -> str:
    """Return the lane of edits of a customer's place in the queue, which all else may overtake."""
    return f"place:{conversation_id}"


def chat_lane(channel_id: ChannelId, chat: str) -> str:
    """Return the lane of messages to a chat outside any conversation."""
    return f"chat:{channel_id}:{chat}"


def summary_lane(channel_id: ChannelId, chat: str) -> str:
    """Return the lane of summaries for a staff group, which everything else may overtake."""
    return f"summary:{channel_id}:{chat}"


def menu_lane(channel_id: ChannelId, chat: str) -> str:
    """Return the lane of the menu button of a person's chat with a bot."""
    return f"menu:{channel_id}:{chat}"


def button_lane(callback_id: str) -> str:
    """Return the lane of the answer to one press of a button, which waits for nothing."""
    return f"button:{callback_id}"


def person_limit_key(channel_id: ChannelId, chat: str) -> str:
    """Return the rate-limit key of a private chat."""
    return f"person:{channel_id}:{chat}"


def group_limit_key(channel_id: ChannelId, chat: str) -> str:
    """Return the rate-limit key of a staff group: all its topics share one limit."""
    return f"group:{channel_id}:{chat}"


def staff_limit_key(place: Place) -> str:
    """Return the rate-limit key of a place where staff reads: a group, or an agent's own chat."""
    limit_key = group_limit_key if place.agent_id is None else person_limit_key
    return limit_key(place.channel_id, place.chat)


def share_key(rate_limit_key: str, place_id: StaffPlaceId | None) -> str:
    """Return the key of a customer's share of the limit of a chat where staff sees several.

    It is empty for what goes to no customer's place.
    """
    if place_id is None or rate_limit_key == NO_LIMIT:
        return NO_LIMIT
    return f"{limit_kind(rate_limit_key)}_share:{limit_channel(rate_limit_key)}:{place_id}"


def overall_limit_key(rate_limit_key: str) -> str:
    """Return the key of the overall limit of the bot or number that a key belongs to."""
    return f"overall:{limit_channel(rate_limit_key)}"


NO_LIMIT = ""  # the key of calls that no limit counts


def limit_kind(rate_limit_key: str) -> str:
    """Return the kind of a rate-limit key: `person`, `group`, or empty for no limit."""
    return rate_limit_key.partition(":")[0]


def limit_channel(rate_limit_key: str) -> str:
    """Return the bot or number of a rate-limit key; all its keys share an overall limit."""
    return rate_limit_key.split(":")[1]


def refused_topic_key(place_id: StaffPlaceId) -> str:
    """Return what the dedup keys of notices begin with that a place's topic cannot be opened."""
    return f"no-topic:{place_id}"


def notice_key(conversation_id: ConversationId, which: str = "") -> str:
    """Return the dedup key of a private notice to an agent about a conversation.

    `which` tells the notices of a conversation apart; without it, this is the prefix that they
    share.
    """
    return f"about:{conversation_id}:{which}"
