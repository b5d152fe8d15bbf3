"""Handle a customer's private chat with the bot."""

from aiogram.types import Message, MessageReactionUpdated, ReactionTypeEmoji, User

from bot.convert import from_telegram
from desk.channels import ServedChannel
from desk.messages import inbound
from desk.unit_of_work import UnitOfWork


async def on_start(message: Message, user: User, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Greet a customer and open a session."""
    who = from_telegram.to_person(user)
    await inbound.handle_start(uow, channel, who, from_telegram.to_incoming_message(message))


async def on_message(message: Message, user: User, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Receive a customer's message of any type."""
    who = from_telegram.to_author(message, user)
    await inbound.receive_message(uow, channel, who, from_telegram.to_incoming_message(message))


async def on_edit(message: Message, user: User, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Receive a customer's edit."""
    who = from_telegram.to_person(user)
    await inbound.receive_edit(uow, channel, who, from_telegram.to_incoming_message(message))


async def on_reaction(
    event: MessageReactionUpdated, uow: UnitOfWork, channel: ServedChannel
) -> None:
    """Receive a customer's reaction to an answer."""
    await inbound.receive_reaction(
        uow, channel, str(event.chat.id), str(event.message_id), read_emoji(event)
    )


def read_emoji(event: MessageReactionUpdated) -> str:
    """Return the current reaction, or an empty text if it was removed or is not a plain emoji."""
    plain = (each.emoji for each in event.new_reaction if isinstance(each, ReactionTypeEmoji))
    return next(plain, "")


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
