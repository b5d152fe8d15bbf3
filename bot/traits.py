"""Traits of Telegram bots."""

from desk.channel_traits import ChannelTraits

TELEGRAM_TRAITS = ChannelTraits(
    serves_staff=True,
    has_buttons=True,
    edits_notices=True,
    has_commands=True,
    shows_descriptions=True,
)
