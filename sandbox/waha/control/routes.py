"""The control API's routes, all in one place."""

from aiohttp import web

from sandbox.waha.control import messages, phones, rules, views
from sandbox.waha.control.requests import controlled

_SESSION = "/control/waha/sessions/{session}"
_CHAT = "/control/waha/chats/{session}/{phone}"
_MESSAGE = f"{_CHAT}/{{id}}"
ROUTES = (
    ("GET", "/control/waha/state", views.state),
    ("GET", _SESSION, views.session),
    ("POST", f"{_SESSION}/scan", phones.scan),
    ("POST", f"{_SESSION}/unlink", phones.unlink),
    ("POST", f"{_SESSION}/status", phones.force),
    ("POST", f"{_SESSION}/next-code", phones.next_code),
    ("POST", "/control/waha/people", rules.add_person),
    ("POST", "/control/waha/people/{phone}", rules.change_person),
    ("POST", "/control/waha/messages", messages.say),
    ("GET", _CHAT, views.messages),
    ("POST", f"{_CHAT}/read", messages.read),
    ("PATCH", _MESSAGE, messages.edit),
    ("DELETE", _MESSAGE, messages.revoke),
    ("POST", f"{_MESSAGE}/reaction", messages.react),
    ("POST", f"{_MESSAGE}/ack", messages.tick),
    ("POST", "/control/waha/faults", rules.order_fault),
    ("GET", "/control/waha/faults", rules.list_faults),
    ("DELETE", "/control/waha/faults", rules.clear_faults),
    ("POST", "/control/waha/tuning", rules.tune),
    ("GET", "/control/waha/calls", rules.calls),
    ("GET", "/control/waha/deliveries", rules.deliveries),
    ("POST", "/control/waha/events", rules.inject),
    ("POST", "/control/waha/reset", rules.reset),
)


def add_control(app: web.Application) -> None:
    """Serve the control API below /control/waha/."""
    for method, path, handler in ROUTES:
        app.router.add_route(method, path, controlled(handler))
    app.router.add_get("/control/waha/files/{file}", views.file_bytes)
    app.router.add_get(f"{_SESSION}/qr", views.code_picture)
