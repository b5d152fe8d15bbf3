"""Handle `/client`, `/block`, `/unblock` and `/merge`: the customer of a conversation."""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.commands.call import Answer, Call, build_button
from db.queries.clients.client_lists import list_clients
from db.queries.clients.clients import ClientRow, ContactRow, find_client, list_contacts
from db.queries.clients.merging import list_clients_by_phone
from desk.actors import AgentActor
from desk.clients import clients
from desk.clients.profile import (
    MAX_FIELD_NAME,
    MAX_FIELD_VALUE,
    MAX_FIELDS,
    MAX_NOTE,
    set_field,
)
from desk.conversations.threads import MAX_NAME_LENGTH
from desk.formatting.names import clean_name
from desk.formatting.times import format_time
from desk.phones import parse_typed

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_MAX_EMAIL = 190
_MIN_PHONE, _MAX_PHONE = 3, 32
_MAX_FOUND = 5
# Of a message of Telegram, which has room for 4096, so that the usage below fits in.
_MAX_SHOWN = 3500
_REMOVE = "-"


async def client(call: Call) -> Answer:
    """Show the customer, or set a detail: `/client email ann@example.com`; `-` removes it.

    What is shown ends with staff's own fields and its note.
    """
    field, _, value = call.argument.partition(" ")
    if not field:
        return await _describe(call)
    if refusal := call.refuse_non_holders():
        return refusal
    match field.lower(), value.strip():
        case "email" | "e-mail", given if given:
            return await _set_email(call, given)
        case "phone", given if given:
            return await _set_phone(call, given)
        case "name", given if given:
            return await _rename(call, given)
        case "note", given if given:
            return await _set_note(call, given)
        case "field", given if given:
            return await _set_field(call, given)
    return call.refuse("command.client_usage")


async def block(call: Call) -> Answer:
    """Block the customer: what they write is stored and not shown."""
    if refusal := call.refuse_non_holders():
        return refusal
    if not await clients.block(call.uow, call.thread.client_id, by=call.by):
        return call.refuse("command.blocked_already")
    return Answer(call.say("topic.blocked", agent=call.by.name), is_told=True)


async def unblock(call: Call) -> Answer:
    """Unblock the customer."""
    if refusal := call.refuse_non_holders():
        return refusal
    if not await clients.unblock(call.uow, call.thread.client_id, by=call.by):
        return call.refuse("command.not_blocked")
    return Answer(call.say("topic.unblocked", agent=call.by.name), is_told=True)


async def merge(call: Call) -> Answer:
    """Offer customers who may be the same person: by the same phone number, or by words."""
    if not isinstance(call.by, AgentActor):
        return call.refuse("agent.not_agent")
    found = await _find_others(call, call.by)
    if not found:
        return call.refuse("command.merge_none")
    buttons = [[_build_merge_button(call, each)] for each in found]
    return Answer(call.say("command.merge_whom"), buttons)


async def _describe(call: Call) -> Answer:
    thread, uow = call.thread, call.uow
    row = await find_client(uow.tx, thread.client_id, viewer=None)
    if row is None:
        return call.refuse("button.out_of_date")
    contacts = await list_contacts(uow.tx, row.id)
    names = [
        uow.channels[each.channel_id].name for each in contacts if each.channel_id in uow.channels
    ]
    lines = {
        "customer": row.name,
        "username": row.username and f"@{row.username}",
        "phone": row.phone,
        "email": row.email,
        "language": row.language,
        "since": f"{row.created_at.astimezone(uow.zone):%Y-%m-%d %H:%M}",
        "channels": ", ".join(names),
        "sessions": str(thread.session_count),
        "blocked": call.say("command.yes") if row.is_blocked else None,
        "no_broadcasts": _describe_stop(call, contacts),
    }
    told = [f"{call.say(f'client_fact.{key}')}: {value}" for key, value in lines.items() if value]
    told += [f"{field['name']}: {field['value']}" for field in row.fields or []]
    text = "\n".join([*told, *_describe_note(call, row)])
    if len(text) > _MAX_SHOWN:  # the console shows all of it
        text = f"{text[: _MAX_SHOWN - 1]}…"
    verb = "unblock" if row.is_blocked else "block"
    buttons = [
        [
            build_button(call.say(f"command.{verb}"), verb, ""),
            build_button(call.say("command.history"), "history", ""),
        ],
        [build_button(call.say("command.merge"), "merge", "")],
    ]
    return Answer(f"{text}\n\n{call.say('command.client_usage')}", buttons)


def _describe_stop(call: Call, contacts: Sequence[ContactRow]) -> str | None:
    """Return since when the customer wants no broadcasts, on any channel; None: they do."""
    since = min((at for each in contacts if (at := each.marketing_stopped_at)), default=None)
    return None if since is None else f"{since.astimezone(call.uow.zone):%Y-%m-%d %H:%M}"


def _describe_note(call: Call, row: ClientRow) -> list[str]:
    if row.note is None:
        return []
    at = format_time(datetime.fromisoformat(row.note["at"]), call.uow.zone)
    return ["", call.say("command.client_note", agent=row.note["by"], time=at), row.note["text"]]


async def _set_note(call: Call, given: str) -> Answer:
    note = None if given == _REMOVE else given
    if note is not None and len(note) > MAX_NOTE:
        return call.refuse("command.client_too_long", most=MAX_NOTE)
    await clients.set_note(call.uow, call.thread.client_id, note, by=call.by)
    return Answer(call.say("command.client_saved"))


async def _set_field(call: Call, given: str) -> Answer:
    """Set a field of staff's own: `/client field Address: 12 Elm Street`; `-` removes it."""
    name, _, value = (" ".join(part.split()) for part in given.partition(":"))
    if not name or not value:
        return call.refuse("command.client_usage")
    if len(name) > MAX_FIELD_NAME or len(value) > MAX_FIELD_VALUE:
        return call.refuse("command.client_too_long", most=f"{MAX_FIELD_NAME}/{MAX_FIELD_VALUE}")
    row = await find_client(call.uow.tx, call.thread.client_id, viewer=None)
    known = row.fields if row else None
    fields = set_field(known, name, None if value == _REMOVE else value)
    if len(fields or []) > max(MAX_FIELDS, len(known or [])):
        return call.refuse("command.client_too_many", most=MAX_FIELDS)
    await clients.set_fields(call.uow, call.thread.client_id, fields, by=call.by)
    return Answer(call.say("command.client_saved"))


async def _set_email(call: Call, given: str) -> Answer:
    email = None if given == _REMOVE else given
    if email is not None and (len(email) > _MAX_EMAIL or not _EMAIL.fullmatch(email)):
        return call.refuse("command.no_email")
    await clients.set_profile(call.uow, call.thread.client_id, {"email": email}, by=call.by)
    return Answer(call.say("command.client_saved"))


async def _set_phone(call: Call, given: str) -> Answer:
    phone = None if given == _REMOVE else parse_typed(given, call.uow.default_region)
    if phone is not None and not _MIN_PHONE <= len(phone) <= _MAX_PHONE:
        return call.refuse("command.no_phone")
    await clients.set_phone(call.uow, call.thread.client_id, phone, by=call.by)
    return Answer(call.say("command.client_saved"))


async def _rename(call: Call, given: str) -> Answer:
    name = clean_name(given, MAX_NAME_LENGTH)
    if name is None:
        return call.refuse("command.no_name")
    await clients.rename(call.uow, call.thread.client_id, name, by=call.by)
    return Answer(call.say("command.client_saved"), is_told=True)


async def _find_others(call: Call, agent: AgentActor) -> list[ClientRow]:
    """Find the customers that the agent may merge this one with."""
    thread, tx = call.thread, call.uow.tx
    viewer = None if agent.is_admin else agent.agent_id
    if not call.argument:
        same = thread.phone and await list_clients_by_phone(
            tx, thread.phone, besides=thread.client_id, most=_MAX_FOUND
        )
        rows = [await find_client(tx, each, viewer=viewer) for each in same or ()]
        return [each for each in rows if each is not None]
    page = await list_clients(
        tx, viewer=viewer, words=call.argument[:MAX_NAME_LENGTH], start=None, limit=_MAX_FOUND + 1
    )
    return [each for each in page.rows if each.id != thread.client_id][:_MAX_FOUND]


def _build_merge_button(call: Call, other: ClientRow) -> dict[str, str]:
    # Keep the client who wrote first, because theirs is the longer history.
    kept, joined = sorted((call.thread.client_id, other.id))
    known = ", ".join(filter(None, (other.phone, other.username and f"@{other.username}")))
    name = clean_name(other.name, 40) or "…"
    return {"text": f"{name} ({known})" if known else name, "data": f"join:{kept}:{joined}"}
