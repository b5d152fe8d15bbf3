"""Telegram's error messages, word for word; each function returns an ApiError to raise."""

from collections.abc import Callable

from sandbox.common.json_shapes import Json


class ApiError(Exception):
    """A call that the Bot API refuses, with the code, description and parameters of the reply."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(text: str) -> ApiError:
    """Return a 400 with Telegram's prefix."""
    return ApiError(400, f"Bad Request: {text}")


def forbidden(text: str) -> ApiError:
    """Return a 403 with Telegram's prefix."""
    return ApiError(403, f"Forbidden: {text}")


def conflict(text: str) -> ApiError:
    """Return a 409 with Telegram's prefix."""
    return ApiError(409, f"Conflict: {text}")


def flood_wait(retry_after: int) -> ApiError:
    """Return the 429 with the seconds to wait."""
    text = f"Too Many Requests: retry after {retry_after}"
    return ApiError(429, text, {"retry_after": retry_after})


def migrated(new_chat_id: int) -> ApiError:
    """Return the 400 of a group that was upgraded to a supergroup."""
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    return ApiError(400, text, {"migrate_to_chat_id": new_chat_id})


Refusal = Callable[[], ApiError]


def _bad(text: str) -> Refusal:
    return lambda: bad_request(text)


def _forbidden(text: str) -> Refusal:
    return lambda: forbidden(text)


def _conflict(text: str) -> Refusal:
    return lambda: conflict(text)


invalid_token: Refusal = lambda: ApiError(401, "Unauthorized: invalid token specified")  # noqa: E731 - a row of the table
unknown_method: Refusal = lambda: ApiError(404, "Not Found: method not found")  # noqa: E731 - a row of the table
no_such_file: Refusal = lambda: ApiError(404, "Not Found")  # noqa: E731 - a row of the table
body_too_large: Refusal = lambda: ApiError(413, "Request Entity Too Large")  # noqa: E731 - a row of the table

text_too_long = _bad("message is too long")
caption_too_long = _bad("message caption is too long")
text_empty = _bad("message text is empty")
chat_not_found = _bad("chat not found")
thread_not_found = _bad("message thread not found")
topic_closed = _bad("TOPIC_CLOSED")
topic_id_invalid = _bad("TOPIC_ID_INVALID")
topic_not_modified = _bad("TOPIC_NOT_MODIFIED")
not_a_forum = _bad("the chat is not a forum")
no_right_to_create_topic = _bad("not enough rights to create a topic")
no_right_to_close_topic = _bad("not enough rights to close or open the topic")
no_right_to_edit_topic = _bad("not enough rights to edit the topic")
no_right_to_delete_topic = _bad("not enough rights to delete the topic")
no_right_to_send = _bad("not enough rights to send text messages to the chat")
no_right_to_pin = _bad("not enough rights to manage pinned messages in the chat")
copy_not_found = _bad("message to copy not found")
forward_not_found = _bad("message to forward not found")
edit_not_found = _bad("message to edit not found")
delete_not_found = _bad("message to delete not found")
react_not_found = _bad("message to react not found")
reply_not_found = _bad("message to be replied not found")
pin_not_found = _bad("message to pin not found")
unpin_not_found = _bad("message to unpin not found")
cannot_edit = _bad("message can't be edited")
cannot_delete = _bad("message can't be deleted")
cannot_copy = _bad("message can't be copied")
cannot_forward = _bad("message can't be forwarded")
no_text_to_edit = _bad("there is no text in the message to edit")
no_caption_to_edit = _bad("there is no caption in the message to edit")
no_media_to_edit = _bad("there is no media in the message to edit")
not_modified = _bad(
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
protected = _bad("message has protected content and can't be forwarded")
quote_invalid = _bad("QUOTE_TEXT_INVALID")
reaction_invalid = _bad("REACTION_INVALID")
too_many_reactions = _bad("REACTIONS_TOO_MANY")
query_too_old = _bad("query is too old and response timeout expired or query ID is invalid")
wrong_file = _bad("wrong file identifier/HTTP URL specified")
wrong_file_type = _bad("type of file mismatch")
file_too_big = _bad("file is too big")
file_empty = _bad("file must be non-empty")
invalid_file_id = _bad("invalid file_id")
foreign_file_id = _bad("wrong file_id or the file is temporarily unavailable")
user_not_found = _bad("user not found")
button_data_invalid = _bad("BUTTON_DATA_INVALID")

blocked = _forbidden("bot was blocked by the user")
deactivated = _forbidden("user is deactivated")
never_started = _forbidden("bot can't initiate conversation with a user")
bot_to_bot = _forbidden("bots can't send messages to bots")
kicked_from_supergroup = _forbidden("bot was kicked from the supergroup chat")
not_in_supergroup = _forbidden("bot is not a member of the supergroup chat")
kicked_from_group = _forbidden("bot was kicked from the group chat")
not_in_group = _forbidden("bot is not a member of the group chat")

two_pollers = _conflict(
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
webhook_is_active = _conflict(
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook"
    " first"
)
ended_by_webhook = _conflict("terminated by setWebhook request")
