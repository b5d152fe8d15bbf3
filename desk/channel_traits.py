"""Traits of a kind of channel, as far as the desk needs them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class ChannelTraits:
    """How a kind of channel differs from the simplest one; each room defines those of its kinds."""

    # Free-form replies may be sent for this long after the customer's last message; None: always.
    reply_window: timedelta | None = None
    # The provider shows customers that their messages were read.
    marks_read: bool = False
    # An address may come under two ids (a phone number, and one that the provider made).
    has_aliases: bool = False
    # Updates may come in another order than they happened: edits before messages.
    has_unordered_edits: bool = False
    # Receipts come so soon that what follows an uncertain send can wait this long for one; None:
    # the provider sends no receipts, or not so soon.
    receipt_timeout: timedelta | None = None
    # Its bot can serve staff groups, with a topic for each conversation; channels of other kinds
    # need such a bot for theirs.
    serves_staff: bool = False
    # Buttons below a message are pressed there, and the message can change afterwards.
    has_buttons: bool = False
    # The desk's notices to customers can be edited afterwards, silently.
    edits_notices: bool = False
    # Customers use commands; a word alone is none, so that it can be said to an agent.
    has_commands: bool = False
    # Customers see a description of it before they write, which can be set.
    shows_descriptions: bool = False
    # Its numbers are linked to a phone by a QR code (desk/linking).
    is_linked: bool = False
    # Its credentials name a server, which may move; the channel's identity follows it.
    follows_server: bool = False
    # Returns the address of a phone number (`+` and digits); None: customers must write first.
    phone_address: Callable[[str], str] | None = None


DEFAULT_TRAITS = ChannelTraits()
