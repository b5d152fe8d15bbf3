"""Every call that is served: verb, path as the schema writes it, name for faults, handler."""

from typing import Final

from sandbox.waha.operations import auth, chats, files, lids, sending, sessions
from sandbox.waha.operations.call import Call, Handler

_CHAT: Final = "/api/{session}/chats/{chatId}/messages"
_MESSAGE: Final = f"{_CHAT}/{{messageId}}"
_SESSION: Final = "/api/sessions/{session}"


def ping(call: Call) -> dict[str, str]:
    """Confirm that the server runs."""
    del call
    return {"message": "pong"}


def health(call: Call) -> dict[str, object]:
    """Report that the server is healthy."""
    del call
    return {"status": "ok", "info": {}, "error": {}, "details": {}}


TABLE: tuple[tuple[str, str, str, Handler], ...] = (
    ("GET", "/ping", "ping", ping),
    ("GET", "/health", "health", health),
    ("GET", "/api/sessions", "sessions.list", sessions.list_sessions),
    ("POST", "/api/sessions", "sessions.create", sessions.create_session),
    ("GET", _SESSION, "sessions.get", sessions.show_session),
    ("PUT", _SESSION, "sessions.update", sessions.update_session),
    ("DELETE", _SESSION, "sessions.delete", sessions.delete_session),
    ("GET", f"{_SESSION}/me", "sessions.me", sessions.show_account),
    ("POST", f"{_SESSION}/start", "sessions.start", sessions.start_session),
    ("POST", f"{_SESSION}/stop", "sessions.stop", sessions.stop_session),
    ("POST", f"{_SESSION}/restart", "sessions.restart", sessions.restart_session),
    ("POST", f"{_SESSION}/logout", "sessions.logout", sessions.log_out_session),
    ("GET", "/api/{session}/auth/qr", "auth.qr", auth.show_code),
    ("POST", "/api/{session}/auth/request-code", "auth.request-code", auth.request_code),
    ("POST", "/api/sendText", "sendText", sending.send_text),
    ("POST", "/api/sendImage", "sendImage", files.send_image),
    ("POST", "/api/sendFile", "sendFile", files.send_document),
    ("POST", "/api/sendVideo", "sendVideo", files.send_video),
    ("POST", "/api/sendVoice", "sendVoice", files.send_voice),
    ("POST", "/api/sendLocation", "sendLocation", sending.send_location),
    ("POST", "/api/sendContactVcard", "sendContactVcard", sending.send_contacts),
    ("PUT", "/api/reaction", "reaction", sending.send_reaction),
    ("POST", "/api/sendSeen", "sendSeen", sending.send_seen),
    ("POST", "/api/startTyping", "startTyping", sending.start_typing),
    ("POST", "/api/stopTyping", "stopTyping", sending.stop_typing),
    ("GET", _CHAT, "messages.list", chats.list_messages),
    ("DELETE", _CHAT, "messages.clear", chats.clear_chat),
    ("POST", f"{_CHAT}/read", "messages.read", chats.mark_read),
    ("GET", _MESSAGE, "messages.get", chats.show_message),
    ("PUT", _MESSAGE, "messages.edit", chats.edit_message),
    ("DELETE", _MESSAGE, "messages.delete", chats.delete_message),
    ("GET", "/api/{session}/lids", "lids.list", lids.list_lids),
    ("GET", "/api/{session}/lids/count", "lids.count", lids.count_lids),
    ("GET", "/api/{session}/lids/pn/{phoneNumber}", "lids.pn", lids.show_lid),
    ("GET", "/api/{session}/lids/{lid}", "lids.get", lids.show_phone),
)
FILES: Final = "files"
NAMES: Final = frozenset(name for _, _, name, _ in TABLE) | {FILES}
