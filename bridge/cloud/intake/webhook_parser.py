"""Split a webhook's body: each message, status and other item becomes an inbound event of its own.

A change's `field` says what its lists are: a status of a call stands in a list of the same name as
one of a message. Nothing is validated here, and nothing is lost, however unusual. What cannot be
understood is rejected by the receiver, with its reason, and parked where an admin sees it.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bridge.json_objects import as_mapping
from db.ids import ChannelId
from db.queues.inbox import InboundEvent
from desk.lanes import whatsapp_lane

_Json = dict[str, Any]
_ECHOES = {"message_echoes": "echo"}
# Field → its lists of items, and the kind of item in each.
ITEM_LISTS: Mapping[str, Mapping[str, str]] = {
    "messages": {"messages": "message", "statuses": "status", **_ECHOES},
    "smb_message_echoes": _ECHOES,
    "message_echoes": _ECHOES,
    "history": {"messages": "history_file"},  # `history` itself is split further
    "smb_app_state_sync": {"state_sync": "contact_name"},
    "calls": {"calls": "call", "statuses": "call_status"},
    "user_preferences": {"user_preferences": "preference"},
}
# A body that does not name its field is one of messages.
_ASSUMED_LISTS = ITEM_LISTS["messages"]
# Their errors are news of their own, unless they stand beside messages.
_FIELDS_WITH_ERRORS = {"", "messages", "history"}
CHANGE, ERROR, UNREADABLE, HISTORY = "change", "error", "unreadable", "history"
# Messages of a customer's history in one row: a row is one transaction.
_HISTORY_PART = 50
_COMMON_FIELDS = {"messaging_product", "metadata", "contacts"}
# What is said twice under one id: first that it cannot be shown, then perhaps its words.
_PLACEHOLDERS, PLACEHOLDER_SUFFIX = {"unsupported", "unknown"}, ":unsupported"
# How much of a body that is not JSON is stored, in bytes.
_MAX_STORED = 20_000
# The length of the column for provider ids.
_MAX_ID_LENGTH = 191
_PLAIN_ID = re.compile(r"[A-Za-z0-9.]{1,64}")
# Find an item's channel by the id of its number, or of its business account.
FindChannel = Callable[[str | None, str | None], ChannelId]


@dataclass(frozen=True, slots=True)
class WebhookItem:
    """One item of a webhook, with all that is needed to understand it alone."""

    kind: str
    field: str
    content: Any
    contact: Any = None
    metadata: Any = None
    # Errors beside the message, about parts that Meta could not deliver.
    errors: Any = None
    # The business account of the item, and Meta's time, where they are given.
    account: Any = None
    time: Any = None

    @property
    def number(self) -> str | None:
        """Return the id of the item's number."""
        return _to_text(as_mapping(self.metadata).get("phone_number_id"))

    def to_inbound_event(self, channel_id: ChannelId) -> InboundEvent:
        """Convert the item to an inbox row of a channel."""
        kept = {
            "kind": self.kind,
            "field": self.field,
            "item": self.content,
            "contact": self.contact,
            "metadata": self.metadata,
            "account": _to_text(self.account),
        }
        if self.errors:
            kept["errors"] = self.errors
        payload = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
        return InboundEvent(
            channel_id=channel_id,
            provider_id=self._build_provider_id(),
            lane=whatsapp_lane(channel_id, self._find_customer()),
            payload=_replace_surrogates(payload),
        )

    def _build_provider_id(self) -> str:
        """Build an id that identifies a repeated item: Meta's id, or a hash of the content."""
        item = as_mapping(self.content)
        given = item.get("id")
        if isinstance(given, str) and given:
            if self.kind in {"message", "echo"}:
                is_placeholder = item.get("type") in _PLACEHOLDERS
                return _shorten_id(f"{given}{PLACEHOLDER_SUFFIX}" if is_placeholder else given)
            if self.kind == "status":
                recipient = item.get("recipient_id") or item.get("recipient_user_id") or ""
                # Hash the number: the row remains when a customer's data is erased.
                whose = hashlib.sha256(str(recipient).encode(errors="replace")).hexdigest()[:16]
                return _shorten_id(f"{given}:{item.get('status')}:{whose}")
        return _hash_content([self.kind, self.field, self.content, self.metadata, self.time])

    def _find_customer(self) -> str:
        """Return the customer whose lane the item belongs to."""
        item, contact = as_mapping(self.content), as_mapping(self.contact)
        if item.get("group_id"):
            return "other"
        names = {
            "message": (item.get("from"), item.get("from_user_id")),
            "status": (item.get("recipient_id"), item.get("recipient_user_id")),
            "echo": (item.get("to"), item.get("to_user_id")),
            "call": self._list_call_ends(item),
            "preference": (item.get("wa_id"), item.get("user_id")),
            "contact_name": (as_mapping(item.get("contact")).get("phone_number"),),
            HISTORY: (item.get("id"),),
        }
        found = (*names.get(self.kind, ()), contact.get("wa_id"), contact.get("user_id"))
        whose = next((each for each in found if isinstance(each, str) and each), None)
        if self.kind not in names or whose is None:
            return "other"
        return whose if _PLAIN_ID.fullmatch(whose) else _hash_content(whose)

    def _list_call_ends(self, item: Mapping[str, Any]) -> tuple[Any, ...]:
        """List the ids of a call's two ends, without our own number."""
        ours = as_mapping(self.metadata).get("display_phone_number")
        names = ("from", "from_user_id", "to", "to_user_id")
        return tuple(each for name in names if (each := item.get(name)) != ours)


def parse_items(raw: bytes) -> list[WebhookItem]:
    """Split a body into items; a body that is not a webhook becomes one item, as received."""
    try:
        body = json.loads(raw)
        found = list(_iterate_items(body))
    except (ValueError, RecursionError):  # the latter for endless nested brackets
        return [_build_unreadable_item(raw)]
    return found or [_build_unreadable_item(raw)]


def to_inbound_events(
    items: list[WebhookItem], find_channel: FindChannel, raw: bytes
) -> list[InboundEvent]:
    """Convert items to inbound events, each for the channel of its number."""
    try:
        return [
            item.to_inbound_event(find_channel(item.number, _to_text(item.account)))
            for item in items
        ]
    except (ValueError, RecursionError):  # parsed, but too deep to be encoded again
        return [_build_unreadable_item(raw).to_inbound_event(find_channel(None, None))]


def _build_unreadable_item(raw: bytes) -> WebhookItem:
    text = raw[:_MAX_STORED].decode("utf-8", "replace")
    return WebhookItem(UNREADABLE, "", text, time=hashlib.sha256(raw).hexdigest())


def _iterate_items(body: Any) -> Iterator[WebhookItem]:
    for entry in _as_list(as_mapping(body).get("entry")):
        changes = as_mapping(entry).get("changes")
        if not isinstance(changes, list) or not changes:
            yield WebhookItem(CHANGE, "", entry)
            continue
        for change in changes:
            for item in _parse_change(change, as_mapping(entry).get("time")):
                yield replace(item, account=as_mapping(entry).get("id"))


def _parse_change(change: Any, time: Any) -> Iterator[WebhookItem]:
    value, name = as_mapping(change).get("value"), as_mapping(change).get("field")
    field = name if isinstance(name, str) else ""
    if not isinstance(value, dict):
        yield WebhookItem(CHANGE, field, change, time=time)
        return
    metadata, contacts = value.get("metadata"), _as_list(value.get("contacts"))
    lists = ITEM_LISTS.get(field, {}) if field else _ASSUMED_LISTS
    known = [key for key in lists if isinstance(value.get(key), list)]
    errors = value.get("errors")
    for key in known:
        for content in value[key]:
            contact = _find_contact(content, contacts)
            # Errors beside messages say why a part of them is missing.
            beside = errors if lists[key] == "message" else None
            yield WebhookItem(lists[key], field, content, contact, metadata, beside)
    parts = _list_history_parts(value) if field == HISTORY else []
    for part in parts:
        yield WebhookItem(HISTORY, field, part, _find_contact(part, contacts), metadata)
    are_alone = field in _FIELDS_WITH_ERRORS and "messages" not in known
    alone = _as_list(errors) if are_alone else []
    for error in alone:
        yield WebhookItem(ERROR, field, error, metadata=metadata, time=time)
    taken = {*_COMMON_FIELDS, *known, "errors", *([HISTORY] if parts else [])}
    rest = {key: each for key, each in value.items() if key not in taken}
    if rest or not (known or parts or alone):
        yield WebhookItem(CHANGE, field, rest or value, metadata=metadata, time=time)


def _list_history_parts(value: Mapping[str, Any]) -> list[Any]:
    """List the customers of a history with their messages, some messages at a time."""
    parts: list[Any] = []
    for chunk in map(as_mapping, _as_list(value.get(HISTORY))):
        parts += [
            {"errors": [each]} for each in _as_list(chunk.get("errors"))
        ]  # the owner of the phone does not share it
        for thread in map(as_mapping, _as_list(chunk.get("threads"))):
            messages = _as_list(thread.get("messages"))
            for start in range(0, len(messages), _HISTORY_PART):
                parts.append({**thread, "messages": messages[start : start + _HISTORY_PART]})
    return parts


def _find_contact(item: Any, contacts: list[Any]) -> Any:
    """Find the contact of an item: by its ids, or because there is only one contact."""
    names = ("from", "from_user_id", "recipient_id", "recipient_user_id", "to", "to_user_id")
    ids = {each for name in names if isinstance(each := as_mapping(item).get(name), str)}
    for contact in contacts:
        theirs = (as_mapping(contact).get("wa_id"), as_mapping(contact).get("user_id"))
        if any(isinstance(each, str) and each in ids for each in theirs):
            return contact
    return contacts[0] if len(contacts) == 1 else None


def _to_text(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int) else None


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _shorten_id(name: str) -> str:
    return (
        name
        if name.isascii() and name.isprintable() and len(name) <= _MAX_ID_LENGTH
        else _hash_content(name)
    )


def _hash_content(content: Any) -> str:
    body = json.dumps(content, sort_keys=True).encode()
    return f"no-id:{hashlib.sha256(body).hexdigest()}"


def _replace_surrogates(text: str) -> str:
    """Replace halves of surrogate pairs: JSON can contain them, but no database can store them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
