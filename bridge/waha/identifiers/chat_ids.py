"""Handle chat ids: `<digits>@c.us` if the phone is known, `<digits>@lid` if it is hidden."""

import re

_PERSON = re.compile(r"([0-9]{1,32})(?::[0-9]+)?@(c\.us|s\.whatsapp\.net|lid)")
_NON_PERSON_KINDS = {
    "g.us": "group",
    "broadcast": "status",
    "newsletter": "newsletter",
    "call": "call",
}


def normalize_person_chat(chat: object) -> str | None:
    """Return a person's chat id in its stored form, or None if it is not a person's."""
    found = _PERSON.fullmatch(chat) if isinstance(chat, str) else None
    if found is None:
        return None
    return f"{found[1]}@{'lid' if found[2] == 'lid' else 'c.us'}"


def is_lid(chat: str) -> bool:
    """Check whether a chat id hides the phone."""
    return chat.endswith("@lid")


def to_phone(chat: str) -> str | None:
    """Return the phone number of a chat id as `+<digits>`, or None if it is hidden."""
    return None if is_lid(chat) else f"+{chat.partition('@')[0]}"


def find_non_person_kind(chat: object) -> str | None:
    """Return the kind of a chat that is not a person's, such as a group, or None if unknown."""
    if not isinstance(chat, str):
        return None
    return _NON_PERSON_KINDS.get(chat.rpartition("@")[2])
