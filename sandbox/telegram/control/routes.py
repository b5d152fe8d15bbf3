"""The control API's routes, all in one place."""

from aiohttp import web

from sandbox.telegram.control import groups, messages, people, rules, views
from sandbox.telegram.control.requests import controlled

ROUTES = (
    ("POST", "/control/bots", people.add_bot),
    ("POST", "/control/users", people.add_user),
    ("POST", "/control/users/{id}", people.change_user),
    ("POST", "/control/groups", groups.add_group),
    ("POST", "/control/groups/{chat}/members", groups.set_member),
    ("POST", "/control/groups/{chat}/forum", groups.set_forum),
    ("POST", "/control/groups/{chat}/upgrade", groups.upgrade),
    ("POST", "/control/messages", messages.say),
    ("PATCH", "/control/messages/{chat}/{id}", messages.edit),
    ("DELETE", "/control/messages/{chat}/{id}", messages.delete),
    ("POST", "/control/messages/{chat}/{id}/reaction", messages.react),
    ("POST", "/control/messages/{chat}/{id}/press", messages.press),
    ("GET", "/control/callbacks/{id}", messages.callback),
    ("GET", "/control/chats/{chat}/messages", messages.listing),
    ("GET", "/control/chats/{chat}/topics", views.topics),
    ("DELETE", "/control/topics/{chat}/{thread}", views.delete_topic),
    ("POST", "/control/topics/{chat}/{thread}", groups.set_topic),
    ("POST", "/control/updates", rules.inject),
    ("POST", "/control/faults", rules.order_fault),
    ("GET", "/control/faults", rules.list_faults),
    ("DELETE", "/control/faults", rules.clear_faults),
    ("POST", "/control/limits", rules.set_limits),
    ("GET", "/control/calls", rules.list_calls),
    ("POST", "/control/calls", rules.record_calls),
    ("POST", "/control/webhooks", rules.tune_webhooks),
    ("GET", "/control/state", views.state),
    ("POST", "/control/reset", rules.reset),
)


def add_control(app: web.Application) -> None:
    """Serve the control API below /control/."""
    for method, path, handler in ROUTES:
        app.router.add_route(method, path, controlled(handler))
    app.router.add_get("/control/files/{file_id}", views.file_bytes)
    app.router.add_get("/control/events", views.events)
