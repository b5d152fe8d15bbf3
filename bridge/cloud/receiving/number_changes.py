"""Customers whose numbers and ids change: the conversation goes on under the new ones."""

from dataclasses import replace

from bridge.cloud.receiving.identity import StrangerError, move
from bridge.cloud.receiving.webhook_models import Message
from desk.channels import ServedChannel
from desk.content import Person
from desk.conversations.threads import readdress, thread_at, thread_of_contact
from desk.messages import inbound
from desk.unit_of_work import Desk


async def moved(desk: Desk, channel: ServedChannel, message: Message) -> None:
    """Have a customer go on under a new identity; who keeps the number has another user id only."""
    found = move(message)
    thread = await thread_at(desk, channel, *found.former)
    if thread is None:
        raise StrangerError("somebody moved who never wrote to this desk")
    later, own = found.later, {thread.external_id, thread.alias, None}
    if later.phone is None and thread.external_id.isdecimal():
        later = replace(later, external_id=thread.external_id, alias=later.external_id)
    if later.external_id not in own:
        await inbound.moved(desk, channel, thread.external_id, later)
    elif later.alias not in own and await thread_at(desk, channel, later.alias) is None:
        await readdress(desk, thread, later)


async def follow(desk: Desk, channel: ServedChannel, person: Person) -> None:
    """Follow who writes from another number under the same user id; nobody said that they moved."""
    if person.alias is None or await thread_of_contact(desk, channel.id, person.external_id):
        return
    thread = await thread_at(desk, channel, person.alias)
    if thread is not None and thread.external_id.isdecimal():
        await inbound.moved(desk, channel, thread.external_id, person)
