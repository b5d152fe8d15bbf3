"""Identify customers by a phone number, by an id that Meta made for this business, or by both."""

import re
from dataclasses import dataclass

from bridge.cloud.receiving.webhook_models import Contact, Message, Status
from desk.content import Person

_MAX_NAME, _MAX_USERNAME, _MAX_ID = 190, 64, 150
_NUMBER = re.compile(r"[+]?[0-9][0-9 ()-]{2,24}")
# Meta's own ids of people: a country, then letters and digits, as in US.13491208655302741918.
_USER_ID = re.compile(r"[A-Za-z]{2}(\.[A-Za-z]{2,8})?\.[A-Za-z0-9_-]+")
_CONTACT_REQUEST = "contact_request"
# WhatsApp's own text, used if the fields are missing: "User Ann changed from <old> to <new>".
_NUMBER_CHANGE_TEXT = re.compile(r"changed from (\S+) to (\S+)")


class UnidentifiedPersonError(Exception):
    """Neither a phone number nor a user id identifies the person."""


def parse_ids(*names: str | None) -> tuple[str | None, str | None]:
    """Split Meta's names of a person into the phone number, in digits, and the user id."""
    phone, user_id = None, None
    for name in names:
        if name is None or not name.strip():
            continue
        if _NUMBER.fullmatch(name.strip()):
            phone = phone or re.sub(r"\D", "", name)
        elif _USER_ID.fullmatch(name.strip()) and len(name) <= _MAX_ID:
            user_id = user_id or name.strip()
    return phone, user_id


def choose_external_id(*names: str | None) -> str:
    """Return the id that a person is stored under; raise UnidentifiedPersonError."""
    phone, user_id = parse_ids(*names)
    found = phone or user_id
    if found is None:
        raise UnidentifiedPersonError("it contains no phone number and no user id")
    return found


def to_person(*names: str | None, contact: Contact | None = None) -> Person:
    """Convert Meta's names of a person; raise UnidentifiedPersonError."""
    about = contact or Contact()
    phone, user_id = parse_ids(*names, about.wa_id, about.user_id)
    profile = about.profile
    username = _normalize_spaces(profile.username if profile else None).lstrip("@")[:_MAX_USERNAME]
    name = _normalize_spaces(profile.name if profile else None)[:_MAX_NAME]
    external_id = choose_external_id(phone, user_id)
    return Person(
        external_id=external_id,
        name=name or None,
        username=username or None,
        phone=f"+{phone}" if phone else None,
        alias=user_id if phone else None,
    )


def to_author(message: Message, contact: Contact | None) -> Person:
    """Convert the author of a message; raise UnidentifiedPersonError."""
    return to_person(message.from_, message.from_user_id, contact=contact)


def find_shared_number(message: Message) -> str | None:
    """Return the customer's own number, if they shared it because we asked for it; in digits."""
    for card in message.contacts:
        if _CONTACT_REQUEST not in {message.origin, card.origin}:
            continue
        for each in card.phones:
            number, _ = parse_ids(each.wa_id, each.phone)
            if number is not None:
                return number
    return None


def to_addressee(message: Message, contact: Contact | None) -> Person:
    """Convert the addressee of an echo; raise UnidentifiedPersonError."""
    return to_person(message.to, message.to_user_id, contact=contact)


def find_recipient_id(status: Status, contact: Contact | None) -> str:
    """Return the recipient's id of a status; raise UnidentifiedPersonError."""
    about = contact or Contact()
    return choose_external_id(
        status.recipient_id, status.recipient_user_id, about.wa_id, about.user_id
    )


@dataclass(frozen=True, slots=True)
class NumberChange:
    """A customer's change of identity: all known old ids, and the new identity."""

    old_ids: tuple[str, ...]
    new_person: Person


def parse_number_change(message: Message) -> NumberChange:
    """Parse who changed their number, and their new identity; raise UnidentifiedPersonError."""
    system = message.system
    if system is None:
        raise UnidentifiedPersonError("it does not say whose number changed")
    match = _NUMBER_CHANGE_TEXT.search(system.body or "")
    old_name, new_name = match.groups() if match else (None, None)
    old = (
        message.from_,
        system.customer,
        system.previous_user_id,
        old_name,
        message.from_user_id,
    )
    known = tuple(found for each in old for found in parse_ids(each) if found)
    new = (system.new_wa_id or system.wa_id, system.user_id)
    if not known:
        raise UnidentifiedPersonError("it does not say whose number changed")
    return NumberChange(known, to_person(*(new if any(new) else (new_name,))))


def _normalize_spaces(text: str | None) -> str:
    return " ".join((text or "").split())
