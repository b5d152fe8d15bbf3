"""Read the engine's own data of a message (`_data`), which each engine shapes in its own way.

It tells what WAHA's common fields leave out: the kind of the message, and the content of kinds that
are neither text nor file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.json_objects import as_mapping
from bridge.waha.convert.message_kinds import (
    BESIDE_CONTENT,
    PROTOCOL_FIELDS,
    VIEW_ONCE_WRAPPERS,
    WEB_TYPES,
    WRAPPERS,
    Kind,
)

Json = Mapping[str, Any]
# The keys under which NOWEB and GOWS keep the message of WhatsApp's protocol.
_PROTOCOL_KEYS = ("message", "Message", "RawMessage")
_MAX_DEPTH = 6
# In the data of NOWEB: WhatsApp could not decrypt the message.
_CIPHERTEXT_STUB = {2, "CIPHERTEXT", "2"}
# WhatsApp Web gives the notice of a new security code the type of the encryption notice.
_IDENTITY_SUBTYPE = "identity"


@dataclass(frozen=True, slots=True)
class EngineMessage:
    """The kind of a message; the engine's name of it, and the fields of its content."""

    kind: Kind = Kind.UNKNOWN
    name: str | None = None
    fields: Json = field(default_factory=dict)
    # WhatsApp shows it once, on the phone only.
    is_view_once: bool = False
    # What the message refers to: an advertisement, a forward, a quote.
    context: Json = field(default_factory=dict)


def read_engine_message(data: Json | None) -> EngineMessage:
    """Return what the engine's data say about a message, as far as they say something."""
    data = data or {}
    for key in _PROTOCOL_KEYS:
        inner = as_mapping(data.get(key))
        if inner:
            return _read_protocol_message(inner, data)
    if data.get("messageStubType") in _CIPHERTEXT_STUB:
        return EngineMessage(Kind.PLACEHOLDER, is_view_once=_is_view_once(data, {}))
    return _read_web_message(data)


def is_placeholder(payload: Json) -> bool:
    """Check whether a message stands for one whose content may come later, under the same id."""
    if payload.get("body") or payload.get("hasMedia"):
        return False
    return read_engine_message(as_mapping(payload.get("_data"))).kind is Kind.PLACEHOLDER


def _read_protocol_message(inner: Json, data: Json) -> EngineMessage:
    wrappers: set[str] = set()
    for _ in range(_MAX_DEPTH):
        wrapper = next((each for each in WRAPPERS if _unwrap(inner, each)), None)
        if wrapper is None:
            break
        wrappers.add(wrapper)
        inner = _unwrap(inner, wrapper)
    name = next((each for each in inner if each in PROTOCOL_FIELDS and _has_content(each)), None)
    name = name or next((each for each in inner if each in PROTOCOL_FIELDS), None)
    name = name or next((each for each in inner if each not in BESIDE_CONTENT), None)
    content = inner.get(name) if name else None
    fields = as_mapping(content) if not isinstance(content, str) else {"text": content}
    kind = PROTOCOL_FIELDS.get(name or "", Kind.UNKNOWN)
    if kind is Kind.AUDIO and (fields.get("ptt") or fields.get("PTT")):
        kind = Kind.VOICE
    if kind is Kind.STICKER and ("lottieStickerMessage" in wrappers or fields.get("isLottie")):
        kind = Kind.LOTTIE_STICKER
    is_view_once = not wrappers.isdisjoint(VIEW_ONCE_WRAPPERS) or _is_view_once(data, fields)
    context = as_mapping(fields.get("contextInfo"))
    return EngineMessage(kind, name, fields, is_view_once, context)


def _unwrap(inner: Json, wrapper: str) -> Json:
    return as_mapping(as_mapping(inner.get(wrapper)).get("message"))


def _has_content(name: str) -> bool:
    return name not in BESIDE_CONTENT


def _is_view_once(data: Json, fields: Json) -> bool:
    flags = (
        data.get("IsViewOnce"),
        data.get("isViewOnce"),
        as_mapping(data.get("key")).get("isViewOnce"),
        fields.get("viewOnce"),
    )
    return any(each is True for each in flags)


def _read_web_message(data: Json) -> EngineMessage:
    name = data.get("type")
    if not isinstance(name, str) or not name:
        return EngineMessage()
    kind = WEB_TYPES.get(name.lower(), PROTOCOL_FIELDS.get(name, Kind.UNKNOWN))
    if name == "e2e_notification" and data.get("subtype") == _IDENTITY_SUBTYPE:
        kind = Kind.SECURITY_CODE
    if kind is Kind.STICKER and data.get("isLottie") is True:
        kind = Kind.LOTTIE_STICKER
    if kind is Kind.LOCATION and data.get("isLive") is True:
        kind = Kind.LIVE_LOCATION
    forwarding = {key: data.get(key) for key in ("isForwarded", "forwardingScore")}
    context = {**forwarding, **as_mapping(data.get("ctwaContext"))}
    return EngineMessage(kind, name, data, _is_view_once(data, {}), context)
