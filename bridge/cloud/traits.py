"""Traits of Cloud API numbers."""

from datetime import timedelta

from desk.channel_traits import ChannelTraits

CLOUD_TRAITS = ChannelTraits(
    reply_window=timedelta(hours=24),
    marks_read=True,
    # A phone number, and the id that Meta makes for each business.
    has_aliases=True,
    has_unordered_edits=True,
    # A status arrives within a second or two after the send, with the row id that we sent.
    receipt_timeout=timedelta(seconds=20),
    phone_address=lambda phone: phone.removeprefix("+"),
)
