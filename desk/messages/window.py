"""The window in which a customer may be answered freely, where the provider has one; pure.

It is open for so long after the customer's last message; outside of it only templates are taken.
"""

from datetime import datetime, timedelta

from db.queries.conversations.threads import Thread
from desk.channels import ServedChannel
from desk.content import Content

# Before it closes the agent is told, so many minutes; 0: not at all.
WARNING_SETTING = "window_warning_minutes"
DEFAULT_WARNING_MINUTES = 60


def has_window(channel: ServedChannel) -> bool:
    """Tell whether the channel's provider limits when free answers may be sent."""
    return channel.traits.reply_window is not None


def is_open(thread: Thread, channel: ServedChannel, now: datetime) -> bool:
    """Tell whether a free answer may be sent now."""
    if channel.traits.reply_window is None:
        return True
    return thread.reply_until is not None and now < thread.reply_until


def can_send(thread: Thread, channel: ServedChannel, content: Content, now: datetime) -> bool:
    """Tell whether this may be sent now: a template at any time."""
    return content.is_template or is_open(thread, channel, now)


def warning_time(channel: ServedChannel, closes: datetime) -> datetime:
    """Tell when it is to be said that the window closes then."""
    minutes = channel.settings.get(WARNING_SETTING, DEFAULT_WARNING_MINUTES)
    return closes - timedelta(minutes=minutes)


def last_customer_message_at(thread: Thread, channel: ServedChannel) -> datetime | None:
    """Tell when the customer wrote last, as far as the window knows."""
    window = channel.traits.reply_window
    if window is None or thread.reply_until is None:
        return None
    return thread.reply_until - window
