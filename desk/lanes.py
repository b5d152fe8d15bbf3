"""How lanes, gates and the like are named: only this module makes names or takes them apart."""

from db.ids import ChannelId, ConversationId
from db.tables import Queue, Side

# What the names of the outbox's lanes begin with, before a colon, by the class that they are in;
# what is said in a chat by itself counts as the customer's, whoever reads that chat.
LANE_PREFIXES = {
    Queue.CUSTOMER: ("customer", "chat", "button"),
    Queue.STAFF: ("staff",),
    Queue.BACKGROUND: ("card", "seen"),
}
# Lanes that are made for one exchange; what comes next makes them anew.
ONE_OFF_PREFIXES = ("button:", "chat:", "seen:")


def telegram_lane(channel_id: ChannelId, place: str) -> str:
    """Name the lane of what comes in from Telegram at a place: a chat, or a topic of one."""
    return f"tg:{channel_id}:{place}"


def whatsapp_lane(channel_id: ChannelId, customer: str) -> str:
    """Name the lane of what comes in about a customer of a WhatsApp number: said, read, failed."""
    return f"wa:{channel_id}:{customer}"


def topic_location(chat: str, topic: str) -> str:
    """Name a topic of a chat, as a place where something comes in."""
    return f"{chat}:{topic}"


def timer_lane(timer: str, conversation_id: ConversationId) -> str:
    """Name the lane of a timer: each has its own, so that none waits behind a later one."""
    return f"timer:{timer}:{conversation_id}"


def parse_timer_lane(lane: str) -> tuple[str, ConversationId] | None:
    """Tell which timer a lane is of, and which conversation's; None: it is no timer's."""
    kind, _, rest = lane.partition(":")
    timer, _, conversation_id = rest.partition(":")
    return (timer, ConversationId(conversation_id)) if kind == "timer" else None


def conversation_lane(side: Side, conversation_id: ConversationId) -> str:
    """Name the lane that keeps the order of what one side of a conversation receives."""
    return f"{side.value}:{conversation_id}"


def card_lane(conversation_id: ConversationId) -> str:
    """Name the lane of a conversation's card: it may lag behind the messages."""
    return f"card:{conversation_id}"


def read_mark_lane(conversation_id: ConversationId) -> str:
    """Name the lane of marks that a conversation's messages were read."""
    return f"seen:{conversation_id}"


def chat_lane(channel_id: ChannelId, chat: str) -> str:
    """Name the lane of what is told to a chat outside any conversation."""
    return f"chat:{channel_id}:{chat}"


def button_lane(callback_id: str) -> str:
    """Name the lane of the answer to one press of a button: it waits for nothing."""
    return f"button:{callback_id}"


def person_limit_key(channel_id: ChannelId, chat: str) -> str:
    """Name the gate of a private chat."""
    return f"person:{channel_id}:{chat}"


def group_limit_key(channel_id: ChannelId, chat: str) -> str:
    """Name the gate of a staff group: all its topics share one budget."""
    return f"group:{channel_id}:{chat}"


def overall_limit_key(rate_limit_key: str) -> str:
    """Name the gate that everything of a gate's bot or number goes through as well."""
    return f"overall:{limit_channel(rate_limit_key)}"


NO_LIMIT = ""  # the gate of calls that no limit counts


def limit_kind(rate_limit_key: str) -> str:
    """Tell what a gate stands for: `person`, `group`, or nothing for a free one."""
    return rate_limit_key.partition(":")[0]


def limit_channel(rate_limit_key: str) -> str:
    """Tell whose bot or number goes through a gate: an overall limit spans all its gates."""
    return rate_limit_key.split(":")[1]


def notice_key(conversation_id: ConversationId, which: str = "") -> str:
    """Name something that an agent is told in private about a conversation, by its `which`.

    Without it: what all such names of the conversation begin with.
    """
    return f"about:{conversation_id}:{which}"
