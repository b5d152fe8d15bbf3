"""Chat ids: `<digits>@c.us` where the phone is known, `<digits>@lid` where it is hidden."""

import re

_PERSON = re.compile(r"([0-9]{1,32})(?::[0-9]+)?@(c\.us|s\.whatsapp\.net|lid)")
_NON_PERSON_KINDS = {
    "g.us": "group",
    "broadcast": "status",
    "newsletter": "newsletter",
    "call": "call",
}


def normalize_person_chat(chat: object) -> str | None:
    """Give a person's chat id in the form in which it is kept; None: it is no person's."""
    found = _PERSON.fullmatch(chat) if isinstance(chat, str) else None
    if found is None:
        return None
    return f"{found[1]}@{'lid' if found[2] == 'lid' else 'c.us'}"


def is_lid(chat: str) -> bool:
    """Tell whether a chat id hides the phone."""
    return chat.endswith("@lid")


def to_phone(chat: str) -> str | None:
    """Give the phone number behind a chat id, as `+<digits>`; None: it is hidden."""
    return None if is_lid(chat) else f"+{chat.partition('@')[0]}"


def find_non_person_kind(chat: object) -> str | None:
    """Say whose chat it is where it is no person's: a group's, a newsletter's; None: unknown."""
    if not isinstance(chat, str):
        return None
    return _NON_PERSON_KINDS.get(chat.rpartition("@")[2])
