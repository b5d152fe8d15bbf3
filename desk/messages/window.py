"""The reply window: the time in which a customer may get free-form replies; pure functions.

Where a provider has one, it is open for some time after the customer's last message. Outside it,
the provider accepts only templates.
"""

from datetime import datetime, timedelta

from db.queries.conversations.threads import Thread
from desk.channels import ServedChannel
from desk.content import Content

# How many minutes before the window closes the agent is warned; 0: no warning.
WARNING_SETTING = "window_warning_minutes"
DEFAULT_WARNING_MINUTES = 60


def has_window(channel: ServedChannel) -> bool:
    """Check whether the channel's provider has a reply window."""
    return channel.traits.reply_window is not None


def is_open(thread: Thread, channel: ServedChannel, now: datetime) -> bool:
    """Check whether a free-form reply may be sent now."""
    if channel.traits.reply_window is None:
        return True
    return thread.reply_until is not None and now < thread.reply_until


def can_send(thread: Thread, channel: ServedChannel, content: Content, now: datetime) -> bool:
    """Check whether this content may be sent now; a template always may."""
    return content.is_template or is_open(thread, channel, now)


def warning_time(channel: ServedChannel, closes: datetime) -> datetime:
    """Return when to warn that the window closes at `closes`."""
    minutes = channel.settings.get(WARNING_SETTING, DEFAULT_WARNING_MINUTES)
    return closes - timedelta(minutes=minutes)


def last_customer_message_at(thread: Thread, channel: ServedChannel) -> datetime | None:
    """Return when the customer wrote last, as far as the window shows."""
    window = channel.traits.reply_window
    if window is None or thread.reply_until is None:
        return None
    return thread.reply_until - window
