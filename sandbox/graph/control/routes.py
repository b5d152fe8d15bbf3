"""The control API's routes, all in one place.

A page that shows WhatsApp needs: GET state (numbers, customers, chats), GET
chats/{number}/{customer}/messages, GET media/{id} (bytes), POST messages (say, send as a
customer), PATCH and DELETE messages/{id}, POST messages/{id}/reaction, messages/{id}/press and
read, POST customers, and GET events: server-sent {"kind", "number", "customer", "message_id"} with
kind message, status, reaction, read, typing, chat, customer, number, templates or reset, which say
what to read again. A customer may be named by id, phone or user_id, a number by its id or phone.
"""

from aiohttp import web

from sandbox.common import control_rules
from sandbox.graph.control import actions, people, queries, rules, templates
from sandbox.graph.control.requests import control_handler

PREFIX = "/control/graph"
ROUTES = (
    ("POST", "/numbers", people.add_number),
    ("POST", "/numbers/{id}", people.change_number),
    ("POST", "/tokens", people.set_token),
    ("POST", "/customers", people.add_customer),
    ("POST", "/customers/{id}", people.change_customer),
    ("POST", "/templates", templates.add_template),
    ("POST", "/templates/{id}", templates.change_template),
    ("POST", "/messages", actions.send_message),
    ("PATCH", "/messages/{id}", actions.edit_message),
    ("DELETE", "/messages/{id}", actions.delete_message),
    ("POST", "/messages/{id}/reaction", actions.react),
    ("POST", "/messages/{id}/press", actions.press),
    ("POST", "/messages/{id}/status", actions.send_status),
    ("POST", "/read", actions.read),
    ("POST", "/unsupported", actions.send_unsupported),
    ("POST", "/echoes", actions.send_echo),
    ("GET", "/chats/{number}/{customer}/messages", queries.list_messages),
    ("POST", "/faults", rules.order_fault),
    ("GET", "/faults", control_rules.list_faults),
    ("DELETE", "/faults", control_rules.clear_faults),
    ("POST", "/limits", rules.set_limits),
    ("POST", "/settings", rules.set_settings),
    ("POST", "/clock", rules.move_clock),
    ("POST", "/hold", rules.hold_webhooks),
    ("POST", "/release", rules.release_webhooks),
    ("POST", "/webhooks", rules.inject_webhook),
    ("POST", "/notifications", rules.send_notification),
    ("GET", "/settled", rules.wait_until_settled),
    ("GET", "/calls", rules.list_calls),
    ("POST", "/calls", control_rules.record_calls),
    ("GET", "/posts", rules.list_posts),
    ("GET", "/state", queries.show_state),
    ("POST", "/reset", control_rules.reset),
)


def add_control(app: web.Application) -> None:
    """Serve the control API below /control/graph/."""
    for method, path, handler in ROUTES:
        app.router.add_route(method, PREFIX + path, control_handler(handler))
    app.router.add_get(f"{PREFIX}/media/{{id}}", queries.download_file)
    app.router.add_get(f"{PREFIX}/events", queries.stream_changes)
