"""Payloads of messages in the shape of each engine: WEBJS, NOWEB and GOWS."""

import itertools
from typing import Any

Json = dict[str, Any]
# The linked number of every body.
OWN_PHONE, OWN_LID = "15550783882", "99988877766655"
ME = {"id": f"{OWN_PHONE}@c.us", "pushName": "Shop", "lid": f"{OWN_LID}@lid"}
_TAILS = itertools.count(0xA0)


def envelope(event: str, payload: Json) -> Json:
    """Return an event as WAHA posts it."""
    return {
        "id": f"evt_{next(_TAILS):026d}",
        "timestamp": 1_778_552_560_000,
        "event": event,
        "session": "SESSION",
        "me": ME,
        "payload": payload,
    }


def new_tail() -> str:
    return f"3A{next(_TAILS):018X}"


def base(phone: str, *, from_me: bool = False, tail: str | None = None, **more: Any) -> Json:
    """Return what every engine's payload has in common."""
    chat = phone if "@" in phone else f"{phone}@c.us"
    return {
        "id": f"{str(from_me).lower()}_{chat}_{tail or new_tail()}",
        "timestamp": 1_778_552_560,
        "from": chat,
        "fromMe": from_me,
        "source": "app",
        "to": None,
        "body": None,
        "hasMedia": False,
        "media": None,
        "ack": 2,
        "vCards": None,
        "location": None,
        "replyTo": None,
        **more,
    }


def webjs(phone: str, kind: str, body: str = "", *, data: Json | None = None, **more: Any) -> Json:
    """Return a message as WEBJS tells it: its kind is a type."""
    own = {"type": kind, "body": body, "notifyName": "Webb", "t": 1_778_552_560, **(data or {})}
    return base(phone, body=body, _data=own, **more)


def noweb(phone: str, message: Json | None, *, data: Json | None = None, **more: Any) -> Json:
    """Return a message as NOWEB tells it: its kind is a field of the protocol."""
    key = {"remoteJid": f"{phone}@s.whatsapp.net", "fromMe": False, "id": new_tail()}
    own = {"key": key, "pushName": "Nova", "message": message, **(data or {})}
    return base(phone, _data=own, **more)


def gows(phone: str, message: Json | None, *, info: Json | None = None, **more: Any) -> Json:
    """Return a message as GOWS tells it."""
    about = {"Chat": f"{phone}@s.whatsapp.net", "PushName": "Gowa", "IsGroup": False}
    own = {"Info": {**about, **(info or {})}, "Message": message, "RawMessage": message}
    return base(phone, _data=own, **more)


def media(mimetype: str | None, *, url: str | None = "here", **more: Any) -> Json:
    """Return the fields of a message with a file."""
    here = "http://localhost:3000/api/files/s/file.bin" if url == "here" else url
    return {"hasMedia": True, "media": {"url": here, "mimetype": mimetype, "error": None, **more}}
