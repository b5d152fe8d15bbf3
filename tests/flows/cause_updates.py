"""Raw updates of each channel, with the cause that each of them is."""

from typing import Any

from desk.causes import Cause
from tests.bridge.cloud import webhook_bodies
from tests.bridge.cloud.webhook_bodies import build_message, build_status, build_text

Json = dict[str, Any]
Updates = list[tuple[Cause, Json]]
GROUP, TOPIC = -1001, 7
MIA_ID = 9
# The customer's message that each channel has received before, and one that it does not know.
KNOWN, UNKNOWN = 100, 200

# Telegram

ANN = {"id": 42, "is_bot": False, "first_name": "Ann"}
MIA = {"id": MIA_ID, "is_bot": False, "first_name": "Mia"}
EVE = {"id": 8, "is_bot": False, "first_name": "Eve"}
SHOP = {"id": 1, "is_bot": True, "first_name": "Shop"}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
PRIVATE = {"id": 42, "type": "private", "first_name": "Ann"}
STAFF = {"id": GROUP, "type": "supergroup", "title": "Staff", "is_forum": True}
PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]


def _said(number: int = UNKNOWN, **more: object) -> Json:
    return {"message_id": number, "date": 1, "chat": PRIVATE, "from": ANN, **more}


def _staff_said(author: Json = MIA, **more: object) -> Json:
    place = {"chat": STAFF, "message_thread_id": TOPIC, "is_topic_message": True}
    return {**_said(300), "from": author, **place, **more}


def _reaction(number: int) -> Json:
    emoji = [{"type": "emoji", "emoji": "👍"}]
    base = {"chat": PRIVATE, "message_id": number, "user": ANN, "date": 1}
    return {**base, "old_reaction": [], "new_reaction": emoji}


def _block() -> Json:
    before = {"user": SHOP, "status": "member"}
    after = {"user": SHOP, "status": "kicked", "until_date": 0}
    states = {"old_chat_member": before, "new_chat_member": after}
    return {"chat": PRIVATE, "from": ANN, "date": 1, **states}


TELEGRAM_KNOWN: Json = {"message": _said(KNOWN, text="hello")}
TELEGRAM: Updates = [
    (Cause.MESSAGE, {"message": _said(text="hi")}),
    (Cause.MESSAGE, {"message": _said(photo=PHOTO)}),
    (Cause.MESSAGE, {"message": _said(dice={"emoji": "🎲", "value": 3})}),
    (Cause.UNKNOWN, {"message": _said()}),
    (Cause.START, {"message": _said(text="/start")}),
    (Cause.SYSTEM_NOTICE, {"message": _said(pinned_message=_said(5, text="old"))}),
    (Cause.SYSTEM_NOTICE, {"message": _said(delete_chat_photo=True)}),
    (Cause.EDIT, {"edited_message": _said(KNOWN, text="changed")}),
    (Cause.EARLY_EDIT, {"edited_message": _said(text="changed")}),
    (Cause.REACTION, {"message_reaction": _reaction(KNOWN)}),
    (Cause.REACTION_TO_UNKNOWN, {"message_reaction": _reaction(UNKNOWN)}),
    (Cause.BLOCK, {"my_chat_member": _block()}),
    (Cause.PRIVATE_CHAT, {"message": {**_said(text="hi"), "from": MIA}}),
    (Cause.TOPIC_ANSWER, {"message": _staff_said(text="Hi!")}),
    (Cause.NOTE, {"message": _staff_said(text="// vip")}),
    (Cause.STRANGER_NOTE, {"message": _staff_said(EVE, text="// vip")}),
    (Cause.ANONYMOUS_ANSWER, {"message": _staff_said(ANONYMOUS, text="Hi!", sender_chat=STAFF)}),
    # An edit of what was never sent is asked about, unless it is a command.
    (Cause.STAFF_EDIT, {"edited_message": _staff_said(text="/other")}),
]

# The Cloud API

ECHO = {"from": "15550783881", "to": webhook_bodies.PHONE}


def _messages(*messages: Json) -> Json:
    return webhook_bodies.build_messages_body(*messages)


def _echo(kind: str, content: object, **more: object) -> Json:
    echo = {**build_message(kind, content), **ECHO, **more}
    value = webhook_bodies.build_value(contacts=[webhook_bodies.CONTACT], message_echoes=[echo])
    return webhook_bodies.build_body(value, field="smb_message_echoes")


def _system(kind: str, **more: object) -> Json:
    return _messages(build_message("system", {"type": kind, "body": "words", **more}))


def _statuses(*statuses: Json) -> Json:
    return webhook_bodies.build_body(webhook_bodies.build_value(statuses=[*statuses]))


def _change(field: str, **more: object) -> Json:
    return webhook_bodies.build_body(webhook_bodies.build_value(**more), field=field)


def _with(*bodies: Json) -> Json:
    return {"entry": [each for body in bodies for each in body["entry"]]}


# A message of the customer's, and one that staff wrote on the phone.
CLOUD_WRITTEN = _messages(build_text("known", timestamp="1739320000"))
CLOUD_KNOWN = _with(
    CLOUD_WRITTEN,
    _echo("text", {"body": "known on the phone"}, id="wamid.phone"),
)
_PHONE_KNOWN = {"original_message_id": "wamid.phone"}
_REVOKE_KNOWN = {"original_message_id": "wamid.known"}
_THREAD = {"id": webhook_bodies.PHONE, "messages": [build_text("before")]}
_CALL = {
    "id": "c",
    "event": "connect",
    "from": webhook_bodies.PHONE,
    "direction": "USER_INITIATED",
}
_SAVED = {
    "type": "contact",
    "action": "add",
    "contact": {"full_name": "Ann B", "phone_number": webhook_bodies.PHONE},
}
_STOP = {"wa_id": webhook_bodies.PHONE, "category": "marketing_messages", "value": "stop"}
_EDIT = {"message": {"type": "text", "text": {"body": "changed"}}}
CLOUD: Updates = [
    (Cause.MESSAGE, _messages(build_text("hi"))),
    (Cause.MESSAGE, _messages(build_message("image", webhook_bodies.FILE))),
    (Cause.START, _messages(build_message("request_welcome"))),
    (Cause.BUTTON_PRESS, _messages(build_message("button", {"text": "Yes", "payload": "y"}))),
    (Cause.UNREADABLE, _messages(build_message("unsupported", {"type": "unknown"}))),
    (Cause.UNKNOWN, _messages(build_message("hologram", {"x": 1}))),
    (Cause.EDIT, _messages(build_message("edit", {**_REVOKE_KNOWN, **_EDIT}))),
    (Cause.EARLY_EDIT, _messages(build_message("edit", {"original_message_id": "w.0", **_EDIT}))),
    (
        Cause.REACTION,
        _messages(build_message("reaction", {"message_id": "wamid.known", "emoji": "👍"})),
    ),
    (
        Cause.REACTION_TO_UNKNOWN,
        _messages(build_message("reaction", {"message_id": "wamid.0", "emoji": "👍"})),
    ),
    (Cause.DELETION, _messages(build_message("revoke", _REVOKE_KNOWN))),
    (
        Cause.DELETION_OF_UNKNOWN,
        _messages(build_message("revoke", {"original_message_id": "wamid.0"})),
    ),
    (Cause.NUMBER_CHANGE, _system("user_changed_number", wa_id="16505550000")),
    (Cause.SECURITY_CODE_CHANGE, _system("customer_identity_changed")),
    (Cause.SYSTEM_NOTICE, _system("something_else")),
    (Cause.RECEIPT, _statuses(build_status("read"))),
    (Cause.ECHO, _echo("text", {"body": "from the phone"})),
    (Cause.ECHO, _echo("unsupported", {"type": "unknown"})),
    (Cause.PHONE_EDIT, _echo("edit", {**_PHONE_KNOWN, **_EDIT})),
    (Cause.PHONE_REACTION, _echo("reaction", {"message_id": "wamid.known", "emoji": "👍"})),
    (Cause.PHONE_DELETION, _echo("revoke", _PHONE_KNOWN)),
    (Cause.PHONE_NOTICE, _echo("system", {"body": "words"})),
    (Cause.HISTORY, _change("history", history=[{"threads": [_THREAD]}])),
    (Cause.HISTORY, _change("history", messages=[build_text("old")])),
    (Cause.CALL, _change("calls", calls=[_CALL])),
    (Cause.PAYMENT, _statuses(build_status("captured", type="payment"))),
    (Cause.RECEIPT, _statuses(build_status("deleted"))),
    (Cause.RECEIPT, _statuses(build_status("in_orbit"))),
    (Cause.RECEIPT, _change("calls", statuses=[build_status("RINGING", type="call")])),
    (Cause.PROFILE_CHANGE, _change("smb_app_state_sync", state_sync=[_SAVED])),
    (Cause.MARKETING_PREFERENCE, _change("user_preferences", user_preferences=[_STOP])),
    (Cause.PROTOCOL_MESSAGE, _messages(build_text("in a group", group_id="5"))),
    (Cause.ACCOUNT_NOTICE, _change("an_unknown_field", something=[build_text("words")])),
    (Cause.ACCOUNT_NOTICE, _change("account_alerts", alert="words")),
]

# WAHA

CHAT = "628110000009@c.us"


def _waha(event: str, tail: str, *, from_me: bool = False, **more: object) -> Json:
    written = f"{str(from_me).lower()}_{CHAT}_{tail}"
    ends = {"from": "15550001111@c.us", "to": CHAT} if from_me else {"from": CHAT}
    base = {"id": written, "timestamp": 1_700_000_000, "fromMe": from_me, "source": "app"}
    payload = {**base, **ends, "hasMedia": False, **more}
    return {"event": event, "session": "s", "payload": payload}


def _empty(engine_type: str, *, from_me: bool = False, **data: object) -> Json:
    event = "message.any" if from_me else "message"
    return _waha(event, "BBB1", from_me=from_me, body="", _data={"type": engine_type, **data})


def _protocol(*, from_me: bool = False) -> Json:
    data = {"message": {"protocolMessage": {"type": "EPHEMERAL_SETTING"}}}
    return _waha("message", "BBB1", from_me=from_me, _data=data)


def _waha_reaction(tail: str, *, from_me: bool = False) -> Json:
    about = {"text": "👍", "messageId": f"false_{CHAT}_{tail}"}
    return _waha("message.reaction", "BBB2", from_me=from_me, reaction=about)


def _waha_edit(tail: str, *, from_me: bool = False) -> Json:
    return _waha("message.edited", "BBB3", from_me=from_me, body="other", editedMessageId=tail)


def _waha_revoke(tail: str, *, from_me: bool = False) -> Json:
    after = _waha("", "BBB4", from_me=from_me)["payload"]
    payload = {"revokedMessageId": tail, "after": after, "before": None}
    return {"event": "message.revoked", "session": "s", "payload": payload}


# A message of the customer's, and one that staff wrote on the phone.
WAHA_WRITTEN = _waha("message", "AAA1", body="hello")
WAHA_KNOWN: Json = {
    "batch": [
        WAHA_WRITTEN,
        _waha("message.any", "AAA2", from_me=True, body="on the phone"),
    ]
}
WAHA: Updates = [
    (Cause.MESSAGE, _waha("message", "BBB1", body="hi")),
    (Cause.MESSAGE, _empty("poll_creation")),
    (Cause.UNREADABLE, _empty("ciphertext")),
    (Cause.UNKNOWN, _empty("something_new")),
    (Cause.PROTOCOL_MESSAGE, _waha("message", "BBB1", body="")),
    (Cause.PROTOCOL_MESSAGE, _empty("album")),
    (Cause.EDIT, _waha_edit("AAA1")),
    (Cause.EARLY_EDIT, _waha_edit("AAA0")),
    (Cause.REACTION, _waha_reaction("AAA1")),
    (Cause.REACTION_TO_UNKNOWN, _waha_reaction("AAA0")),
    (Cause.DELETION, _waha_revoke("AAA1")),
    (Cause.DELETION_OF_UNKNOWN, _waha_revoke("AAA0")),
    (Cause.CALL, _empty("call_log")),
    (Cause.CALL, _waha("call.received", "CCC0")),
    (Cause.ACCOUNT_NOTICE, _waha("presence.update", "CCC0")),
    (Cause.RECEIPT, _waha("message.ack", "CCC1", from_me=True, ack=3)),
    (Cause.ENCRYPTION_NOTICE, _empty("e2e_notification", subtype="encrypt")),
    (Cause.SECURITY_CODE_CHANGE, _empty("e2e_notification", subtype="identity")),
    (Cause.PROTOCOL_MESSAGE, _protocol()),
    (Cause.SYSTEM_NOTICE, _empty("notification_template")),
    (Cause.ECHO, _waha("message.any", "BBB1", from_me=True, body="from the phone")),
    (Cause.ECHO, _waha("message.any", "BBB1", from_me=True, body="by a tool", source="api")),
    (Cause.PHONE_EDIT, _waha_edit("AAA2", from_me=True)),
    (Cause.PHONE_REACTION, _waha_reaction("AAA1", from_me=True)),
    (Cause.PHONE_DELETION, _waha_revoke("AAA2", from_me=True)),
    (Cause.PHONE_NOTICE, _protocol(from_me=True)),
]
