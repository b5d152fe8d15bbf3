"""List bodies by who wrote and what changed: hidden ids, our own number, edits, odd events."""

from typing import Any

from tests.bridge.waha.body_cases import Case, hello, inbound, new_phone, outbound
from tests.bridge.waha.case_builders import case, edit, one, out, stub
from tests.bridge.waha.engines import (
    OWN_PHONE,
    Json,
    base,
    envelope,
    gows,
    media,
    new_tail,
    noweb,
    webjs,
)


def _picture(phone: str, caption: str, **more: Any) -> Json:
    return envelope("message", webjs(phone, "image", caption, **more))


_LID = "4455667788990"
PEOPLE = [
    case(
        "webjs-note-to-self",
        lambda _: [out(webjs(OWN_PHONE, "chat", "note", from_me=True))],
    ),
    case(
        "gows-note-to-self-by-a-device",
        lambda _: [
            out(base(f"{OWN_PHONE}:7@c.us", from_me=True, body="note", to=f"{OWN_PHONE}@c.us"))
        ],
    ),
    case(
        "own-message-in-a-group",
        lambda _: [
            out(
                base(
                    f"{OWN_PHONE}@c.us",
                    from_me=True,
                    body="to all",
                    id=f"true_1203630@g.us_{new_tail()}_{OWN_PHONE}@c.us",
                    to="1203630@g.us",
                )
            )
        ],
    ),
    case(
        "group-message-named-in-data-alone",
        lambda phone: [
            envelope(
                "message", gows(phone, {"conversation": "x"}, info={"IsGroup": True}, body="x")
            )
        ],
    ),
    case(
        "status-of-a-contact",
        lambda phone: [
            envelope(
                "message",
                noweb(phone, {"conversation": "x"}, body="x", to="status@broadcast"),
            )
        ],
    ),
    case(
        "gows-phone-behind-a-lid-to-her",
        lambda phone: [
            out(
                base(
                    f"{_LID}0@lid",
                    from_me=True,
                    body="on my way",
                    _data={
                        "Info": {"Chat": f"{_LID}0@lid", "RecipientAlt": f"{phone}@s.whatsapp.net"}
                    },
                )
            )
        ],
        **outbound("on my way", "Phone"),
        alias=f"{_LID}0@lid",
    ),
    case(
        "noweb-phone-behind-a-lid-then-by-phone",
        lambda phone: [
            envelope(
                "message",
                base(
                    f"{_LID}1@lid",
                    body="hidden",
                    _data={"key": {"remoteJidAlt": f"{phone}@s.whatsapp.net"}, "pushName": "Eve"},
                ),
            ),
            hello(phone, "in the open"),
        ],
        messages=[("inbound", "TEXT", "hidden"), ("inbound", "TEXT", "in the open")],
        is_answered=True,
        alias=f"{_LID}1@lid",
        customer_name="Nova",
    ),
    case(
        "noweb-lid-behind-a-phone",
        lambda phone: [
            envelope(
                "message",
                noweb(
                    phone,
                    {"conversation": "first"},
                    body="first",
                    data={"key": {"remoteJidAlt": f"{_LID}2@lid"}},
                ),
            ),
            envelope("message", base(f"{_LID}2@lid", body="second")),
        ],
        messages=[("inbound", "TEXT", "first"), ("inbound", "TEXT", "second")],
        is_answered=True,
    ),
    case(
        "no-name-given-keeps-the-old-one",
        lambda phone: [
            envelope("message", webjs(phone, "chat", "one")),
            envelope("message", base(phone, body="two")),
            out(base(phone, from_me=True, body="three", tail=new_tail())),
        ],
        messages=[
            ("inbound", "TEXT", "one"),
            ("inbound", "TEXT", "two"),
            ("outbound", "TEXT", "three"),
        ],
        is_answered=True,
        customer_name="Webb",
    ),
]


_SECRET = {"secretEncryptedMessage": {"targetMessageKey": {"id": "3ATARGET0"}, "encPayload": "x"}}
CHANGES = [
    case(
        "edits-that-cannot-be-decrypted",
        lambda phone: [
            hello(phone, "10 peices", tail="3ATARGET0"),
            edit(phone, "3ATARGET0", "", _data={"message": _SECRET}),
            edit(phone, None, None, _data={"message": _SECRET}),
        ],
        messages=[("inbound", "TEXT", "10 peices")],
        is_answered=True,
        shows=("10 peices", "does not show us the new words"),
    ),
    case(
        "an-edit-whose-words-are-in-the-data",
        lambda phone: [
            hello(phone, "ten", tail="3ATARGET1"),
            edit(
                phone,
                None,
                None,
                _data={
                    "message": {
                        "protocolMessage": {
                            "key": {"id": "3ATARGET1"},
                            "editedMessage": {"conversation": "eleven"},
                        }
                    }
                },
            ),
        ],
        **inbound("TEXT", "eleven"),
    ),
    case(
        "three-edits-under-one-id",
        lambda phone: [
            hello(phone, "a", tail="3ATARGET2"),
            *(
                edit(phone, "3ATARGET2", text, id=f"false_{phone}@c.us_3ATARGET2")
                for text in ("b", "c", "b")
            ),
        ],
        **inbound("TEXT", "c"),
    ),
    case(
        "a-placeholder-then-the-words",
        lambda phone: [
            envelope("message", webjs(phone, "ciphertext", tail="3ATARGET3")),
            envelope("message", webjs(phone, "chat", "here I am", tail="3ATARGET3")),
        ],
        **{**inbound("TEXT", "here I am"), "hides": ("could not show",)},
    ),
    case(
        "the-words-then-a-placeholder",
        lambda phone: [
            envelope("message", webjs(phone, "chat", "here I am", tail="3ATARGET4")),
            envelope("message", webjs(phone, "ciphertext", tail="3ATARGET4")),
        ],
        **{**inbound("TEXT", "here I am"), "hides": ("could not show",)},
    ),
    case(
        "a-placeholder-then-a-picture",
        lambda phone: [
            envelope("message", stub(phone, 2) | {"id": f"false_{phone}@c.us_3ATARGET5"}),
            envelope(
                "message",
                noweb(
                    phone,
                    {"imageMessage": {"caption": "at last"}},
                    tail="3ATARGET5",
                    **media("image/jpeg"),
                ),
            ),
        ],
        **inbound("IMAGE", "at last"),
    ),
    case(
        "an-edit-on-the-phone",
        lambda phone: [
            out(base(phone, from_me=True, body="see you a 5", tail="3ATARGET6")),
            edit(phone, "3ATARGET6", "see you at 5", from_me=True),
        ],
        **outbound("see you at 5", "Phone"),
    ),
    case(
        "a-deletion-by-the-customer",
        lambda phone: [
            hello(phone, "oops", tail="3ATARGET7"),
            envelope(
                "message.revoked",
                {"revokedMessageId": "3ATARGET7", "after": base(phone), "before": None},
            ),
        ],
        **{**inbound("TEXT", "oops"), "shows": ("oops", "deleted this message")},
    ),
    case(
        "pictures-that-cannot-be-had",
        lambda phone: [
            hello(phone, "look at these"),
            _picture(phone, "first", hasMedia=True),
            _picture(phone, "", **media(None, url=None, error={"message": "timed out"})),
            hello(phone, "did you get it?"),
        ],
        messages=[
            ("inbound", "TEXT", "look at these"),
            ("inbound", "IMAGE", "first"),
            ("inbound", "IMAGE", ""),
            ("inbound", "TEXT", "did you get it?"),
        ],
        is_answered=True,
        in_order=("look at these", "first", "cannot be shown here (IMAGE)", "did you get it?"),
        apologies=1,
    ),
    case(
        "a-call",
        lambda phone: [
            hello(phone),
            envelope("call.received", {"id": "C1", "from": f"{phone}@c.us", "isVideo": True}),
        ],
        **{**inbound("TEXT", "hello"), "shows": ("made a video call",)},
    ),
    case(
        "a-security-code",
        lambda phone: [
            hello(phone),
            envelope("message", webjs(phone, "e2e_notification", data={"subtype": "identity"})),
        ],
        **{**inbound("TEXT", "hello"), "shows": ("security code changed",)},
    ),
    case(
        "a-kind-that-nobody-knows",
        lambda phone: [hello(phone), envelope("message", noweb(phone, {"holoMessage": {"x": 1}}))],
        **{**inbound("TEXT", "hello"), "shows": ("does not know (holo)",)},
    ),
]


def _odd(name: str, event: str, payload: Any) -> Case:
    return Case(name, [envelope(event, payload)], new_phone())


_GONE = "15550009999@c.us"
ODD = [
    _odd("ack-null", "message.ack", {"id": f"true_{_GONE}_3A1", "fromMe": True, "ack": None}),
    _odd("ack-by-name", "message.ack", {"id": f"true_{_GONE}_3A1", "ackName": "READ"}),
    _odd("ack-unknown", "message.ack", {"id": f"true_{_GONE}_3A1", "ack": 9, "fromMe": True}),
    _odd("ack-without-id", "message.ack", {"id": None, "from": _GONE, "ack": 3}),
    _odd("reaction-null", "message.reaction", {"from": _GONE, "reaction": None}),
    _odd("reaction-empty", "message.reaction", {"from": _GONE, "reaction": {}}),
    _odd("revoke-null", "message.revoked", {"revokedMessageId": None, "after": None}),
    _odd("edit-of-nothing", "message.edited", {"from": _GONE, "body": None}),
    _odd("edit-fields-null", "message.edited", {"id": None, "from": _GONE, "body": "x" * 0}),
    _odd("status-null", "session.status", {"status": None}),
    _odd("payload-null", "message", None),
    _odd("event-of-others", "group.v2.join", {"group": {"id": "1@g.us"}}),
    _odd("chat-nowhere", "message", {"id": "3A9", "body": "who?"}),
    _odd("presence", "presence.update", {"id": _GONE, "presences": []}),
    one(
        "fields-of-other-types",
        base,
        right=inbound("TEXT", "5"),
        body=5,
        timestamp="soon",
        hasMedia=None,
        location="here",
        vCards={"a": 1},
        replyTo=[],
        _data="none",
    ),
    one("without-an-id", base, right=inbound("TEXT", "no id"), id=None, body="no id"),
    one(
        "an-id-of-several-fields",
        base,
        right=inbound("TEXT", "as WEBJS has it"),
        id={"fromMe": False, "_serialized": f"false_1@c.us_{new_tail()}"},
        body="as WEBJS has it",
    ),
]
