"""Finds a customer's thread, and opens client, contact and conversation for a new one."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import insert, update

from db.dialect import get_table
from db.ids import ChannelId, ClientId, ContactId, ConversationId, MessageId, new_id
from db.queries.clients import merging
from db.queries.conversations import staff_places, threads
from db.queries.conversations.former_topics import find_conversation_by_former_topic
from db.queries.conversations.threads import Thread
from db.queries.messages import copies
from db.queues import outbox
from db.tables import ChannelKind, Client, Contact, Conversation, Queue, Side
from desk import lanes
from desk.channels import ServedChannel
from desk.content import Person
from desk.conversations.duplicates import ask_about_phone
from desk.errors import NotSettledYetError
from desk.phones import international
from desk.unit_of_work import Desk

clients = get_table(Client)
contacts = get_table(Contact)
conversations = get_table(Conversation)

# What speaks of a message that is being sent waits so long for its settlement, at the most. A
# settlement takes milliseconds, unless the provider's answer is slow or lost.
_SETTLED_WITHIN = timedelta(seconds=10)
# The clocks of our processes differ by less.
_CLOCKS_DIFFER = timedelta(seconds=2)


async def thread_of_contact(desk: Desk, channel_id: ChannelId, external_id: str) -> Thread | None:
    """Find the conversation of an address; None if nobody wrote from it yet."""
    known = desk.threads.get(("contact", channel_id, external_id))
    if known is None:
        for found in await threads.lock_by_contacts(desk.tx, channel_id, [external_id]):
            known = desk.remember(found)
    return known


async def thread_at(desk: Desk, channel: ServedChannel, *names: str | None) -> Thread | None:
    """Find the conversation of an address by any of its ids at the provider."""
    for name in filter(None, names):
        found = await thread_of_contact(desk, channel.id, name)
        if found is None and channel.traits.has_aliases:
            found = await _by_alias(desk, channel.id, name)
        if found is not None:
            return found
    return None


async def _by_alias(desk: Desk, channel_id: ChannelId, alias: str) -> Thread | None:
    for found in await threads.lock_by_aliases(desk.tx, channel_id, [alias]):
        # What this transaction has changed of it already is more than the row says.
        known = desk.threads.get(("conversation", found.conversation_id))
        return known or desk.remember(found)
    return None


async def thread_of_topic(desk: Desk, chat: str, topic: str) -> Thread | None:
    """Find the conversation that a topic of a staff group belongs to, or belonged to.

    What an agent wrote before the topic was deleted is an answer all the same.
    """
    known = desk.threads.get(("topic", chat, topic))
    if known is not None:
        return known
    for found in await threads.lock_by_topics(desk.tx, chat, [topic]):
        return desk.remember(found)
    once = await find_conversation_by_former_topic(desk.tx, chat, topic)
    return await thread_by_id(desk, once) if once is not None else None


async def thread_by_id(desk: Desk, conversation_id: ConversationId) -> Thread | None:
    """Find a conversation by its id."""
    known = desk.threads.get(("conversation", conversation_id))
    if known is None:
        for found in await threads.lock_by_ids(desk.tx, [conversation_id]):
            known = desk.remember(found)
    return known


async def message_answered(
    desk: Desk, channel_id: ChannelId, chat: str, provider_id: str | None
) -> MessageId | None:
    """Find the message that a reply answers, by the copy that the writer replied to."""
    if provider_id is None:
        return None
    in_hand = desk.link_in_hand(channel_id, chat, provider_id)
    if in_hand is not None:
        return in_hand
    place = (channel_id, chat, provider_id)
    if place in desk.copies_known:
        return desk.copies_known[place]
    found = await copies.find_message_at(desk.tx, channel_id, chat, provider_id)
    return found[0] if found else None


async def message_meant(
    desk: Desk, thread: Thread, side: Side, chat: str, provider_id: str | None
) -> MessageId | None:
    """Find the message whose copy on one side of a conversation a reply or a reaction is about.

    Raises NotSettledYetError where that copy may be one that is being sent in this moment: whoever
    got it may be quicker than our settlement.
    """
    if provider_id is None:
        return None
    channel_id = _channel_on(desk, thread, side)
    known = await message_answered(desk, channel_id, chat, provider_id)
    if known is not None:
        return known
    await wait_for_settlement(desk, thread, side)
    # Settled since it was looked up?
    found = await copies.find_message_at(desk.tx, channel_id, chat, provider_id)
    return found[0] if found else None


async def message_meant_in_group(
    desk: Desk, channel_id: ChannelId, chat: str, provider_id: str
) -> tuple[MessageId, ConversationId] | None:
    """Find the message whose copy in a staff group a reaction is about, and its conversation.

    Raises NotSettledYetError as `message_meant` does.
    """
    found = await copies.find_message_at(desk.tx, channel_id, chat, provider_id)
    if found is None and (before := _sent_before(desk)) is not None:
        gate = lanes.group_gate(channel_id, chat)
        if await outbox.is_being_sent_through(desk.tx, Queue.STAFF, gate, before):
            raise NotSettledYetError
        found = await copies.find_message_at(desk.tx, channel_id, chat, provider_id)
    return found


async def wait_for_settlement(desk: Desk, thread: Thread, side: Side) -> None:
    """Raise NotSettledYetError while a message to one side of a conversation is being sent."""
    before = _sent_before(desk)
    if before is None:
        return
    queue = Queue.CUSTOMER if side is Side.CUSTOMER else Queue.STAFF
    lane = lanes.lane_of(side, thread.conversation_id)
    if await outbox.is_being_sent(desk.tx, queue, lane, before):
        raise NotSettledYetError


def _sent_before(desk: Desk) -> datetime | None:
    """Tell when what the update at hand speaks of was put at the latest; None: wait for none."""
    if desk.came_at is None or desk.now - desk.came_at > _SETTLED_WITHIN:
        return None
    return desk.came_at + _CLOCKS_DIFFER


def _channel_on(desk: Desk, thread: Thread, side: Side) -> ChannelId:
    channel = desk.channel_of(thread)
    return channel.id if side is Side.CUSTOMER else channel.staff_channel_id


async def look_for_copies(
    desk: Desk, channel_id: ChannelId, places: Collection[tuple[str, str]]
) -> None:
    """Look up at once what stands at these places of a channel: (address, provider's id).

    Of those alone whose address is at hand: another may be a second id of a known one.
    """
    wanted = {
        (thread.external_id, provider_id)
        for address, provider_id in places
        if (thread := desk.threads.get(("contact", channel_id, address))) is not None
    }
    if wanted:
        found = await copies.find_messages_at(desk.tx, channel_id, wanted)
        for chat, provider_id in wanted:
            known = found.get((chat, provider_id))
            desk.copies_known[channel_id, chat, provider_id] = known


async def open_thread(desk: Desk, channel: ServedChannel, person: Person) -> Thread:
    """Find a customer's thread or open one, and keep the customer's name up to date."""
    thread = await thread_at(desk, channel, person.external_id, person.alias)
    if thread is None:
        return await _new_thread(desk, channel, person)
    if person.alias or person.phone:
        await learn(desk, thread, person)
    if channel.staff_groups and thread.staff_chat not in channel.staff_groups:
        await _give_staff_group(desk, thread, channel)
    if thread.own_client_id is not None:
        return thread  # they are joined to somebody who goes by another name
    name = thread.name if thread.is_renamed else person.name
    if (thread.name, thread.username) != (name, person.username):
        await _rename(desk, thread, name, person.username)
    return thread


async def _new_thread(desk: Desk, channel: ServedChannel, person: Person) -> Thread:
    own_id, client_id = await _client(desk, channel, person)
    contact_id, conversation_id = ContactId(new_id()), ConversationId(new_id())
    await desk.tx.execute(
        insert(contacts).values(
            id=contact_id,
            client_id=client_id,
            own_client_id=None if own_id == client_id else own_id,
            channel_id=channel.id,
            external_id=person.external_id,
            alias=person.alias,
            created_at=desk.now,
        )
    )
    await desk.tx.execute(
        insert(conversations).values(
            id=conversation_id,
            contact_id=contact_id,
            channel_id=channel.id,
            staff_chat=await _choose_group(desk, channel),
            unread_count=0,
            session_count=0,
            is_active=True,
            last_message_at=desk.now,
            created_at=desk.now,
        )
    )
    thread = await thread_by_id(desk, conversation_id)
    assert thread is not None  # noqa: S101 written just above, in this transaction
    if person.phone:
        await ask_about_phone(desk, thread)
    return thread


async def _client(desk: Desk, channel: ServedChannel, person: Person) -> tuple[ClientId, ClientId]:
    """Find the client behind a Telegram account on whichever bot, or make one.

    Returns who it is by itself, and who that is joined to, or the same again.
    """
    telegram_id = person.external_id if channel.kind is ChannelKind.TELEGRAM else None
    if telegram_id is not None:
        found = await merging.find_owner(desk.tx, telegram_id)
        if found is not None:
            return found
    client_id = ClientId(new_id())
    await desk.tx.execute(
        insert(clients).values(
            id=client_id,
            name=person.name,
            username=person.username,
            telegram_id=telegram_id,
            language=person.language,
            phone=international(person.phone) if person.phone else None,
            is_blocked=False,
            created_at=desk.now,
        )
    )
    return client_id, client_id


async def learn(desk: Desk, thread: Thread, person: Person) -> None:
    """Keep what the provider says of an address beside its name: another id of it, its number."""
    names = (name for name in (person.external_id, person.alias) if name)
    other = next((name for name in names if name != thread.external_id), None)
    if thread.alias is None and other is not None:
        await desk.tx.execute(
            update(contacts).where(contacts.c.id == thread.contact_id).values(alias=other)
        )
        thread.alias = other
    if thread.phone is None and person.phone is not None:
        await _set_phone(desk, thread, person.phone)


async def _set_phone(desk: Desk, thread: Thread, given: str) -> None:
    """Keep a number that the provider vouches for, and ask staff who else has it."""
    phone = international(given)
    if phone is None:
        return
    await desk.tx.execute(
        update(clients).where(clients.c.id == thread.client_id).values(phone=phone)
    )
    thread.phone = phone
    await ask_about_phone(desk, thread)


async def readdress(desk: Desk, thread: Thread, person: Person) -> None:
    """Give a conversation another id at the provider, with all that stands under the former."""
    contact = update(contacts).where(contacts.c.id == thread.contact_id)
    await desk.tx.execute(
        contact.values(external_id=person.external_id, alias=person.alias, unreachable=None)
    )
    desk.copies_known.clear()
    await copies.move_chat(desk.tx, thread.channel_id, thread.external_id, person.external_id)
    if person.phone is not None and person.phone != thread.phone:
        await _set_phone(desk, thread, person.phone)
    gate = lanes.person_gate(thread.channel_id, thread.external_id)
    thread.external_id, thread.alias = person.external_id, person.alias
    await staff_places.change_rate_limit_key(
        desk.tx, gate, lanes.person_gate(thread.channel_id, person.external_id)
    )
    desk.remember(thread)
    desk.refresh_card(thread)


async def _give_staff_group(desk: Desk, thread: Thread, channel: ServedChannel) -> None:
    """Give a conversation a group that serves the channel: it has none, or one that left."""
    if thread.staff_chat in await staff_places.read_staff_groups(desk.tx, channel.id):
        return  # it serves since a moment ago, or has moved
    chat = await _choose_group(desk, channel)
    if chat is not None:
        await staff_places.move_conversation(desk.tx, thread.conversation_id, chat)
        thread.staff_chat, thread.staff_topic, thread.staff_card = chat, None, None


async def _choose_group(desk: Desk, channel: ServedChannel) -> str | None:
    """Choose among the groups as they are kept, which this process may not have read yet.

    Whoever wrote a row of this channel before, in this transaction, chooses none that is removed at
    the same time: the removal waits for the row's reference, or the row for the removal.
    """
    groups = await staff_places.read_staff_groups(desk.tx, channel.id)
    return desk.choose_group(replace(channel, staff_groups=groups))


async def _rename(desk: Desk, thread: Thread, name: str, username: str | None) -> None:
    await desk.tx.execute(
        update(clients).where(clients.c.id == thread.client_id).values(name=name, username=username)
    )
    thread.name, thread.username = name, username
    desk.refresh_card(thread)
