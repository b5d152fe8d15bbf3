"""Handles read marks, with or without "typing …"."""

from sandbox.common.json_shapes import Json
from sandbox.graph.model.errors import invalid, missing_parameter, wrong_content
from sandbox.graph.model.records import Number
from sandbox.graph.state.world import World

TYPING_SECONDS = 25.0
KNOWN = frozenset({"messaging_product", "status", "message_id", "typing_indicator"})


def mark_read(world: World, number: Number, body: Json) -> Json:
    """Mark a customer's message and all before it as read; "typing …" is shown for 25 s."""
    for key in body:
        if key not in KNOWN:
            raise invalid(f'Unexpected key "{key}" on param "status".')
    if body["status"] != "read":
        raise invalid("Param status must be one of {READ}.")
    if not body.get("message_id"):
        raise missing_parameter("message_id")
    chat, message = world.messages.get(str(body["message_id"]), (None, None))
    if chat is None or message is None or message.outgoing or chat.number is not number:
        raise wrong_content("Message ID is not that of a message to this phone number")
    typing = body.get("typing_indicator")
    if typing is not None and typing != {"type": "text"}:
        raise wrong_content("typing_indicator's type is text")
    for one in chat.messages.values():
        one.read = one.read or not one.outgoing
        if one is message:
            break
    world.notify_changed("read", chat, message)
    if typing is not None:
        chat.typing_until = world.clock.now() + TYPING_SECONDS
        world.notify_changed("typing", chat)
    return {"success": True}
