"""Handle what concerns a customer and is no message: calls, preferences, names, groups."""

import structlog

from bridge.cloud.receiving.account_events import notify_admins
from bridge.cloud.receiving.causes import MESSAGES, find_cause
from bridge.cloud.receiving.identity import UnidentifiedPersonError, to_author, to_person
from bridge.cloud.receiving.inbound import MessageContext, parse_contents_of
from bridge.cloud.receiving.webhook_models import (
    Call,
    Contact,
    ContactSync,
    Metadata,
    Preference,
)
from desk.causes import Cause
from desk.channels import ServedChannel
from desk.conversations.threads import choose_name, learn_name
from desk.messages.inbound import report_event
from desk.messages.marketing import set_marketing_wanted
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

_BY_BUSINESS = "BUSINESS_INITIATED"
_MARKETING = {"", "marketing_messages"}
_STOPPED = {"stop": False, "resume": True}
_MAX_TEXT = 200


async def handle_call(
    uow: UnitOfWork,
    channel: ServedChannel,
    call: Call,
    contact: Contact | None,
    metadata: Metadata,
) -> None:
    """Notify staff that a customer called: in their topic, or an admin if nobody is known.

    A call is reported when it begins and when it ends; staff is told once. Calls of another program
    to a customer are no news.
    """
    ours = {metadata.display_phone_number, None}
    if call.direction == _BY_BUSINESS or {call.from_, call.from_user_id} <= ours:
        log.info("whatsapp.ignored", what="a call of ours", call_event=call.event)
        return
    try:
        person = to_person(call.from_, call.from_user_id, contact=contact)
    except UnidentifiedPersonError:
        log.info("whatsapp.ignored", what="a call of nobody", call_event=call.event)
        return
    names, text = (person.external_id, person.alias), uow.text_for_staff("whatsapp.called")
    if not await report_event(uow, channel, names, Cause.CALL, text, dedup_key=f"call:{call.id}"):
        name = choose_name(person)
        who = name if person.phone in {None, name} else f"{name} ({person.phone})"
        text = uow.text_for_staff("whatsapp.stranger_called", who=who, channel=channel.name)
        await notify_admins(uow, channel, text, about=f"call:{person.external_id}")


async def handle_preference(
    uow: UnitOfWork, channel: ServedChannel, preference: Preference, contact: Contact | None
) -> None:
    """Keep that a customer stops or resumes marketing messages."""
    is_wanted = _STOPPED.get((preference.value or "").lower())
    about = contact or Contact()
    names = (preference.wa_id, preference.user_id, about.wa_id, about.user_id)
    is_marketing = (preference.category or "").lower() in _MARKETING
    if is_wanted is None or not is_marketing:
        log.info("whatsapp.ignored", what="a preference", category=preference.category)
    elif not await set_marketing_wanted(uow, channel, names, is_wanted=is_wanted):
        log.info("whatsapp.ignored", what="the preference of a stranger")


async def handle_contact_name(uow: UnitOfWork, channel: ServedChannel, sync: ContactSync) -> None:
    """Name a customer as the business's phone does, if WhatsApp never told us a name.

    People who are in the phone's contacts only are no customers.
    """
    saved = sync.contact
    name = " ".join(((saved.full_name or saved.first_name or "") if saved else "").split())
    if saved is None or not saved.phone_number or not name or sync.action == "remove":
        return
    await learn_name(uow, channel, to_person(saved.phone_number).external_id, name[:190])


async def handle_group_message(
    uow: UnitOfWork, channel: ServedChannel, incoming: MessageContext
) -> None:
    """Notify an admin, once an hour, that somebody wrote in a group: groups are not served here."""
    try:
        who = choose_name(to_author(incoming.message, incoming.contact))
    except UnidentifiedPersonError:
        who = "?"
    log.info("whatsapp.ignored", what="a message in a group", type=incoming.message.type)
    if find_cause(incoming.message) not in MESSAGES:
        return
    text = parse_contents_of(uow, incoming)[0].text or ""
    words = uow.text_for_staff(
        "whatsapp.group_message", who=who, channel=channel.name, text=text[:_MAX_TEXT] or "—"
    )
    await notify_admins(uow, channel, words, about=f"group:{incoming.message.group_id}")
