"""Move a customer's conversation to a new number or id."""

from dataclasses import replace

import structlog

from bridge.cloud.receiving.identity import parse_number_change
from bridge.cloud.receiving.webhook_models import Message
from desk.channels import ServedChannel
from desk.content import Person
from desk.conversations.threads import (
    change_address,
    find_thread_by_address,
    find_thread_by_contact,
)
from desk.messages import inbound
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)


async def apply_number_change(uow: UnitOfWork, channel: ServedChannel, message: Message) -> None:
    """Give a customer a new identity; a customer who keeps the number only gets a new user id."""
    change = parse_number_change(message)
    thread = await find_thread_by_address(uow, channel, *change.old_ids)
    if thread is None:
        log.info("whatsapp.ignored", what="the new number of a stranger")
        return
    person, own = change.new_person, {thread.external_id, thread.alias, None}
    if person.phone is None and thread.external_id.isdecimal():
        person = replace(person, external_id=thread.external_id, alias=person.external_id)
    if person.external_id not in own:
        await inbound.receive_address_change(uow, channel, thread.external_id, person)
    elif (
        person.alias not in own and await find_thread_by_address(uow, channel, person.alias) is None
    ):
        await change_address(uow, thread, person)


async def follow_new_number(uow: UnitOfWork, channel: ServedChannel, person: Person) -> None:
    """Move a customer who writes from a new number with the same user id.

    WhatsApp sent no notice of the change.
    """
    if person.alias is None or await find_thread_by_contact(uow, channel.id, person.external_id):
        return
    thread = await find_thread_by_address(uow, channel, person.alias)
    if thread is not None and thread.external_id.isdecimal():
        await inbound.receive_address_change(uow, channel, thread.external_id, person)
