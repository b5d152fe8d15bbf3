"""Serves POST /{phone number id}/messages: checks, stores, answers, and starts the statuses."""

import asyncio

from sandbox.common.json_shapes import Json
from sandbox.graph.events.statuses import advance_status, send_automatic_statuses
from sandbox.graph.events.webhook_values import new_message_id
from sandbox.graph.model.errors import GraphError, invalid, missing_parameter, wrong_content
from sandbox.graph.model.records import BUSINESS, CONNECTED, Chat, Message, Number
from sandbox.graph.model.settings import FAILED
from sandbox.graph.sending import attachments, templates
from sandbox.graph.sending.content import check_content
from sandbox.graph.sending.delivery_failures import fetch_and_check_files, find_failures, is_open
from sandbox.graph.sending.read_marks import mark_read
from sandbox.graph.sending.recipients import find_chat, to_contact
from sandbox.graph.state.call import Call
from sandbox.graph.state.world import World

CALLBACK_LIMIT = 512
KNOWN = frozenset(
    {
        "messaging_product",
        "recipient_type",
        "to",
        "recipient",
        "type",
        "context",
        "biz_opaque_callback_data",
        "message_activity_sharing",
    }
)


async def send_message(call: Call, number: Number, late: GraphError | None = None) -> Json:
    """Accept a message or a read mark; `late` is a failure to send later as a status."""
    world, body = call.world, call.body
    if "messaging_product" not in body:
        raise missing_parameter("messaging_product")
    if body["messaging_product"] != "whatsapp":
        raise invalid("Param messaging_product must be one of {WHATSAPP}.")
    if number.status != CONNECTED:
        raise GraphError(133010, "The phone number is not registered")
    if "status" in body:
        return mark_read(world, number, body)
    chat = find_chat(world, number, body)
    message = _message(world, chat, body)
    _spend(world, chat, message)
    late = late or await find_failures(world, chat, message)
    _keep(world, chat, message)
    await _begin(world, chat, message, late)
    return _answer(world, chat, message, body)


def _message(world: World, chat: Chat, body: Json) -> Message:
    kind = str(body.get("type") or "text")
    content = check_content(kind, body)
    for key in body:
        if key not in KNOWN and key != kind:
            raise invalid(f'Unexpected key "{key}" on param "{kind}".')
    data = body.get("biz_opaque_callback_data")
    if data is not None and (not isinstance(data, str) or len(data) > CALLBACK_LIMIT):
        raise wrong_content(
            f"biz_opaque_callback_data is a text of at most {CALLBACK_LIMIT} characters"
        )
    who = chat.customer.wa_id or chat.customer.user_id or chat.customer.phone
    message = Message(
        new_message_id(who, outgoing=True),
        outgoing=True,
        kind=kind,
        content=content,
        at=world.clock.now(),
        reply_to=_context(body),
        callback_data=data,
    )
    _check_parts(world, chat, message)
    return message


def _context(body: Json) -> str:
    context = body.get("context")
    if context is None:
        return ""
    reply_to = context.get("message_id") if isinstance(context, dict) else None
    if not isinstance(reply_to, str) or not reply_to.startswith("wamid."):
        raise wrong_content("context holds the message_id of a message")
    return reply_to


def _check_parts(world: World, chat: Chat, message: Message) -> None:
    """Check the parts that a message refers to: its template, files, or reaction's target."""
    content = message.content
    if isinstance(content, list):
        return
    if message.kind == "template":
        template = templates.find_template(chat.number.account, content)
        message.more["shown"] = templates.fill_template(template, content)
        message.more["category"] = template.category.lower()
    if message.kind == "reaction" and content["message_id"] not in chat.messages:
        raise wrong_content("The message to react to is not known in this chat")
    for _, part in attachments.list_file_parts(message.kind, content):
        if "id" in part:
            attachments.find_media(world, str(part["id"]), chat.number)


def _spend(world: World, chat: Chat, message: Message) -> None:
    number, now = chat.number, world.clock.now()
    if message.kind == "template" and not is_open(world, chat):
        world.limits.open(number.id, number.tier, chat.customer.id, now)
    world.limits.spend(number.id, chat.customer.id, now)


def _keep(world: World, chat: Chat, message: Message) -> None:
    """Add the message to the chat; a reaction is set on its target as well."""
    chat.typing_until = 0.0
    if message.kind == "reaction" and isinstance(message.content, dict):
        target = chat.messages[message.content["message_id"]]
        target.reactions.pop(BUSINESS, None)
        if message.content["emoji"]:
            target.reactions[BUSINESS] = message.content["emoji"]
        world.notify_changed("reaction", chat, target)
    world.keep(chat, message)


async def _begin(world: World, chat: Chat, message: Message, late: GraphError | None) -> None:
    """Start the statuses; with the setting `early` the first is sent before the answer."""
    task = world.tasks.run(_statuses(world, chat, message, late))
    if world.settings.early:
        await asyncio.wait({task})
        if lanes := {one for one in world.webhook_sender.tasks if not one.done()}:
            await asyncio.wait(lanes, timeout=1.0)


async def _statuses(world: World, chat: Chat, message: Message, late: GraphError | None) -> None:
    if not world.settings.early:
        await asyncio.sleep(world.settings.delay)
    try:
        if late is None and "media_id" not in message.more:
            await fetch_and_check_files(world, chat, message)
    except GraphError as error:
        late = error
    if late is not None:
        advance_status(world, chat, message, FAILED, late)
        return
    await send_automatic_statuses(world, chat, message)


def _answer(world: World, chat: Chat, message: Message, body: Json) -> Json:
    told: Json = {"id": message.id}
    if message.kind == "template" or world.settings.message_status:
        told["message_status"] = "accepted"
    return {
        "messaging_product": "whatsapp",
        "contacts": [to_contact(chat, body)],
        "messages": [told],
    }
