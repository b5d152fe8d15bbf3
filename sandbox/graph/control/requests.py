"""Finds what control requests refer to; a mistake becomes a 400 or 404 with {"error": ...}."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.common import control_api
from sandbox.common.control_api import NOT_FOUND, ControlRequestError, find_named_or_only
from sandbox.common.json_shapes import Json
from sandbox.graph.model.errors import GraphError
from sandbox.graph.model.records import Account, Chat, Customer, Message, Number
from sandbox.graph.state.app_key import GRAPH
from sandbox.graph.state.world import World

Control = Callable[[World, web.Request, Json], Any]


def control_handler(handler: Control) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Turn a function of (world, request, body) that returns JSON into a request handler."""
    return control_api.control_handler(handler, _find_world, GraphError)


def _find_world(request: web.Request) -> World:
    return request.app[GRAPH]


def find_number(world: World, number_id: object = None) -> Number:
    """Return the number with this id or these digits, or the only number."""
    if number_id is None:
        if len(world.numbers) != 1:
            raise ControlRequestError(f"there are {len(world.numbers)} numbers: name the `number`")
        return next(iter(world.numbers.values()))
    for number in world.numbers.values():
        if str(number_id) in {number.id, number.phone}:
            return number
    raise ControlRequestError(f"no number {number_id}", NOT_FOUND)


def find_account(world: World, account_id: object = None) -> Account:
    """Return the business account with this id, or the only one."""
    name = None if account_id is None else str(account_id)
    return find_named_or_only(world.accounts, name, "account")


def find_customer(world: World, name: object) -> Customer:
    """Return the customer with this id, phone, wa_id or business-scoped id."""
    customer = world.customer(name)
    if customer is None:
        raise ControlRequestError(f"no customer {name}", NOT_FOUND)
    return customer


def find_chat(world: World, body: Json) -> Chat:
    """Return the chat of `customer` with `number`, or with the only number."""
    customer = find_customer(world, body["customer"])
    return world.chat(find_number(world, body.get("number")), customer)


def find_message(world: World, request: web.Request) -> tuple[Chat, Message]:
    """Return the chat and the message with the id in the path."""
    message_id = request.match_info["id"]
    found = world.messages.get(message_id)
    if found is None:
        raise ControlRequestError(f"no message {message_id}", NOT_FOUND)
    return found
