"""What staff writes down about a customer: a note for itself, and fields of its own. Pure."""

from datetime import datetime
from typing import Any

MAX_NOTE = 2000
MAX_FIELDS = 20
MAX_FIELD_NAME = 40
MAX_FIELD_VALUE = 500

# A note as it is stored: text, by, at. A field: name, value.
Note = dict[str, Any]
Fields = list[dict[str, str]]


def write_note(text: str | None, by: str, now: datetime) -> Note | None:
    """Return a note with its writer and its time; None if nothing is written."""
    text = (text or "").strip()
    return {"text": text, "by": by, "at": now.isoformat()} if text else None


def join_notes(kept: Note | None, other: Note | None) -> Note | None:
    """Return one note with the words of both, the kept client's first, as of who wrote last."""
    if kept is None or other is None or kept["text"] == other["text"]:
        return kept or other
    last = max(kept, other, key=lambda note: datetime.fromisoformat(note["at"]))
    return {**last, "text": f"{kept['text']}\n\n{other['text']}"}


def join_fields(kept: Fields | None, other: Fields | None) -> Fields | None:
    """Return the fields of both; two values under one name both stay."""
    mine = kept or []
    return [*mine, *(each for each in other or [] if each not in mine)] or None


def set_field(fields: Fields | None, name: str, value: str | None) -> Fields | None:
    """Return the fields with another value under a name, in any case of letters; None removes it.

    A new name comes last. Of several values under one name, the one that is left is the new one.
    """
    known = fields or []
    wanted = name.casefold()
    at = next((i for i, each in enumerate(known) if each["name"].casefold() == wanted), len(known))
    rest = [each for each in known if each["name"].casefold() != wanted]
    if value is not None:
        shown = known[at]["name"] if at < len(known) else name
        rest.insert(at, {"name": shown, "value": value})
    return rest or None
