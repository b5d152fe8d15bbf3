"""Rename and block customers, set their phone numbers and languages, and tell their topics."""

from collections.abc import Mapping
from typing import Any

from db.ids import ClientId
from db.queries.clients import clients
from db.queries.conversations.threads import Thread
from desk.actors import Actor
from desk.audit import add_entry
from desk.clients.profile import Fields, write_note
from desk.conversations.duplicates import ask_about_same_phone
from desk.conversations.notices import notify_topic
from desk.conversations.threads import find_thread
from desk.events import ClientChanged
from desk.phones import parse_typed
from desk.unit_of_work import UnitOfWork


async def rename(uow: UnitOfWork, client_id: ClientId, name: str, *, by: Actor) -> None:
    """Set the name that staff gives a customer; the provider's name no longer replaces it."""
    threads = await lock_threads(uow, client_id)
    await clients.update_client(uow.tx, client_id, name=name, is_renamed=True)
    # The name is left out: the log is kept for ever.
    _record(uow, by, "client.rename", client_id)
    for thread in threads:
        thread.name, thread.is_renamed = name, True
        notify_topic(uow, thread, "topic.renamed", agent=by.name, name=name)
        uow.refresh_card(thread)


async def set_phone(uow: UnitOfWork, client_id: ClientId, phone: str | None, *, by: Actor) -> None:
    """Save a customer's phone number, as confirmed by staff; None removes it.

    The number is stored in one form (`desk/phones.py`), so that the customer is found by it. If
    another customer has the same number, staff is asked whether they are one person.
    """
    threads = await lock_threads(uow, client_id)
    phone = parse_typed(phone, uow.default_region) if phone else None
    if all(thread.phone == phone for thread in threads):
        return
    await clients.update_client(uow.tx, client_id, phone=phone)
    _record(uow, by, "client.phone", client_id)
    for thread in threads:
        thread.phone = phone
    if phone and threads:
        await ask_about_same_phone(uow, threads[-1])


async def set_profile(
    uow: UnitOfWork, client_id: ClientId, values: Mapping[str, str | None], *, by: Actor
) -> None:
    """Save a customer's e-mail address (`email`) or picture (`avatar_url`); None removes it."""
    await clients.update_client(uow.tx, client_id, **values)
    # The values are left out: the log is kept for ever.
    _record(uow, by, "client.profile", client_id, {"changed": sorted(values)})


async def set_note(uow: UnitOfWork, client_id: ClientId, text: str | None, *, by: Actor) -> None:
    """Save staff's note about a customer, with who wrote it and when; no words remove it."""
    threads = await lock_threads(uow, client_id)
    note = write_note(text, by.name, uow.now)
    await clients.update_client(uow.tx, client_id, note=note)
    # The words are left out: the log is kept for ever.
    _record(uow, by, "client.note", client_id)
    for thread in threads:
        uow.refresh_card(thread)


async def set_fields(
    uow: UnitOfWork, client_id: ClientId, fields: Fields | None, *, by: Actor
) -> None:
    """Save the own fields of a customer, instead of those before."""
    await lock_threads(uow, client_id)
    await clients.update_client(uow.tx, client_id, fields=fields)
    # The values are left out: the log is kept for ever.
    _record(uow, by, "client.fields", client_id)


async def set_language(
    uow: UnitOfWork, client_id: ClientId, language: str | None, *, by: Actor
) -> None:
    """Save the language in which we write to a customer; that of their app no longer replaces it.

    None: theirs is what their app tells, or that of the channel.
    """
    threads = await lock_threads(uow, client_id)
    is_chosen = language is not None
    await clients.update_client(uow.tx, client_id, language=language, is_language_chosen=is_chosen)
    _record(uow, by, "client.language", client_id, {"language": language})
    for thread in threads:
        thread.language, thread.is_language_chosen = language, is_chosen
        uow.refresh_card(thread)


async def block(uow: UnitOfWork, client_id: ClientId, *, by: Actor) -> bool:
    """Block a customer: their messages are stored, not shown; return False if already blocked."""
    return await _set_blocked(uow, client_id, True, by=by)


async def unblock(uow: UnitOfWork, client_id: ClientId, *, by: Actor) -> bool:
    """Unblock a customer, so that their messages are accepted; return False if not blocked."""
    return await _set_blocked(uow, client_id, False, by=by)


async def lock_threads(uow: UnitOfWork, client_id: ClientId) -> list[Thread]:
    """Lock and load a customer's conversations, one on each channel that they wrote on."""
    contacts = await clients.list_contacts(uow.tx, client_id)
    ids = sorted(contact.conversation_id for contact in contacts)
    found = [await find_thread(uow, each) for each in ids]
    return [thread for thread in found if thread is not None]


def _record(
    uow: UnitOfWork,
    by: Actor,
    action: str,
    client_id: ClientId,
    details: dict[str, Any] | None = None,
) -> None:
    """Record a change in the audit log, and announce it."""
    add_entry(uow, by, action, client_id, details)
    uow.events.add(ClientChanged(client_id))


async def _set_blocked(
    uow: UnitOfWork, client_id: ClientId, is_blocked: bool, *, by: Actor
) -> bool:
    threads = await lock_threads(uow, client_id)
    if not await clients.set_blocked(uow.tx, client_id, is_blocked):
        return False
    _record(uow, by, "client.block" if is_blocked else "client.unblock", client_id)
    for thread in threads:
        thread.is_blocked = is_blocked
        key = "topic.blocked" if is_blocked else "topic.unblocked"
        notify_topic(uow, thread, key, agent=by.name)
        uow.refresh_card(thread)
    return True
