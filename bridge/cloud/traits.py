"""What numbers at the Cloud API are like, for the desk."""

from datetime import timedelta

from desk.channel_traits import ChannelTraits

CLOUD_TRAITS = ChannelTraits(
    reply_window=timedelta(hours=24),
    marks_read=True,
    # A phone number, and the id that Meta makes for one business.
    has_aliases=True,
    has_unordered_edits=True,
    # A status comes within a second or two of the send, and carries our own number of it.
    receipt_timeout=timedelta(seconds=20),
)
