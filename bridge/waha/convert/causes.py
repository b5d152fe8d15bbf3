"""Name the cause of a message event, with pure functions."""

from bridge.waha.client.models import Message
from bridge.waha.convert.from_waha import find_engine_type
from desk.causes import Cause

# What the engines call what nobody wrote; all other types are a person's own messages.
_CAUSES = {
    "e2e_notification": Cause.ENCRYPTION_NOTICE,
    "notification": Cause.SYSTEM_NOTICE,
    "notification_template": Cause.SYSTEM_NOTICE,
    "gp2": Cause.SYSTEM_NOTICE,
    "protocol": Cause.PROTOCOL_MESSAGE,
    "protocolMessage": Cause.PROTOCOL_MESSAGE,
    "senderKeyDistributionMessage": Cause.PROTOCOL_MESSAGE,
    "call_log": Cause.CALL,
    "ciphertext": Cause.UNREADABLE,
    "secretEncryptedMessage": Cause.UNREADABLE,
    "unknown": Cause.UNKNOWN,
}
# WhatsApp Web gives the notice of a new security code the type of the encryption notice.
_IDENTITY_SUBTYPE = "identity"


def find_cause(message: Message) -> Cause:
    """Return the cause of a message that a customer wrote, or that staff wrote on the phone."""
    if message.body or message.has_media or message.location or message.vcards:
        return Cause.ECHO if message.from_me else Cause.MESSAGE
    data = message.data or {}
    cause = _CAUSES.get(find_engine_type(data) or "unknown", Cause.MESSAGE)
    if message.from_me:
        return Cause.ECHO if cause is Cause.MESSAGE else Cause.PHONE_NOTICE
    if cause is Cause.ENCRYPTION_NOTICE and data.get("subtype") == _IDENTITY_SUBTYPE:
        return Cause.SECURITY_CODE_CHANGE
    return cause
