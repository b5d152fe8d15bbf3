"""Who wrote, and under which ids: a phone number, one that Meta made for this business, or both."""

import re
from dataclasses import dataclass

from bridge.cloud.receiving.webhook_models import Contact, Message, Status
from desk.content import Person

_LONGEST_NAME, _LONGEST_USERNAME, _LONGEST_ID = 190, 64, 150
_NUMBER = re.compile(r"[+]?[0-9][0-9 ()-]{2,24}")
_USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# WhatsApp's own words where it gives no field: "User Ann changed from <old> to <new>".
_NUMBER_CHANGE_TEXT = re.compile(r"changed from (\S+) to (\S+)")


class UnidentifiedPersonError(Exception):
    """Neither a phone number nor a user id says whom it is about."""


class UnknownCustomerError(Exception):
    """It is about somebody who is not known here."""


def parse_ids(*names: str | None) -> tuple[str | None, str | None]:
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


def choose_external_id(*names: str | None) -> str:
    """Give the id that somebody is kept under; raises NobodyError."""
    phone, user_id = parse_ids(*names)
    found = phone or user_id
    if found is None:
        raise UnidentifiedPersonError("it names no phone number and no user id")
    return found


def to_person(*names: str | None, contact: Contact | None = None) -> Person:
    """Describe somebody by what Meta calls them; raises NobodyError."""
    about = contact or Contact()
    phone, user_id = parse_ids(*names, about.wa_id, about.user_id)
    profile = about.profile
    username = _normalize_spaces(profile.username if profile else None).lstrip("@")[
        :_LONGEST_USERNAME
    ]
    name = _normalize_spaces(profile.name if profile else None)[:_LONGEST_NAME]
    external_id = choose_external_id(phone, user_id)
    return Person(
        external_id=external_id,
        name=name or username or (f"+{phone}" if phone else external_id),
        username=username or None,
        phone=f"+{phone}" if phone else None,
        alias=user_id if phone else None,
    )


def to_author(message: Message, contact: Contact | None) -> Person:
    """Describe who wrote a message; raises NobodyError."""
    return to_person(message.from_, message.from_user_id, contact=contact)


def to_addressee(message: Message, contact: Contact | None) -> Person:
    """Describe whom an echo was written to; raises NobodyError."""
    return to_person(message.to, message.to_user_id, contact=contact)


def find_recipient_id(status: Status, contact: Contact | None) -> str:
    """Tell the id of whom a status is about; raises NobodyError."""
    about = contact or Contact()
    return choose_external_id(
        status.recipient_id, status.recipient_user_id, about.wa_id, about.user_id
    )


@dataclass(frozen=True, slots=True)
class NumberChange:
    """A customer's change of identity: ids that they may be known by, and as whom they go on."""

    old_ids: tuple[str, ...]
    new_person: Person


def parse_number_change(message: Message) -> NumberChange:
    """Tell who moved, and as whom they go on; raises NobodyError."""
    system = message.system
    if system is None:
        raise UnidentifiedPersonError("it does not say who moved")
    words = _NUMBER_CHANGE_TEXT.search(system.body or "")
    former, later = words.groups() if words else (None, None)
    old = (
        message.from_,
        system.customer,
        system.previous_user_id,
        former,
        message.from_user_id,
    )
    known = tuple(found for each in old for found in parse_ids(each) if found)
    new = (system.new_wa_id or system.wa_id, system.user_id)
    if not known:
        raise UnidentifiedPersonError("it does not say who moved")
    return NumberChange(known, to_person(*(new if any(new) else (later,))))


def _normalize_spaces(text: str | None) -> str:
    return " ".join((text or "").split())
