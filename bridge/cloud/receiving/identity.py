"""Who wrote, and under which ids: a phone number, one that Meta made for this business, or both."""

import re
from dataclasses import dataclass

from bridge.cloud.receiving.webhook_models import Contact, Message, Status
from desk.content import Person

_LONGEST_NAME, _LONGEST_USERNAME, _LONGEST_ID = 190, 64, 150
_NUMBER = re.compile(r"[+]?[0-9][0-9 ()-]{2,24}")
_USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# WhatsApp's own words where it gives no field: "User Ann changed from <old> to <new>".
_MOVED = re.compile(r"changed from (\S+) to (\S+)")


class NobodyError(Exception):
    """Neither a phone number nor a user id says whom it is about."""


class StrangerError(Exception):
    """It is about somebody who is not known here."""


def ids_of(*names: str | None) -> tuple[str | None, str | None]:
    """Tell the phone number, in digits, and the user id among what Meta calls somebody."""
    phone, user_id = None, None
    for name in names:
        if name is None or not name.strip():
            continue
        if _NUMBER.fullmatch(name.strip()):
            phone = phone or re.sub(r"\D", "", name)
        elif _USER_ID.fullmatch(name.strip()) and len(name) <= _LONGEST_ID:
            user_id = user_id or name.strip()
    return phone, user_id


def address_of(*names: str | None) -> str:
    """Give the id that somebody is kept under; raises NobodyError."""
    phone, user_id = ids_of(*names)
    found = phone or user_id
    if found is None:
        raise NobodyError("it names no phone number and no user id")
    return found


def person(*names: str | None, contact: Contact | None = None) -> Person:
    """Describe somebody by what Meta calls them; raises NobodyError."""
    about = contact or Contact()
    phone, user_id = ids_of(*names, about.wa_id, about.user_id)
    profile = about.profile
    username = _clean(profile.username if profile else None).lstrip("@")[:_LONGEST_USERNAME]
    name = _clean(profile.name if profile else None)[:_LONGEST_NAME]
    external_id = address_of(phone, user_id)
    return Person(
        external_id=external_id,
        name=name or username or (f"+{phone}" if phone else external_id),
        username=username or None,
        phone=f"+{phone}" if phone else None,
        alias=user_id if phone else None,
    )


def writer(message: Message, contact: Contact | None) -> Person:
    """Describe who wrote a message; raises NobodyError."""
    return person(message.from_, message.from_user_id, contact=contact)


def addressee(message: Message, contact: Contact | None) -> Person:
    """Describe whom an echo was written to; raises NobodyError."""
    return person(message.to, message.to_user_id, contact=contact)


def recipient(status: Status, contact: Contact | None) -> str:
    """Tell the id of whom a status is about; raises NobodyError."""
    about = contact or Contact()
    return address_of(status.recipient_id, status.recipient_user_id, about.wa_id, about.user_id)


@dataclass(frozen=True, slots=True)
class Move:
    """A customer's change of identity: ids that they may be known by, and as whom they go on."""

    former: tuple[str, ...]
    later: Person


def move(message: Message) -> Move:
    """Tell who moved, and as whom they go on; raises NobodyError."""
    system = message.system
    if system is None:
        raise NobodyError("it does not say who moved")
    words = _MOVED.search(system.body or "")
    former, later = words.groups() if words else (None, None)
    old = (
        message.from_,
        system.customer,
        system.previous_user_id,
        former,
        message.from_user_id,
    )
    known = tuple(found for each in old for found in ids_of(each) if found)
    new = (system.new_wa_id or system.wa_id, system.user_id)
    if not known:
        raise NobodyError("it does not say who moved")
    return Move(known, person(*(new if any(new) else (later,))))


def _clean(text: str | None) -> str:
    return " ".join((text or "").split())
