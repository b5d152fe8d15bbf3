"""Controls apps, accounts, numbers, tokens and customers."""

import re
import secrets

from aiohttp import web

from sandbox.common.control_api import ControlRequestError
from sandbox.common.json_shapes import Json
from sandbox.graph.control.requests import find_account, find_customer, find_number
from sandbox.graph.control.views import customer_view, number_view
from sandbox.graph.events.incoming import change_customer_identity
from sandbox.graph.events.statuses import deliver_pending
from sandbox.graph.model.records import (
    TOKEN_STATES,
    Account,
    App,
    Chat,
    Customer,
    Hook,
    Number,
    Token,
)
from sandbox.graph.model.shapes import digits
from sandbox.graph.state.world import World

COUNTRIES = {"62": "ID", "49": "DE", "55": "BR", "91": "IN", "44": "GB", "1": "US"}
_USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")


async def add_number(world: World, request: web.Request, body: Json) -> Json:
    """Add a number: phone, token, name; app_secret, account and id are made if they are not given.

    `webhook` with `verify_token` sets the webhook's address after a handshake. The answer has token
    and app_secret, but not for a number that exists already.
    """
    del request
    phone, number_id = digits(body["phone"]), str(body.get("id") or world.new_id())
    known = world.numbers.get(number_id)
    if known is not None:
        return number_view(known)
    if not phone or not number_id.isdigit():
        raise ControlRequestError("a number has a phone and an id of digits")
    account = _account(world, body)
    number = Number(number_id, account, phone, str(body.get("name") or "OsmoDesk"))
    if body.get("webhook"):
        number.hook = await _verify_webhook(world, body)
    world.numbers[number_id] = number
    token = str(body.get("token") or f"EAA{secrets.token_hex(24)}")
    _open_token(world, token, account)
    world.notify_changed("number")
    return {**number_view(number), "token": token, "app_secret": account.app.secret}


def _account(world: World, body: Json) -> Account:
    account_id = str(body.get("account") or world.new_id())
    if account_id not in world.accounts:
        app_id = str(body.get("app") or world.new_id())
        secret = str(body.get("app_secret") or secrets.token_hex(16))
        app = world.apps.setdefault(app_id, App(app_id, "OsmoDesk", secret))
        world.accounts[account_id] = Account(account_id, str(body.get("name") or "OsmoDesk"), app)
    return world.accounts[account_id]


def _open_token(world: World, text: str, account: Account) -> None:
    world.tokens.setdefault(text, Token(text, set())).accounts.add(account.id)


async def _verify_webhook(world: World, body: Json) -> Hook:
    hook = Hook(str(body["webhook"]), str(body.get("verify_token", "")))
    await world.webhook_sender.handshake(hook)
    return hook


async def change_number(world: World, request: web.Request, body: Json) -> Json:
    """Change a number: quality, tier, status, name, subscribed, webhook with verify_token."""
    number = find_number(world, request.match_info["id"])
    for name in ("quality", "tier", "status", "name"):
        if name in body:
            setattr(number, name, str(body[name]))
    if "subscribed" in body:
        number.account.subscribed = bool(body["subscribed"])
    if "webhook" in body:
        number.hook = await _verify_webhook(world, body) if body["webhook"] else None
    world.notify_changed("number")
    return number_view(number)


def set_token(world: World, request: web.Request, body: Json) -> Json:
    """Add a token for an account, or make one valid, expired, revoked or forbidden."""
    del request
    text, state = str(body["token"]), str(body.get("state", "valid"))
    if state not in TOKEN_STATES:
        raise ControlRequestError(f"state must be one of {', '.join(sorted(TOKEN_STATES))}")
    if text not in world.tokens or "account" in body:
        _open_token(world, text, find_account(world, body.get("account")))
    world.tokens[text].state = state
    return {"token": text, "state": state}


def add_customer(world: World, request: web.Request, body: Json) -> Json:
    """Add a customer: name, phone and/or user_id; an id is made up for a phone without one.

    `user_id: ""` makes a customer without such an id, as before they existed.
    """
    del request
    phone = digits(body.get("phone") or "")
    user_id = body.get("user_id")
    if user_id is None:
        user_id = f"{_country(phone)}.{secrets.randbelow(9 * 10**19) + 10**19}"
    if user_id and not _USER_ID.fullmatch(str(user_id)):
        raise ControlRequestError("a user_id is two capital letters, a dot, and letters and digits")
    known = next(
        (
            world.customers_by_name[one]
            for one in (phone, user_id)
            if one in world.customers_by_name
        ),
        None,
    )
    if known is not None:
        return customer_view(known)
    if not phone and not user_id:
        raise ControlRequestError("a customer has a phone, a user_id, or both")
    customer = Customer(
        f"c{len(world.customers) + 1}",
        str(body["name"]),
        phone,
        str(user_id),
        username=str(body.get("username") or ""),
        wa_id=digits(body.get("wa_id") or phone),
    )
    world.customers[customer.id] = customer
    world.index_customer(customer)
    world.notify_changed("customer")
    return customer_view(customer)


def _country(phone: str) -> str:
    return next((name for code, name in COUNTRIES.items() if phone.startswith(code)), "US")


def change_customer(world: World, request: web.Request, body: Json) -> Json:
    """Change a customer: name, username, online, reachable, blocked (number: yes or no).

    phone or user_id change the customer's identity; each number that they wrote to gets a system
    message, unless `told` is false.
    """
    customer = find_customer(world, request.match_info["id"])
    for name in ("name", "username"):
        if name in body:
            setattr(customer, name, str(body[name]))
    if "reachable" in body:
        customer.reachable = bool(body["reachable"])
    if "blocked" in body:
        number = find_number(world, body.get("number"))
        (customer.blocked.add if body["blocked"] else customer.blocked.discard)(number.id)
    if "phone" in body or "user_id" in body:
        _change_identity(world, customer, body)
    if "online" in body:
        _set_online(world, customer, online=bool(body["online"]))
    world.notify_changed("customer")
    return customer_view(customer)


def _change_identity(world: World, customer: Customer, body: Json) -> None:
    phone = digits(body["phone"]) if body.get("phone") else None
    user_id = str(body["user_id"]) if body.get("user_id") else None
    if body.get("told", True):
        for chat in _chats(world, customer):
            change_customer_identity(world, chat, phone=phone, user_id=user_id)
    if "phone" in body:
        customer.phone = customer.wa_id = phone or ""
    customer.user_id = user_id or customer.user_id
    world.index_customer(customer)


def _chats(world: World, customer: Customer) -> list[Chat]:
    return [chat for chat in world.chats.values() if chat.customer is customer]


def _set_online(world: World, customer: Customer, *, online: bool) -> None:
    customer.online = online
    if online:
        for chat in _chats(world, customer):
            deliver_pending(world, chat)
