"""Every method that is served, with its handler, and the methods that count against the limits."""

from collections.abc import Callable
from typing import Any

from sandbox.telegram.methods import (
    account,
    callbacks,
    chats,
    copies,
    edits,
    files,
    media,
    messages,
    pins,
    polling,
    profile,
    reactions,
    topics,
)
from sandbox.telegram.state.call import Call

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
    "sendPhoto": media.build_send_method("photo"),
    "sendDocument": media.build_send_method("document"),
    "sendVideo": media.build_send_method("video"),
    "sendAudio": media.build_send_method("audio"),
    "sendVoice": media.build_send_method("voice"),
    "sendSticker": media.build_send_method("sticker"),
    "sendAnimation": media.build_send_method("animation"),
    "sendVideoNote": media.build_send_method("video_note"),
    "sendMediaGroup": media.send_media_group,
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
    "editMessageMedia": media.edit_message_media,
    "setMessageReaction": reactions.set_message_reaction,
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
    "getFile": files.get_file,
    "getChat": chats.get_chat,
    "getChatMember": chats.get_chat_member,
    "getChatMemberCount": chats.get_chat_member_count,
    "getChatAdministrators": chats.get_chat_administrators,
    "getUserProfilePhotos": chats.get_user_profile_photos,
    "leaveChat": chats.leave_chat,
    "setMyCommands": profile.set_my_commands,
    "getMyCommands": profile.get_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "setMyName": profile.build_setter("name"),
    "getMyName": profile.build_getter("name"),
    "setMyDescription": profile.build_setter("description"),
    "getMyDescription": profile.build_getter("description"),
    "setMyShortDescription": profile.build_setter("short_description"),
    "getMyShortDescription": profile.build_getter("short_description"),
    "setChatMenuButton": profile.set_chat_menu_button,
    "getChatMenuButton": profile.get_chat_menu_button,
}

# The Bot API takes method names in any case.
BY_LOWER: dict[str, tuple[str, Handler]] = {
    name.lower(): (name, handler) for name, handler in HANDLERS.items()
}

# Methods that count against the limits: all that other members of the chat can see.
_FREE = ("get", "delete", "answer", "setMy", "setWebhook", "setChatMenuButton", "leave")
RATE_LIMITED = frozenset(name for name in HANDLERS if not name.startswith(_FREE)) - {
    "logOut",
    "close",
}
# Methods that count once for each message that they send.
BULK_METHODS = {
    "sendMediaGroup": "media",
    "copyMessages": "message_ids",
    "forwardMessages": "message_ids",
}
