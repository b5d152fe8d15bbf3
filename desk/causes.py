"""What each kind of incoming thing causes in a conversation: one table, asked for every channel.

A channel names the cause (`bot/convert/causes.py`, `bridge/cloud/receiving/causes.py`,
`bridge/waha/convert/causes.py`), and `desk/messages/effects.py` does what the table says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto

from db.tables import ChannelKind


class Cause(Enum):
    """A kind of incoming thing."""

    # A customer wrote it.
    MESSAGE = auto()
    START = auto()  # Telegram's /start; WhatsApp's "opened the chat for the first time"
    BUTTON_PRESS = auto()  # a choice below a message of ours
    UNREADABLE = auto()  # a message that the provider could not decrypt or does not pass on
    OPT_OUT = auto()  # a word that stops broadcasts, or asks for them again
    RATING = auto()  # an answer to our question how good the session was
    UNKNOWN = auto()  # a message of a type that this version does not know

    # A customer did it.
    EDIT = auto()
    EARLY_EDIT = auto()  # the edit of a message that is not known here
    REACTION = auto()
    REACTION_TO_UNKNOWN = auto()
    DELETION = auto()
    DELETION_OF_UNKNOWN = auto()
    CALL = auto()
    BLOCK = auto()  # the customer blocked the bot
    UNBLOCK = auto()
    NUMBER_CHANGE = auto()
    MARKETING_PREFERENCE = auto()  # marketing messages are wanted, or no longer
    PROFILE_CHANGE = auto()  # a new name; it comes with another cause, and adds nothing to it

    # A provider reports it; nobody wrote it.
    RECEIPT = auto()
    PAYMENT = auto()  # how far the payment of an order has got
    HISTORY = auto()  # messages from before the number was linked
    SECURITY_CODE_CHANGE = auto()
    ENCRYPTION_NOTICE = auto()  # "messages are end-to-end encrypted"
    PROTOCOL_MESSAGE = auto()  # between two apps: disappearing messages, keys
    SYSTEM_NOTICE = auto()  # a pinned message, a new photo, a business that changed
    ACCOUNT_NOTICE = auto()  # about a number or an account, not about a customer

    # Staff did it on the phone whose number the channel is.
    ECHO = auto()  # a message that was written there
    OWN_ECHO = auto()  # a message that we sent
    PHONE_EDIT = auto()
    PHONE_REACTION = auto()
    PHONE_DELETION = auto()
    PHONE_NOTICE = auto()  # what nobody wrote, or what cannot be read

    # Staff did it here.
    TOPIC_ANSWER = auto()
    API_ANSWER = auto()  # also a template that a button sends
    ANONYMOUS_ANSWER = auto()  # held until somebody says whose it is
    HELD_ANSWER = auto()  # an anonymous answer that is sent now
    DRAFT = auto()  # a draft that is sent now
    NOTE = auto()
    API_NOTE = auto()
    STRANGER_NOTE = auto()  # in the topic, by somebody who is no agent
    STAFF_EDIT = auto()
    STAFF_REACTION = auto()
    STAFF_ACTION = auto()  # a command, a button or a request that writes nothing
    PRIVATE_CHAT = auto()  # what an agent writes to the bot in private

    # The desk did it.
    AI_ANSWER = auto()
    AUTOMATIC_TEXT = auto()
    RULE_ANSWER = auto()  # an auto-reply rule's message
    BROADCAST = auto()  # a message that many customers get


class Opening(Enum):
    """Whether a session is opened if none is open, and for whom."""

    NONE = auto()
    NEXT_AGENT = auto()  # the agent whom the policy chooses; without one it waits
    AUTHOR = auto()  # the agent who wrote; they also claim a waiting session


@dataclass(frozen=True, slots=True)
class Effects:
    """What a cause does to a conversation, beside what it is about."""

    opens: Opening = Opening.NONE
    # The customer gets the welcome.
    greets: bool = False
    # The customer is told their place if the session that was opened waits.
    sends_queue_notice: bool = False
    # The customer is told which agent got the session, if their channel wants it.
    tells_who_answers: bool = False
    # It also moves the last-read marker, which is the customer's newest message.
    extends_window: bool = False
    counts_unread: bool = False
    # It counts towards what one customer may write in a minute (CUSTOMER_LIMIT). Over that it is
    # stored and not shown, and the customer is told.
    is_limited: bool = False
    # Auto-reply rules may answer it. Nothing that a program sent does this, or two would never end.
    fires_rules: bool = False
    # It was answered: what the customer wrote before is read.
    counts_as_answer: bool = False
    # A human agent answers: they take the session from an AI agent that holds it.
    takes_from_ai: bool = False
    # The desk shows it in the topic. What was written there is there already.
    is_shown: bool = False
    # Nothing of it happens if staff blocked the customer.
    stops_at_block: bool = False


NOTHING = Effects()
_SHOWN = Effects(is_shown=True)
_MESSAGE = Effects(
    opens=Opening.NEXT_AGENT,
    sends_queue_notice=True,
    tells_who_answers=True,
    extends_window=True,
    counts_unread=True,
    is_limited=True,
    fires_rules=True,
    is_shown=True,
    stops_at_block=True,
)
# A person answered, elsewhere: nobody here is given a session, and nothing is sent.
_ECHO = Effects(counts_as_answer=True, is_shown=True)
_BY_AUTHOR = Effects(opens=Opening.AUTHOR)
_ANSWER_BY_AUTHOR = Effects(opens=Opening.AUTHOR, tells_who_answers=True, takes_from_ai=True)

EFFECTS: Mapping[Cause, Effects] = {
    Cause.MESSAGE: _MESSAGE,
    # The topic shows the card instead of a copy.
    Cause.START: Effects(
        opens=Opening.NEXT_AGENT,
        greets=True,
        sends_queue_notice=True,
        tells_who_answers=True,
        is_limited=True,
        stops_at_block=True,
    ),
    Cause.BUTTON_PRESS: _MESSAGE,
    # Staff gets a notice of it. No session is opened to thank a customer.
    Cause.RATING: Effects(extends_window=True, is_limited=True, stops_at_block=True),
    # Staff gets a notice of it, too.
    Cause.OPT_OUT: Effects(extends_window=True, is_limited=True, stops_at_block=True),
    Cause.UNREADABLE: _MESSAGE,
    Cause.UNKNOWN: _MESSAGE,
    Cause.EDIT: Effects(is_shown=True, stops_at_block=True),
    Cause.EARLY_EDIT: _MESSAGE,
    Cause.REACTION: _SHOWN,
    Cause.REACTION_TO_UNKNOWN: NOTHING,
    Cause.DELETION: _SHOWN,
    Cause.DELETION_OF_UNKNOWN: NOTHING,
    Cause.CALL: NOTHING,
    Cause.BLOCK: _SHOWN,
    Cause.UNBLOCK: _SHOWN,
    Cause.NUMBER_CHANGE: _SHOWN,
    Cause.MARKETING_PREFERENCE: _SHOWN,
    Cause.PROFILE_CHANGE: NOTHING,
    Cause.RECEIPT: NOTHING,
    Cause.PAYMENT: _SHOWN,
    Cause.HISTORY: NOTHING,
    Cause.SECURITY_CODE_CHANGE: _SHOWN,
    Cause.ENCRYPTION_NOTICE: NOTHING,
    Cause.PROTOCOL_MESSAGE: NOTHING,
    Cause.SYSTEM_NOTICE: NOTHING,
    Cause.ACCOUNT_NOTICE: NOTHING,
    Cause.ECHO: _ECHO,
    Cause.OWN_ECHO: NOTHING,
    Cause.PHONE_EDIT: NOTHING,
    Cause.PHONE_REACTION: NOTHING,
    Cause.PHONE_DELETION: NOTHING,
    Cause.PHONE_NOTICE: NOTHING,
    Cause.TOPIC_ANSWER: replace(_ANSWER_BY_AUTHOR, counts_as_answer=True),
    Cause.API_ANSWER: replace(_ANSWER_BY_AUTHOR, counts_as_answer=True, is_shown=True),
    Cause.ANONYMOUS_ANSWER: Effects(opens=Opening.NEXT_AGENT, sends_queue_notice=True),
    Cause.HELD_ANSWER: _ANSWER_BY_AUTHOR,
    Cause.DRAFT: _ANSWER_BY_AUTHOR,
    Cause.NOTE: _BY_AUTHOR,
    Cause.API_NOTE: Effects(opens=Opening.AUTHOR, is_shown=True),
    Cause.STRANGER_NOTE: NOTHING,
    Cause.STAFF_EDIT: NOTHING,
    Cause.STAFF_REACTION: NOTHING,
    Cause.STAFF_ACTION: NOTHING,
    Cause.PRIVATE_CHAT: NOTHING,
    # The agent holds the session already.
    Cause.AI_ANSWER: Effects(counts_as_answer=True, is_shown=True),
    Cause.AUTOMATIC_TEXT: NOTHING,
    Cause.RULE_ANSWER: _SHOWN,
    # Staff sees it when the customer writes next.
    Cause.BROADCAST: NOTHING,
}

# Where a kind of channel differs from the others.
_DIFFERENCES: Mapping[tuple[ChannelKind, Cause], Effects] = {
    # To a campaign of another program, for example: words in the topic, if there is one.
    (ChannelKind.WHATSAPP_CLOUD, Cause.REACTION_TO_UNKNOWN): _SHOWN,
    (ChannelKind.WHATSAPP_CLOUD, Cause.DELETION_OF_UNKNOWN): _SHOWN,
    (ChannelKind.WHATSAPP_CLOUD, Cause.SYSTEM_NOTICE): _SHOWN,
    (ChannelKind.WHATSAPP_CLOUD, Cause.CALL): _SHOWN,
    (ChannelKind.WHATSAPP_CLOUD, Cause.PHONE_EDIT): _ECHO,
    (ChannelKind.WHATSAPP_CLOUD, Cause.PHONE_REACTION): _SHOWN,
    (ChannelKind.WHATSAPP_CLOUD, Cause.PHONE_DELETION): _SHOWN,
    (ChannelKind.WHATSAPP_WAHA, Cause.CALL): _SHOWN,
    # WAHA passes on whatever its engines see: what is not known to be a person's message is told
    # in the topic, if there is one.
    (ChannelKind.WHATSAPP_WAHA, Cause.UNKNOWN): _SHOWN,
    (ChannelKind.WHATSAPP_WAHA, Cause.PHONE_EDIT): _SHOWN,
    (ChannelKind.WHATSAPP_WAHA, Cause.PHONE_DELETION): _SHOWN,
}


def get_effects(cause: Cause, kind: ChannelKind, *, is_blocked: bool = False) -> Effects:
    """Return what a cause does on a kind of channel; `is_blocked`: staff blocked the customer."""
    effects = _DIFFERENCES.get((kind, cause), EFFECTS[cause])
    return NOTHING if is_blocked and effects.stops_at_block else effects
