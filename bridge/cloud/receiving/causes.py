"""Name the cause of a customer's message, or of an echo of the business's phone."""

from bridge.cloud.receiving.webhook_models import Message
from desk.causes import Cause

_CAUSES = {
    "request_welcome": Cause.START,
    "reaction": Cause.REACTION,
    "edit": Cause.EDIT,
    "revoke": Cause.DELETION,
    "button": Cause.BUTTON_PRESS,
    "interactive": Cause.BUTTON_PRESS,
    "unsupported": Cause.UNREADABLE,
}
_SYSTEM_CAUSES = {
    "customer_identity_changed": Cause.SECURITY_CODE_CHANGE,
    "user_identity_changed": Cause.SECURITY_CODE_CHANGE,
}
_NUMBER_CHANGES = {"user_changed_number", "customer_changed_number", "user_changed_user_id"}
# All that people send; nothing else is a message.
_CONTENT_TYPES = frozenset(
    {
        "text",
        "image",
        "video",
        "document",
        "sticker",
        "audio",
        "voice",
        "location",
        "contacts",
        "order",
    }
)
# The causes of what people write.
MESSAGES = frozenset({Cause.MESSAGE, Cause.BUTTON_PRESS, Cause.UNREADABLE, Cause.UNKNOWN})
_PHONE_CAUSES = {
    "edit": Cause.PHONE_EDIT,
    "reaction": Cause.PHONE_REACTION,
    "revoke": Cause.PHONE_DELETION,
    "system": Cause.PHONE_NOTICE,
    "errors": Cause.PHONE_NOTICE,
}


def find_cause(message: Message) -> Cause:
    """Return the cause of what a customer did, as far as the message alone shows it."""
    if message.type == "system":
        kind = (message.system.type if message.system else None) or ""
        if kind in _NUMBER_CHANGES:
            return Cause.NUMBER_CHANGE
        return _SYSTEM_CAUSES.get(kind, Cause.SYSTEM_NOTICE)
    if message.type in _CONTENT_TYPES:
        return Cause.MESSAGE
    return _CAUSES.get(message.type or "", Cause.UNKNOWN)


def find_echo_cause(message: Message) -> Cause:
    """Return the cause of what staff did on the business's phone."""
    return _PHONE_CAUSES.get(message.type or "", Cause.ECHO)
