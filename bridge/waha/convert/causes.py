"""Name the cause of a message event, with pure functions.

What people send is listed (message_kinds.py). A message of another kind causes nothing, unless it
has words or a file and the engine does not say what it is.
"""

from bridge.waha.client.models import Message
from bridge.waha.convert.engine_message import EngineMessage, read_engine_message
from bridge.waha.convert.message_kinds import Kind
from desk.causes import Cause

_CAUSES = {
    Kind.CALL: Cause.CALL,
    Kind.PLACEHOLDER: Cause.UNREADABLE,
    Kind.SECURITY_CODE: Cause.SECURITY_CODE_CHANGE,
    Kind.NOTICE: Cause.PROTOCOL_MESSAGE,
}


def find_cause(message: Message) -> Cause:
    """Return the cause of a message that a customer wrote, or that staff wrote on the phone."""
    engine = read_engine_message(message.data)
    cause = _find_cause(message, engine)
    if not message.from_me:
        return cause
    return Cause.ECHO if cause is Cause.MESSAGE else Cause.PHONE_NOTICE


def _find_cause(message: Message, engine: EngineMessage) -> Cause:
    if engine.kind is not Kind.UNKNOWN:
        cause = _CAUSES.get(engine.kind, Cause.MESSAGE)
        has_words = bool(message.body) or message.has_media
        return Cause.MESSAGE if cause is Cause.UNREADABLE and has_words else cause
    if message.body or message.has_media or message.location or message.vcards or message.has_url:
        return Cause.MESSAGE
    # Without content and without a name it is a notice: people send something.
    return Cause.UNKNOWN if engine.name or engine.is_view_once else Cause.PROTOCOL_MESSAGE
