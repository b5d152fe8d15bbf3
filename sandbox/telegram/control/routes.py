"""The control API's routes, all in one place."""

from aiohttp import web

from sandbox.common import control_rules
from sandbox.telegram.control import groups, messages, people, rules, views
from sandbox.telegram.control.requests import control_handler

ROUTES = (
    ("POST", "/control/bots", people.add_bot),
    ("POST", "/control/bots/{bot}/threaded-mode", people.set_threaded_mode),
    ("POST", "/control/users", people.add_user),
    ("POST", "/control/users/{id}", people.change_user),
    ("POST", "/control/users/{id}/mini-app", people.open_mini_app),
    ("POST", "/control/groups", groups.add_group),
    ("POST", "/control/groups/{chat}/members", groups.set_member),
    ("POST", "/control/groups/{chat}/forum", groups.set_forum),
    ("POST", "/control/groups/{chat}/upgrade", groups.upgrade),
    ("POST", "/control/messages", messages.send_message),
    ("PATCH", "/control/messages/{chat}/{id}", messages.edit_message),
    ("DELETE", "/control/messages/{chat}/{id}", messages.delete_message),
    ("POST", "/control/messages/{chat}/{id}/reaction", messages.react_to_message),
    ("POST", "/control/messages/{chat}/{id}/press", messages.press_button),
    ("GET", "/control/callbacks/{id}", messages.show_callback),
    ("GET", "/control/chats/{chat}/messages", messages.list_messages),
    ("GET", "/control/chats/{chat}/topics", views.list_topics),
    ("DELETE", "/control/topics/{chat}/{thread}", views.delete_topic),
    ("POST", "/control/topics/{chat}/{thread}", groups.set_topic),
    ("POST", "/control/updates", rules.inject_update),
    ("POST", "/control/faults", rules.order_fault),
    ("GET", "/control/faults", control_rules.list_faults),
    ("DELETE", "/control/faults", control_rules.clear_faults),
    ("POST", "/control/limits", rules.set_limits),
    ("GET", "/control/calls", rules.list_calls),
    ("POST", "/control/calls", control_rules.record_calls),
    ("POST", "/control/webhooks", rules.set_webhook_retry_base),
    ("GET", "/control/state", views.show_state),
    ("POST", "/control/reset", control_rules.reset),
)


def add_control(app: web.Application) -> None:
    """Serve the control API below /control/."""
    for method, path, handler in ROUTES:
        app.router.add_route(method, path, control_handler(handler))
    app.router.add_get("/control/files/{file_id}", views.download_file)
    app.router.add_get("/control/events", views.stream_changes)
