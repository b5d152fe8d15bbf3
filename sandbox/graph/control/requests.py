"""Reads control requests; a mistake becomes a 400 or 404 with {"error": ...}."""

import inspect
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.graph.model.errors import GraphError
from sandbox.graph.model.records import Account, Chat, Customer, Message, Number
from sandbox.graph.model.shapes import Json, encode
from sandbox.graph.state.app_key import GRAPH
from sandbox.graph.state.world import World

NOT_FOUND = 404


class ControlRequestError(Exception):
    """A control request that makes no sense; `status` is 400 or 404."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


Control = Callable[[World, web.Request, Json], Any]


def json_response(content: Any, status: int = 200) -> web.Response:
    """Return content as a JSON response."""
    return web.json_response(content, status=status, dumps=encode)


def control_handler(handler: Control) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Turn a function of (world, request, body) that gives JSON into a request handler."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            content = handler(request.app[GRAPH], request, await _body(request))
            return json_response(await content if inspect.isawaitable(content) else content)
        except ControlRequestError as mistake:
            return json_response({"error": str(mistake)}, mistake.status)
        except GraphError as error:
            return json_response({"error": str(error)}, 400)
        except KeyError as error:
            return json_response({"error": f"missing field {error}"}, 400)
        except (TypeError, ValueError, AttributeError) as error:
            return json_response({"error": f"malformed field: {error}"}, 400)

    return handle


async def _body(request: web.Request) -> Json:
    text = await request.text()
    if not text.strip():
        return {}
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ControlRequestError("expected a JSON object")
    return content


def find_number(world: World, number_id: object = None) -> Number:
    """Return the number with this id or these digits, or the only number."""
    if number_id is None:
        if len(world.numbers) != 1:
            raise ControlRequestError(f"there are {len(world.numbers)} numbers: say which `number`")
        return next(iter(world.numbers.values()))
    for number in world.numbers.values():
        if str(number_id) in {number.id, number.phone}:
            return number
    raise ControlRequestError(f"no number {number_id}", NOT_FOUND)


def find_account(world: World, account_id: object = None) -> Account:
    """Return the business account with this id, or the only one."""
    if account_id is None:
        if len(world.accounts) != 1:
            raise ControlRequestError(
                f"there are {len(world.accounts)} accounts: say which `account`"
            )
        return next(iter(world.accounts.values()))
    account = world.accounts.get(str(account_id))
    if account is None:
        raise ControlRequestError(f"no account {account_id}", NOT_FOUND)
    return account


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
    """Return chat and message of the id in the path."""
    message_id = request.match_info["id"]
    found = world.messages.get(message_id)
    if found is None:
        raise ControlRequestError(f"no message {message_id}", NOT_FOUND)
    return found
