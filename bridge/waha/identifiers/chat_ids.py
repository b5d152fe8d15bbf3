"""Handle chat ids: `<digits>@c.us` if the phone is known, `<digits>@lid` if it is hidden."""

import re

# A number may be followed by the number of one of its devices. `hosted` is a business whose
# messages are kept by a provider.
_PERSON = re.compile(
    r"([0-9]{1,32})(?:[._][0-9]+)?(?::[0-9]+)?@(c\.us|s\.whatsapp\.net|hosted|lid|hosted\.lid)"
)
_LID_SERVERS = {"lid", "hosted.lid"}
_NON_PERSON_KINDS = {
    "g.us": "group",
    "broadcast": "status",
    "newsletter": "newsletter",
    "call": "call",
    "bot": "bot",
}
# The account from which WhatsApp itself writes.
_WHATSAPP, _WHATSAPP_KIND = "0@c.us", "whatsapp"
NON_PERSON_KINDS = {*_NON_PERSON_KINDS.values(), _WHATSAPP_KIND}


def normalize_person_chat(chat: object) -> str | None:
    """Return a person's chat id in its stored form, or None if it is not a person's."""
    found = _PERSON.fullmatch(chat) if isinstance(chat, str) else None
    if found is None:
        return None
    chat = f"{found[1]}@{'lid' if found[2] in _LID_SERVERS else 'c.us'}"
    return None if chat == _WHATSAPP else chat


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
    if chat.partition("@")[0] == _WHATSAPP.partition("@")[0]:
        return _WHATSAPP_KIND
    return _NON_PERSON_KINDS.get(chat.rpartition("@")[2])
