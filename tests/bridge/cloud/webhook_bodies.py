"""Webhook bodies as Meta's pages describe them, in our own words: one for each type of message."""

import hashlib
import hmac
import json
from typing import Any

Json = dict[str, Any]
NUMBER, PHONE, USER_ID = "106540352242922", "16505551234", "US.13491208655302741918"
CONTACT = {"profile": {"name": "Änn"}, "wa_id": PHONE, "user_id": USER_ID}
SECRET = "app-secret"


def build_message(kind: str, content: object = None, **more: object) -> Json:
    body: Json = {"from": PHONE, "id": f"wamid.{kind}", "timestamp": "1739321024", "type": kind}
    if content is not None:
        body[kind] = content
    return {**body, **more}


def build_text(words: str = "Hi", **more: object) -> Json:
    return build_message("text", {"body": words}, **{"id": f"wamid.{words}", **more})


def build_status(state: str, **more: object) -> Json:
    body = {"id": "wamid.ours", "status": state, "timestamp": "1739321024", "recipient_id": PHONE}
    return {**body, **more}


def build_value(**more: object) -> Json:
    metadata = {"display_phone_number": "15550783881", "phone_number_id": NUMBER}
    return {"messaging_product": "whatsapp", "metadata": metadata, **more}


def build_body(*values: Json, field: str = "messages") -> Json:
    changes = [{"value": each, "field": field} for each in values]
    return {"object": "whatsapp_business_account", "entry": [{"id": "1022", "changes": changes}]}


def build_messages_body(*messages: Json, contacts: list[Any] | None = None) -> Json:
    """Build one body with these messages."""
    return build_body(
        build_value(contacts=[CONTACT] if contacts is None else contacts, messages=[*messages])
    )


def encode_body(content: object) -> bytes:
    """Encode a body, escaped as Meta escapes it."""
    return json.dumps(content).replace("/", "\\/").encode()


def sign_body(content: bytes, secret: str = SECRET) -> str:
    return f"sha256={hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()}"


FILE = {"id": "1908647269898587", "mime_type": "image/jpeg", "sha256": "SGVsbG8="}
CARD = {
    "name": {"formatted_name": "Bob B", "first_name": "Bob"},
    "phones": [{"phone": "+1 555", "type": "HOME", "wa_id": "1555"}, {"phone": "+1 556"}],
    "emails": [{"email": "bob@example.org", "type": "WORK"}],
    "org": {"company": "Acme"},
}
AD = {
    "source_url": "https://fb.me/x",
    "source_id": "1",
    "source_type": "ad",
    "headline": "Chat with us",
    "body": "Summer sale",
}
ORDER = {
    "catalog_id": "194836987003835",
    "text": "Love these!",
    "product_items": [
        {"product_retailer_id": "di9ozbzfi4", "quantity": 2, "item_price": 30.5, "currency": "USD"}
    ],
}
FORM = {"name": "flow", "body": "Sent", "response_json": '{"flow_token": "t", "size": "M"}'}
ERROR = {
    "code": 131051,
    "title": "Message type unknown",
    "message": "Message type unknown",
    "error_data": {"details": "Message type is currently not supported."},
}

# Every type of message, with the desk's type and text for it.
KINDS: dict[str, tuple[Json, str, str | None]] = {
    "text": (build_message("text", {"body": "*Hi* there"}), "TEXT", "Hi there"),
    "link": (
        build_message("text", {"body": "see https://x.example"}),
        "LINK",
        "see https://x.example",
    ),
    "image": (build_message("image", {**FILE, "caption": "A _cat_"}), "IMAGE", "A cat"),
    "video": (build_message("video", FILE), "VIDEO", None),
    "document": (build_message("document", {**FILE, "filename": "../a.pdf"}), "FILE", None),
    "audio": (build_message("audio", {**FILE, "voice": False}), "AUDIO", None),
    "voice": (build_message("audio", {**FILE, "voice": True}), "VOICE", None),
    "sticker": (build_message("sticker", {**FILE, "animated": True}), "STICKER", None),
    "location": (
        build_message("location", {"latitude": 52.5, "longitude": "13.4", "name": "Office"}),
        "LOCATION",
        None,
    ),
    "contact": (build_message("contacts", [CARD]), "CONTACT", "+1 556 · bob@example.org · Acme"),
    "template button": (
        build_message("button", {"text": "Later", "payload": "LATER"}),
        "TEXT",
        "Later",
    ),
    "button reply": (
        build_message(
            "interactive", {"type": "button_reply", "button_reply": {"id": "y", "title": "Yes"}}
        ),
        "TEXT",
        "Yes",
    ),
    "list reply": (
        build_message(
            "interactive",
            {
                "type": "list_reply",
                "list_reply": {"id": "p", "title": "Priority", "description": "Next day"},
            },
        ),
        "TEXT",
        "Priority\nNext day",
    ),
    "form": (
        build_message("interactive", {"type": "nfm_reply", "nfm_reply": FORM}),
        "TEXT",
        "Form filled in: flow\nsize: M",
    ),
    "order": (
        build_message("order", ORDER),
        "TEXT",
        (
            "Order from the catalog 194836987003835:\n"
            "2 \u00d7 di9ozbzfi4, 30.5 USD each\nLove these!"
        ),
    ),
    "referral": (
        build_message("text", {"body": "Hi"}, referral=AD),
        "LINK",
        "Hi\n\nCame from an ad: Chat with us · Summer sale · https://fb.me/x",
    ),
    "product": (
        build_message(
            "text",
            {"body": "Is it there?"},
            context={"referred_product": {"catalog_id": "c", "product_retailer_id": "p"}},
        ),
        "TEXT",
        "Is it there?\n\nQuestion about product p from the catalog c.",
    ),
    "unsupported": (
        build_message("unsupported", {"type": "poll_creation"}, errors=[ERROR]),
        "OTHER",
        (
            "WhatsApp does not show us this message (a poll). Unsupported message type: "
            "WhatsApp does not pass this kind of message on."
        ),
    ),
    "unknown": (
        build_message("hologram", {"depth": 3}),
        "OTHER",
        (
            "This version does not know this kind of message (hologram). "
            "It is kept; an admin can read it through the API."
        ),
    ),
}
