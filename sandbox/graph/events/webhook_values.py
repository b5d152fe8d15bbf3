"""Builds and sends the values of webhooks, without the parts that the settings leave out."""

import base64
import secrets

from sandbox.common.json_shapes import Json
from sandbox.graph.model.errors import GraphError
from sandbox.graph.model.records import Account, Chat, Customer, Number
from sandbox.graph.state.world import World
from sandbox.graph.webhooks.payloads import Item

MESSAGES = "messages"


def new_message_id(who: str, *, outgoing: bool) -> str:
    """Return a `wamid.` as Meta builds them: the other side's id, the direction, 20 hex digits."""
    mark = b"\x11" if outgoing else b"\x12"
    number = secrets.token_hex(10).upper().encode()
    name = who.encode()[:100]
    parts = (b"\x1c\x18", bytes([len(name)]), name, b"\x15\x02\x00", mark, b"\x18", b"\x14", number)
    return "wamid." + base64.urlsafe_b64encode(b"".join(parts) + b"\x00").decode()


def build_value(number: Number) -> Json:
    """Return the fields that every value of a number has."""
    metadata = {"display_phone_number": number.phone, "phone_number_id": number.id}
    return {"messaging_product": "whatsapp", "metadata": metadata}


def to_contact(world: World, customer: Customer) -> Json:
    """Return the customer as `contacts` shows it."""
    left = world.settings.leave_out
    profile = {"name": customer.name}
    if customer.username:
        profile["username"] = customer.username
    contact: Json = {} if "profile" in left else {"profile": profile}
    if customer.wa_id and "wa_id" not in left:
        contact["wa_id"] = customer.wa_id
    if customer.user_id and "user_id" not in left:
        contact["user_id"] = customer.user_id
    return contact


def to_sender(world: World, customer: Customer) -> Json:
    """Return the fields of a message that name its sender."""
    left = world.settings.leave_out
    sender: Json = {}
    if customer.wa_id and "wa_id" not in left:
        sender["from"] = customer.wa_id
    if customer.user_id and "user_id" not in left:
        sender["from_user_id"] = customer.user_id
    return sender


def to_recipient(world: World, customer: Customer) -> Json:
    """Return the fields of a status that name the message's recipient."""
    left = world.settings.leave_out
    recipient: Json = {}
    if "recipient_id" not in left and (customer.wa_id or customer.phone):
        recipient["recipient_id"] = customer.wa_id or customer.phone
    if customer.user_id and "user_id" not in left:
        recipient["recipient_user_id"] = customer.user_id
    return recipient


def to_error(world: World, error: GraphError) -> Json:
    """Return an error as webhooks have it."""
    shown = error.in_webhook()
    if "error_message" in world.settings.leave_out:
        del shown["message"]
    return shown


def send_webhook(world: World, number: Number, field: str, value: Json, lane: str) -> None:
    """Send a webhook for a number, if it has an address."""
    if number.target is not None:
        account = number.account
        world.webhook_sender.offer(
            Item(account.id, field, value, number.target, account.app.secret, lane)
        )


def send_account_webhook(world: World, account: Account, field: str, value: Json) -> None:
    """Send a webhook for an account, if it has an address."""
    hooks = [one.hook for one in world.numbers.values() if one.account is account and one.hook]
    hook = account.hook or next(iter(hooks), None)
    if hook is not None and account.subscribed:
        item = Item(account.id, field, value, hook, account.app.secret, f"account {account.id}")
        world.webhook_sender.offer(item)


def send_message_webhook(world: World, chat: Chat, message: Json, *, contacts: bool = True) -> None:
    """Send a webhook for a customer's message or event."""
    value = build_value(chat.number)
    if contacts and "contacts" not in world.settings.leave_out:
        value["contacts"] = [to_contact(world, chat.customer)]
    value["messages"] = [message]
    send_webhook(world, chat.number, MESSAGES, value, chat.key)
