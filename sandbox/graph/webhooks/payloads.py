"""Builds the bodies of webhooks: items grouped into entries and changes as Meta does."""

from dataclasses import dataclass

from sandbox.common.json_shapes import Json
from sandbox.graph.model.records import Hook

ITEMS = "items"
CHANGES = "changes"
ENTRIES = "entries"
GROUPINGS = frozenset({ITEMS, CHANGES, ENTRIES})
LISTS = ("contacts", "messages", "statuses", "errors", "message_echoes")


@dataclass(frozen=True, slots=True)
class Item:
    """One event for a webhook, with its account, field and address; a lane keeps its order."""

    account: str
    field: str
    value: Json
    hook: Hook
    secret: str
    lane: str


def build_body(items: list[Item], grouping: str = ITEMS) -> Json:
    """Return one body with all the items.

    "items" puts the items of one number and field into one change, "changes" gives each item its
    own change, "entries" its own entry.
    """
    entries: list[Json] = []
    for item in items:
        entry = _entry_for(entries, item, grouping)
        changes: list[Json] = entry["changes"]
        if not (grouping == ITEMS and _add_to_change(changes, item)):
            changes.append({"value": dict(item.value), "field": item.field})
    return {"object": "whatsapp_business_account", "entry": entries}


def _entry_for(entries: list[Json], item: Item, grouping: str) -> Json:
    if grouping != ENTRIES:
        for entry in entries:
            if entry["id"] == item.account:
                return entry
    entries.append({"id": item.account, "changes": []})
    return entries[-1]


def _add_to_change(changes: list[Json], item: Item) -> bool:
    """Add an item to the change of its number and field; False if there is no such change."""
    metadata = item.value.get("metadata")
    for change in changes:
        if metadata and change["field"] == item.field and change["value"]["metadata"] == metadata:
            change["value"] = _merge_values(change["value"], item.value)
            return True
    return False


def _merge_values(old: Json, new: Json) -> Json:
    both = dict(old)
    for name in LISTS:
        if name in new:
            known: list[Json] = both.get(name, [])
            fresh = [one for one in new[name] if name != "contacts" or one not in known]
            both[name] = [*known, *fresh]
    return both
