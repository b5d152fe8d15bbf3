"""Name the cause of a customer's message."""

from aiogram.enums import ContentType
from aiogram.types import Message

from desk.causes import Cause

# Telegram's own notices. They have no author, and they cannot be copied.
_SERVICE_TYPES = frozenset(
    {
        "chat_background_set",
        "boost_added",
        "delete_chat_photo",
        "forum_topic_closed",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_reopened",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
        "group_chat_created",
        "left_chat_member",
        "message_auto_delete_timer_changed",
        "migrate_from_chat_id",
        "migrate_to_chat_id",
        "new_chat_members",
        "new_chat_photo",
        "new_chat_title",
        "pinned_message",
        "proximity_alert_triggered",
        "supergroup_chat_created",
        "video_chat_ended",
        "video_chat_participants_invited",
        "video_chat_scheduled",
        "video_chat_started",
        "write_access_allowed",
    }
)


def is_service_message(message: Message) -> bool:
    """Check whether the message is a notice from Telegram itself."""
    return message.content_type in _SERVICE_TYPES


def find_cause(message: Message) -> Cause:
    """Return the cause of a customer's message; /start is recognized by its handler."""
    if is_service_message(message):
        return Cause.SYSTEM_NOTICE
    return Cause.UNKNOWN if message.content_type == ContentType.UNKNOWN else Cause.MESSAGE
