"""Every call that is served: verb, path as the schema writes it, name for faults, handler."""

from typing import Final

from sandbox.waha.operations import auth, chats, files, lids, sending, sessions
from sandbox.waha.operations.call import Call, Handler

_CHAT: Final = "/api/{session}/chats/{chatId}/messages"
_MESSAGE: Final = f"{_CHAT}/{{messageId}}"
_SESSION: Final = "/api/sessions/{session}"


def ping(call: Call) -> dict[str, str]:
    """Tell that the server is there."""
    del call
    return {"message": "pong"}


def health(call: Call) -> dict[str, object]:
    """Tell that nothing is wrong with the server."""
    del call
    return {"status": "ok", "info": {}, "error": {}, "details": {}}


TABLE: tuple[tuple[str, str, str, Handler], ...] = (
    ("GET", "/ping", "ping", ping),
    ("GET", "/health", "health", health),
    ("GET", "/api/sessions", "sessions.list", sessions.listing),
    ("POST", "/api/sessions", "sessions.create", sessions.create),
    ("GET", _SESSION, "sessions.get", sessions.one),
    ("PUT", _SESSION, "sessions.update", sessions.update),
    ("DELETE", _SESSION, "sessions.delete", sessions.delete),
    ("GET", f"{_SESSION}/me", "sessions.me", sessions.me),
    ("POST", f"{_SESSION}/start", "sessions.start", sessions.start),
    ("POST", f"{_SESSION}/stop", "sessions.stop", sessions.stop),
    ("POST", f"{_SESSION}/restart", "sessions.restart", sessions.restart),
    ("POST", f"{_SESSION}/logout", "sessions.logout", sessions.logout),
    ("GET", "/api/{session}/auth/qr", "auth.qr", auth.code),
    ("POST", "/api/{session}/auth/request-code", "auth.request-code", auth.request_code),
    ("POST", "/api/sendText", "sendText", sending.text),
    ("POST", "/api/sendImage", "sendImage", files.image),
    ("POST", "/api/sendFile", "sendFile", files.document),
    ("POST", "/api/sendVideo", "sendVideo", files.video),
    ("POST", "/api/sendVoice", "sendVoice", files.voice),
    ("POST", "/api/sendLocation", "sendLocation", sending.location),
    ("POST", "/api/sendContactVcard", "sendContactVcard", sending.contacts),
    ("PUT", "/api/reaction", "reaction", sending.reaction),
    ("POST", "/api/sendSeen", "sendSeen", sending.seen),
    ("POST", "/api/startTyping", "startTyping", sending.start_typing),
    ("POST", "/api/stopTyping", "stopTyping", sending.stop_typing),
    ("GET", _CHAT, "messages.list", chats.messages),
    ("DELETE", _CHAT, "messages.clear", chats.clear),
    ("POST", f"{_CHAT}/read", "messages.read", chats.read),
    ("GET", _MESSAGE, "messages.get", chats.message),
    ("PUT", _MESSAGE, "messages.edit", chats.edit),
    ("DELETE", _MESSAGE, "messages.delete", chats.delete),
    ("GET", "/api/{session}/lids", "lids.list", lids.listing),
    ("GET", "/api/{session}/lids/count", "lids.count", lids.count),
    ("GET", "/api/{session}/lids/pn/{phoneNumber}", "lids.pn", lids.hidden),
    ("GET", "/api/{session}/lids/{lid}", "lids.get", lids.phone),
)
FILES: Final = "files"
NAMES: Final = frozenset(name for _, _, name, _ in TABLE) | {FILES}
