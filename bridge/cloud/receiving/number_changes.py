"""Customers whose numbers and ids change: the conversation goes on under the new ones."""

from dataclasses import replace

from bridge.cloud.receiving.identity import UnknownCustomerError, parse_number_change
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


async def apply_number_change(uow: UnitOfWork, channel: ServedChannel, message: Message) -> None:
    """Have a customer go on under a new identity; who keeps the number has another user id only."""
    found = parse_number_change(message)
    thread = await find_thread_by_address(uow, channel, *found.old_ids)
    if thread is None:
        raise UnknownCustomerError("somebody moved who never wrote to this desk")
    later, own = found.new_person, {thread.external_id, thread.alias, None}
    if later.phone is None and thread.external_id.isdecimal():
        later = replace(later, external_id=thread.external_id, alias=later.external_id)
    if later.external_id not in own:
        await inbound.receive_address_change(uow, channel, thread.external_id, later)
    elif later.alias not in own and await find_thread_by_address(uow, channel, later.alias) is None:
        await change_address(uow, thread, later)


async def follow_new_number(uow: UnitOfWork, channel: ServedChannel, person: Person) -> None:
    """Follow who writes from another number under the same user id; nobody said that they moved."""
    if person.alias is None or await find_thread_by_contact(uow, channel.id, person.external_id):
        return
    thread = await find_thread_by_address(uow, channel, person.alias)
    if thread is not None and thread.external_id.isdecimal():
        await inbound.receive_address_change(uow, channel, thread.external_id, person)
