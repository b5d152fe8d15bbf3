"""What numbers linked by QR code are like, for the desk."""

from datetime import timedelta

from desk.channel_traits import ChannelTraits

WAHA_TRAITS = ChannelTraits(
    marks_read=True,
    # A phone number's chat id, and the "lid" that hides it.
    has_aliases=True,
    has_unordered_edits=True,
    # An ack comes within a second of the send, and names the id that we gave the message (ids.py);
    # so long because whoever lost the answer may have lost the line for a moment.
    receipt_timeout=timedelta(seconds=15),
)
