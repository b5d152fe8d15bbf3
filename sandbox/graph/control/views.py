"""Views for the page and for tests: numbers, customers, and messages as a phone shows them."""

from sandbox.common.json_shapes import Json
from sandbox.graph.events.buttons import list_buttons
from sandbox.graph.model.records import Account, Chat, Customer, Message, Number
from sandbox.graph.nodes.templates import to_shape as template_shape
from sandbox.graph.state.world import World


def number_view(number: Number) -> Json:
    """Return a number; `webhook` is its address or null."""
    hook = number.target
    return {
        "id": number.id,
        "phone": number.phone,
        "name": number.name,
        "account": number.account.id,
        "app": number.account.app.id,
        "quality": number.quality,
        "tier": number.tier,
        "status": number.status,
        "webhook": hook.url if hook else None,
    }


def customer_view(customer: Customer) -> Json:
    """Return a customer; `id` stays the same when phone or user_id change."""
    return {
        "id": customer.id,
        "name": customer.name,
        "phone": customer.phone,
        "wa_id": customer.wa_id,
        "user_id": customer.user_id,
        "username": customer.username,
        "online": customer.online,
        "reachable": customer.reachable,
        "blocked": sorted(customer.blocked),
    }


def account_view(account: Account) -> Json:
    """Return a business account with its templates."""
    return {
        "id": account.id,
        "name": account.name,
        "app": account.app.id,
        "subscribed": account.subscribed,
        "templates": [template_shape(one) for one in account.templates.values()],
    }


def chat_view(world: World, chat: Chat) -> Json:
    """Return a chat without its messages."""
    return {
        "number": chat.number.id,
        "customer": chat.customer.id,
        "typing": chat.typing_until > world.clock.now(),
        "last_inbound": chat.last_inbound,
        "messages": len(chat.messages),
    }


def message_view(world: World, chat: Chat, message: Message) -> Json:
    """Return a message as the customer sees it, with its statuses and changes."""
    return {
        "id": message.id,
        "number": chat.number.id,
        "customer": chat.customer.id,
        "from": "business" if message.outgoing else "customer",
        "type": message.kind,
        "text": read_text(message),
        "content": message.content,
        "shown": message.more.get("shown"),
        "media": _media_view(world, message),
        "voice": _is_voice(message),
        "buttons": list_buttons(message) if message.outgoing else [],
        "reply_to": message.reply_to or None,
        "reactions": dict(message.reactions),
        "at": message.at,
        "status": message.status or None,
        "statuses": list(message.steps),
        "read": message.read,
        "edited": bool(message.edits),
        "deleted": message.deleted,
        "callback_data": message.callback_data,
    }


def _is_voice(message: Message) -> bool:
    content = message.content if isinstance(message.content, dict) else {}
    return message.kind == "audio" and bool(message.more.get("voice") or content.get("voice"))


def read_text(message: Message) -> str:
    """Return the words of a message: its text, its caption, or its template's text."""
    content = message.content if isinstance(message.content, dict) else {}
    if message.kind == "text":
        return str(content.get("body", ""))
    if message.kind == "template":
        return str(message.more.get("shown", {}).get("body", ""))
    if message.kind == "button":
        return str(content.get("text", ""))
    if message.kind == "interactive":
        reply = content.get(str(content.get("type"))) or content.get("body") or {}
        return str(reply.get("title") or reply.get("text") or reply.get("body") or "")
    return str(content.get("caption", ""))


def _media_view(world: World, message: Message) -> Json | None:
    media = world.media.get(str(message.more.get("media_id", "")))
    if media is None:
        return None
    content = message.content if isinstance(message.content, dict) else {}
    return {
        "id": media.id,
        "mime_type": media.mime,
        "size": len(media.data),
        "sha256": media.sha256,
        "filename": content.get("filename") or media.filename,
        "url": f"/control/graph/media/{media.id}",
    }
