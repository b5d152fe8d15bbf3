"""What a kind of channel is like, as far as the desk has to know."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class ChannelTraits:
    """How one kind of channel differs from the plainest one; each room says so of its own kinds."""

    # Free answers may be sent for so long after the customer's last message; None: always.
    reply_window: timedelta | None = None
    # The provider shows customers that their messages were read.
    marks_read: bool = False
    # One address may come under two ids (a phone number, and one that the provider made).
    has_aliases: bool = False
    # What the provider tells may come in another order than it happened: edits before messages.
    has_unordered_edits: bool = False
    # The provider tells how far a message got, so soon that what follows an uncertain send can wait
    # for it; None: it does not.
    receipt_timeout: timedelta | None = None


DEFAULT_TRAITS = ChannelTraits()
