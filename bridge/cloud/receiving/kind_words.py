"""Say Meta's types of messages in words, with pure functions."""

from bridge.cloud.receiving.error_words import humanize
from desk.texts import Translate

# Meta's type → the words for it.
_KIND_WORDS = {
    **dict.fromkeys(("message", "unknown", "unsupported"), "message"),
    **dict.fromkeys(("poll", "poll_creation", "poll_update", "poll_result_snapshot"), "poll"),
    "poll_vote": "poll_vote",
    **dict.fromkeys(("event", "event_creation", "encrypted_event"), "event"),
    **dict.fromkeys(("pin", "pin_in_chat", "pinned"), "pinned"),
    "group_invite": "group_invite",
    "live_location": "live_location",
    **dict.fromkeys(("view_once", "view_once_message"), "view_once"),
    **dict.fromkeys(("video_note", "ptv"), "video_note"),
    **dict.fromkeys(("payment", "send_payment", "request_payment", "payment_invite"), "payment"),
    **dict.fromkeys(("list", "list_message"), "list"),
    "product": "product",
    **dict.fromkeys(("edit", "edit_message"), "edit"),
    "album": "album",
    **dict.fromkeys(("newsletter", "newsletter_admin_invite"), "newsletter"),
    **dict.fromkeys(("keep", "keep_in_chat"), "keep"),
    **dict.fromkeys(("call", "call_log", "scheduled_call"), "call"),
    **dict.fromkeys(("interactive", "button"), "interactive"),
    "text": "text",
    "image": "image",
    "video": "video",
    **dict.fromkeys(("audio", "voice"), "audio"),
    **dict.fromkeys(("document", "media_placeholder", "media"), "document"),
    "sticker": "sticker",
    "location": "location",
    "contacts": "contacts",
    "order": "order",
    "reaction": "reaction",
    "ephemeral": "ephemeral",
}


def name_kind(kind: str, translate: Translate) -> str:
    """Name a type of message in words; a type without words of ours, in its own."""
    key = _KIND_WORDS.get(kind)
    return translate(f"whatsapp_kind.{key}") if key else humanize(kind)
