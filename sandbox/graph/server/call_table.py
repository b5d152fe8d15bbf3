"""Maps calls to their functions, by the kind of object and the edge."""

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.common.json_shapes import Json
from sandbox.graph.model.records import Account, Media, Number, Template
from sandbox.graph.nodes import accounts, media, templates
from sandbox.graph.sending.messages import send_message
from sandbox.graph.state.call import Call
from sandbox.graph.state.world import World

Answer = Json | Awaitable[Json]
Handler = Callable[..., Answer]
NUMBER = "number"
ACCOUNT = "account"
MEDIA = "media"
TEMPLATE = "template"

# (verb, kind of object, edge): (name of the call, its function)
CALLS: dict[tuple[str, str, str], tuple[str, Handler]] = {
    ("POST", NUMBER, "messages"): ("messages", send_message),
    ("POST", NUMBER, "media"): ("upload", media.upload_media),
    ("GET", MEDIA, ""): ("resolve", media.show_media),
    ("DELETE", MEDIA, ""): ("delete_media", media.delete_media),
    ("GET", NUMBER, ""): ("number", accounts.show_number),
    ("POST", NUMBER, ""): ("change_number", accounts.change_number),
    ("POST", NUMBER, "register"): ("register", accounts.register),
    ("POST", NUMBER, "deregister"): ("deregister", accounts.deregister),
    ("GET", ACCOUNT, ""): ("account", accounts.show_account),
    ("GET", ACCOUNT, "phone_numbers"): ("numbers", accounts.list_numbers),
    ("GET", ACCOUNT, "subscribed_apps"): ("subscriptions", accounts.list_subscriptions),
    ("POST", ACCOUNT, "subscribed_apps"): ("subscribe", accounts.subscribe),
    ("DELETE", ACCOUNT, "subscribed_apps"): ("unsubscribe", accounts.unsubscribe),
    ("GET", ACCOUNT, "message_templates"): ("templates", templates.list_templates),
    ("POST", ACCOUNT, "message_templates"): ("create_template", templates.create_template),
    ("DELETE", ACCOUNT, "message_templates"): ("delete_template", templates.delete_template),
    ("GET", TEMPLATE, ""): ("template", lambda _call, one: templates.to_shape(one)),
    ("POST", TEMPLATE, ""): ("change_template", templates.change_template),
}
# Calls without an object: the path itself names them.
PLAIN: dict[tuple[str, str], tuple[str, Handler]] = {
    ("GET", "me"): ("me", accounts.show_me),
    ("GET", "debug_token"): ("debug_token", accounts.debug_token),
}
NAMES = frozenset(name for name, _ in [*CALLS.values(), *PLAIN.values()]) | {"read", "download"}

Node = Number | Account | Media | Template


def find_node(world: World, node_id: str, accounts_open: set[str]) -> tuple[str, Node] | None:
    """Return kind and object of an id, if it is in an account that the token may access."""
    number = world.numbers.get(node_id)
    if number is not None:
        return (NUMBER, number) if number.account.id in accounts_open else None
    if node_id in accounts_open:
        return ACCOUNT, world.accounts[node_id]
    found = world.media.get(node_id)
    if found is not None:
        return (MEDIA, found) if _can_access(world, found, accounts_open) else None
    for account_id in accounts_open:
        template = world.accounts[account_id].templates.get(node_id)
        if template is not None:
            return TEMPLATE, template
    return None


def _can_access(world: World, media: Media, accounts_open: set[str]) -> bool:
    owner = world.numbers.get(media.number_id)
    fresh = media.expires > world.clock.now()
    return fresh and owner is not None and owner.account.id in accounts_open


def find_handler(verb: str, kind: str, edge: str) -> tuple[str, Handler] | None:
    """Return name and function of a call."""
    return CALLS.get((verb, kind, edge))


ResolvedCall = tuple[str, Handler, tuple[Any, ...]]


def resolve_call(call: Call) -> ResolvedCall | None:
    """Return name, function and object of a call, or None if they do not exist."""
    plain = PLAIN.get((call.verb, call.node)) if not call.edge else None
    if plain is not None:
        return *plain, ()
    known = find_node(call.world, call.node, call.token.accounts)
    if known is None:
        return None
    handler = find_handler(call.verb, known[0], call.edge)
    return (*handler, (known[1],)) if handler else None
