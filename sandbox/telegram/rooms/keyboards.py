"""Checks keyboards, and returns the part of a reply_markup that a message keeps."""

from urllib.parse import urlsplit

from sandbox.common.json_shapes import Json
from sandbox.telegram.model import errors
from sandbox.telegram.model.errors import bad_request

CALLBACK_DATA_BYTES = 64
ACTIONS = frozenset(
    {
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
        "disabled",
    }
)


def check_markup(markup: Json, *, is_private: bool) -> Json:
    """Return the message field of a markup: only inline keyboards are part of the message.

    Mini Apps open from private chats alone.
    """
    rows = markup.get("inline_keyboard")
    if rows is None:
        return {}
    for row in rows:
        for button in row:
            _check(button, is_private=is_private)
    kept = [row for row in rows if row]
    return {"reply_markup": {"inline_keyboard": kept}} if kept else {}


def _check(button: Json, *, is_private: bool) -> None:
    if not button["text"]:
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be non-empty')
    if not ACTIONS & button.keys():
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    data = button.get("callback_data")
    if data is not None and not 0 < len(data.encode()) <= CALLBACK_DATA_BYTES:
        raise errors.button_data_invalid()
    if "web_app" in button:
        if not is_private:
            raise bad_request("BUTTON_TYPE_INVALID")
        check_web_app(button["web_app"]["url"], "inline keyboard button Web App URL")


def check_web_app(url: str, what: str) -> None:
    """Raise Telegram's error for a Mini App without https; the sandbox opens this machine, too."""
    address = urlsplit(url)
    is_local = address.scheme == "http" and address.hostname in {"127.0.0.1", "localhost"}
    if address.scheme != "https" and not is_local:
        raise bad_request(f"{what} '{url}' is invalid: Only HTTPS links are allowed")


def find_button(markup: Json, data: str | None, text: str | None) -> Json | None:
    """Return the button of an inline keyboard with this data, or else with this text."""
    for row in markup.get("inline_keyboard", []):
        for button in row:
            if (data is not None and button.get("callback_data") == data) or (
                data is None and button["text"] == text
            ):
                found: Json = button
                return found
    return None
