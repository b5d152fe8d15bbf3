"""The control API's routes, all in one place."""

from aiohttp import web

from sandbox.common import control_rules
from sandbox.waha.control import messages, phones, rules, views
from sandbox.waha.control.requests import control_handler

_SESSION = "/control/waha/sessions/{session}"
_CHAT = "/control/waha/chats/{session}/{phone}"
_MESSAGE = f"{_CHAT}/{{id}}"
ROUTES = (
    ("GET", "/control/waha/state", views.show_state),
    ("GET", _SESSION, views.show_session),
    ("POST", f"{_SESSION}/scan", phones.scan_code),
    ("POST", f"{_SESSION}/unlink", phones.unlink_phone),
    ("POST", f"{_SESSION}/status", phones.force_status),
    ("POST", f"{_SESSION}/next-code", phones.expire_code),
    ("POST", "/control/waha/people", rules.add_person),
    ("POST", "/control/waha/people/{phone}", rules.change_person),
    ("POST", "/control/waha/messages", messages.send_message),
    ("GET", _CHAT, views.list_messages),
    ("POST", f"{_CHAT}/read", messages.read_messages),
    ("PATCH", _MESSAGE, messages.edit_message),
    ("DELETE", _MESSAGE, messages.revoke_message),
    ("POST", f"{_MESSAGE}/reaction", messages.react_to_message),
    ("POST", f"{_MESSAGE}/ack", messages.set_ack),
    ("POST", "/control/waha/faults", rules.order_fault),
    ("GET", "/control/waha/faults", control_rules.list_faults),
    ("DELETE", "/control/waha/faults", control_rules.clear_faults),
    ("POST", "/control/waha/tuning", rules.set_tuning),
    ("GET", "/control/waha/calls", rules.list_calls),
    ("GET", "/control/waha/deliveries", rules.list_deliveries),
    ("GET", "/control/waha/settled", rules.wait_until_settled),
    ("POST", "/control/waha/events", rules.inject_event),
    ("POST", "/control/waha/reset", control_rules.reset),
)


def add_control(app: web.Application) -> None:
    """Serve the control API below /control/waha/."""
    for method, path, handler in ROUTES:
        app.router.add_route(method, path, control_handler(handler))
    app.router.add_get("/control/waha/files/{file}", views.download_file)
    app.router.add_get(f"{_SESSION}/qr", views.show_qr_code)
