"""Every method that is served, with its handler; `COST` counts what a call spends of the limits."""

from collections.abc import Callable
from typing import Any

from sandbox.telegram.methods import (
    account,
    callbacks,
    copies,
    edits,
    messages,
    pins,
    polling,
    topics,
)
from sandbox.telegram.methods.call import Call

# Most handlers return their result at once; that of getUpdates is awaited.
Handler = Callable[[Call], Any]

HANDLERS: dict[str, Handler] = {
    "getMe": account.get_me,
    "logOut": account.log_out,
    "close": account.log_out,
    "getUpdates": polling.get_updates,
    "setWebhook": polling.set_webhook,
    "deleteWebhook": polling.delete_webhook,
    "getWebhookInfo": polling.get_webhook_info,
    "sendMessage": messages.send_message,
    "sendLocation": messages.send_location,
    "sendVenue": messages.send_venue,
    "sendContact": messages.send_contact,
    "sendDice": messages.send_dice,
    "sendPoll": messages.send_poll,
    "sendChatAction": messages.send_chat_action,
    "copyMessage": copies.copy_message,
    "copyMessages": copies.copy_messages,
    "forwardMessage": copies.forward_message,
    "forwardMessages": copies.forward_messages,
    "editMessageText": edits.edit_message_text,
    "editMessageCaption": edits.edit_message_caption,
    "editMessageReplyMarkup": edits.edit_message_reply_markup,
    "deleteMessage": edits.delete_message,
    "deleteMessages": edits.delete_messages,
    "answerCallbackQuery": callbacks.answer_callback_query,
    "pinChatMessage": pins.pin_chat_message,
    "unpinChatMessage": pins.unpin_chat_message,
    "unpinAllChatMessages": pins.unpin_all_chat_messages,
    "unpinAllForumTopicMessages": pins.unpin_all_forum_topic_messages,
    "unpinAllGeneralForumTopicMessages": pins.unpin_all_general_forum_topic_messages,
    "createForumTopic": topics.create_forum_topic,
    "editForumTopic": topics.edit_forum_topic,
    "closeForumTopic": topics.close_forum_topic,
    "reopenForumTopic": topics.reopen_forum_topic,
    "deleteForumTopic": topics.delete_forum_topic,
    "editGeneralForumTopic": topics.edit_general_forum_topic,
    "closeGeneralForumTopic": topics.close_general_forum_topic,
    "reopenGeneralForumTopic": topics.reopen_general_forum_topic,
    "hideGeneralForumTopic": topics.hide_general_forum_topic,
    "unhideGeneralForumTopic": topics.unhide_general_forum_topic,
    "getForumTopicIconStickers": topics.get_forum_topic_icon_stickers,
}

# The Bot API takes method names in any case.
BY_LOWER: dict[str, tuple[str, Handler]] = {
    name.lower(): (name, handler) for name, handler in HANDLERS.items()
}

_FREE = ("get", "delete", "answer", "setMy", "setWebhook", "log", "close", "leave")
_VISIBLE = ("closeForumTopic", "closeGeneralForumTopic")
VISIBLE = frozenset(name for name in HANDLERS if name in _VISIBLE or not name.startswith(_FREE))
# What spends as many as it sends.
MANY = {"sendMediaGroup": "media", "copyMessages": "message_ids", "forwardMessages": "message_ids"}
