"""Traits of numbers that are linked by QR code."""

from datetime import timedelta

from desk.channel_traits import ChannelTraits

WAHA_TRAITS = ChannelTraits(
    is_linked=True,
    # The person who scans the code decides which number is linked, not the server's address.
    follows_server=True,
    marks_read=True,
    # A phone number's chat id, and the "lid" that hides it.
    has_aliases=True,
    has_unordered_edits=True,
    # An ack comes within a second after the send, with the id that we gave the message
    # (message_ids.py). The timeout is long because a lost response may mean that the connection was
    # down for a moment.
    receipt_timeout=timedelta(seconds=15),
    phone_address=lambda phone: f"{phone.removeprefix('+')}@c.us",
)
