"""Find a customer's thread, or create client, contact and conversation for a new customer."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from db.ids import ChannelId, ClientId, ConversationId, MessageId
from db.queries.clients import clients, contacts, merging
from db.queries.conversations import staff_groups, staff_places, threads
from db.queries.conversations.threads import Thread
from db.queries.messages import copies
from db.queues import outbox
from db.tables import Queue, Side
from desk import lanes
from desk.channels import ServedChannel
from desk.content import IncomingMessage, Person
from desk.conversations.duplicates import ask_about_same_phone
from desk.conversations.staff_groups import find_staff_group
from desk.errors import NotSettledYetError
from desk.events import ClientChanged
from desk.formatting.names import clean_name
from desk.phones import parse_international
from desk.unit_of_work import UnitOfWork

# How long an update that refers to a message being sent waits for its settlement. A settlement
# takes milliseconds, unless the provider's answer is slow or lost.
_SETTLED_WITHIN = timedelta(seconds=10)
# The clocks of our processes differ by less than this.
_CLOCKS_DIFFER = timedelta(seconds=2)
# As long as its column.
MAX_NAME_LENGTH = 190


async def find_thread_by_contact(
    uow: UnitOfWork, channel_id: ChannelId, external_id: str
) -> Thread | None:
    """Find the conversation of an address; return None if there is none yet."""
    known = uow.threads.get(("contact", channel_id, external_id))
    if known is None:
        for found in await threads.lock_by_contacts(uow.tx, channel_id, [external_id]):
            known = uow.add_thread(found)
    return known


async def find_thread_by_address(
    uow: UnitOfWork, channel: ServedChannel, *names: str | None
) -> Thread | None:
    """Find the conversation of an address by any of its ids at the provider."""
    for name in filter(None, names):
        found = await find_thread_by_contact(uow, channel.id, name)
        if found is None and channel.traits.has_aliases:
            found = await _find_by_alias(uow, channel.id, name)
        if found is not None:
            return found
    return None


async def _find_by_alias(uow: UnitOfWork, channel_id: ChannelId, alias: str) -> Thread | None:
    for found in await threads.lock_by_aliases(uow.tx, channel_id, [alias]):
        # Changes of this transaction are not in the row yet.
        known = uow.threads.get(("conversation", found.conversation_id))
        return known or uow.add_thread(found)
    return None


async def find_thread_by_topic(
    uow: UnitOfWork, channel_id: ChannelId, chat: str, topic: str
) -> Thread | None:
    """Find the conversation that a topic of a bot's chat belongs to, or belonged to.

    Topics of other bots in the same chat, and those that staff opened for itself, have none.
    """
    name = ("topic", channel_id, chat, topic)
    if name not in uow.threads:
        await load_threads_of_topics(uow, channel_id, chat, [topic])
    return uow.threads.get(name)


async def load_threads_of_topics(
    uow: UnitOfWork, channel_id: ChannelId, chat: str, topics: Sequence[str]
) -> None:
    """Load the conversations of these topics of a bot's chat at once."""
    for topic, found in (await threads.lock_by_topics(uow.tx, channel_id, chat, topics)).items():
        # Changes of this transaction are not in the row yet.
        known = uow.threads.get(("conversation", found.conversation_id))
        uow.threads["topic", channel_id, chat, topic] = known or uow.add_thread(found)


async def find_thread(uow: UnitOfWork, conversation_id: ConversationId) -> Thread | None:
    """Find a conversation by its id."""
    known = uow.threads.get(("conversation", conversation_id))
    if known is None:
        for found in await threads.lock_by_ids(uow.tx, [conversation_id]):
            known = uow.add_thread(found)
    return known


async def find_message(
    uow: UnitOfWork, channel_id: ChannelId, chat: str, provider_id: str | None
) -> MessageId | None:
    """Find the message whose copy stands at this place of a chat; return None if there is none."""
    if provider_id is None:
        return None
    collected = uow.find_collected_message(channel_id, chat, provider_id)
    if collected is not None:
        return collected
    place = (channel_id, chat, provider_id)
    if place in uow.known_copies:
        return uow.known_copies[place]
    found = await copies.find_message_at(uow.tx, channel_id, chat, provider_id)
    return found[0] if found else None


async def find_referenced_message(
    uow: UnitOfWork, thread: Thread, side: Side, chat: str, provider_id: str | None
) -> MessageId | None:
    """Find the message whose copy on one side of a conversation a reply or a reaction refers to.

    Raises NotSettledYetError if that copy may be being sent right now: the recipient may answer
    before our settlement is committed.
    """
    if provider_id is None:
        return None
    channel_id = thread.channel_id if side is Side.CUSTOMER else uow.staff_channel_in(thread, chat)
    known = await find_message(uow, channel_id, chat, provider_id)
    if known is not None:
        return known
    await wait_for_settlement(uow, thread, side, chat)
    # It may have been settled since the first lookup.
    found = await copies.find_message_at(uow.tx, channel_id, chat, provider_id)
    return found[0] if found else None


async def find_referenced_in_group(
    uow: UnitOfWork, channel_id: ChannelId, chat: str, provider_id: str
) -> tuple[MessageId, ConversationId] | None:
    """Find the message whose copy in a chat of staff a reaction refers to, and its conversation.

    Raises NotSettledYetError as `find_referenced_message` does.
    """
    found = await copies.find_message_at(uow.tx, channel_id, chat, provider_id)
    if found is None and (before := _sent_before(uow)) is not None:
        for limit_key in (lanes.group_limit_key, lanes.person_limit_key):
            name = limit_key(channel_id, chat)
            if await outbox.is_being_sent_for_key(uow.tx, Queue.STAFF, name, before):
                raise NotSettledYetError
        found = await copies.find_message_at(uow.tx, channel_id, chat, provider_id)
    return found


async def wait_for_settlement(uow: UnitOfWork, thread: Thread, side: Side, chat: str) -> None:
    """Raise NotSettledYetError while a message to a chat of a conversation is being sent."""
    before = _sent_before(uow)
    if before is None:
        return
    queue, lane = Queue.CUSTOMER, lanes.customer_lane(thread.conversation_id)
    if side is Side.STAFF:
        place = thread.find_place_in(chat)
        if place is None:
            return  # nothing is sent there any more
        queue, lane = Queue.STAFF, lanes.staff_lane(place.id)
    if await outbox.is_being_sent(uow.tx, queue, lane, before):
        raise NotSettledYetError


def _sent_before(uow: UnitOfWork) -> datetime | None:
    """Return the latest time at which this update's message can have been enqueued.

    None means: wait for nothing.
    """
    if uow.came_at is None or uow.now - uow.came_at > _SETTLED_WITHIN:
        return None
    return uow.came_at + _CLOCKS_DIFFER


async def preload_copies(
    uow: UnitOfWork, channel_id: ChannelId, places: Collection[tuple[str, str]]
) -> None:
    """Load at once the messages at these places of a channel: (address, provider's id).

    Places whose thread is not loaded are left out: another address may be a second id of a known
    one.
    """
    wanted = {
        (thread.external_id, provider_id)
        for address, provider_id in places
        if (thread := uow.threads.get(("contact", channel_id, address))) is not None
    }
    if wanted:
        found = await copies.find_messages_at(uow.tx, channel_id, wanted)
        for chat, provider_id in wanted:
            known = found.get((chat, provider_id))
            uow.known_copies[channel_id, chat, provider_id] = known


async def ensure_thread(uow: UnitOfWork, channel: ServedChannel, person: Person) -> Thread:
    """Find a customer's thread or create it, and keep the customer's name up to date."""
    thread = await find_thread_by_address(uow, channel, person.external_id, person.alias)
    if thread is None:
        return await _create_thread(uow, channel, person)
    if person.alias or person.phone:
        await update_contact(uow, thread, person)
    if _needs_group(uow, thread, channel):
        await _assign_staff_group(uow, thread, channel)
    await _update_profile(uow, thread, person)
    return thread


async def _create_thread(uow: UnitOfWork, channel: ServedChannel, person: Person) -> Thread:
    own_id, client_id = await _find_or_create_client(uow, person)
    contact_id = await contacts.add_contact(
        uow.tx,
        client_id=client_id,
        own_client_id=None if own_id == client_id else own_id,
        channel_id=channel.id,
        external_id=person.external_id,
        alias=person.alias,
        now=uow.now,
    )
    conversation_id = await threads.add_conversation(
        uow.tx, contact_id=contact_id, channel_id=channel.id, now=uow.now
    )
    if uow.channels.find_desk_bot(channel.id) is None:  # otherwise its holder's chat shows it
        await _add_group_place(uow, conversation_id, channel)
    thread = await find_thread(uow, conversation_id)
    assert thread is not None  # noqa: S101 written just above, in this transaction
    if person.phone:
        await ask_about_same_phone(uow, thread)
    return thread


async def _find_or_create_client(uow: UnitOfWork, person: Person) -> tuple[ClientId, ClientId]:
    """Find the client behind a Telegram account, on any bot, or create one.

    Returns the client itself, and the client that it is merged into (or the same again).
    """
    if person.telegram_id is not None:
        found = await merging.find_owner(uow.tx, person.telegram_id)
        if found is not None:
            return found
    client_id = await clients.add_client(
        uow.tx,
        name=choose_name(person),
        username=person.username,
        telegram_id=person.telegram_id,
        language=person.language,
        phone=parse_international(person.phone) if person.phone else None,
        now=uow.now,
    )
    return client_id, client_id


async def update_contact(uow: UnitOfWork, thread: Thread, person: Person) -> None:
    """Save what the provider knows of an address beside its name: a second id, a phone number."""
    names = (name for name in (person.external_id, person.alias) if name)
    other = next((name for name in names if name != thread.external_id), None)
    if thread.alias is None and other is not None and await _is_free(uow, thread, other):
        await contacts.set_alias(uow.tx, thread.contact_id, other)
        thread.alias = other
    if thread.phone is None and person.phone is not None:
        await _set_phone(uow, thread, person.phone)


async def _is_free(uow: UnitOfWork, thread: Thread, name: str) -> bool:
    """Check that nobody has written under an id: if somebody has, they are two people so far."""
    return await find_thread_by_address(uow, uow.channel_of(thread), name) is None


async def _set_phone(uow: UnitOfWork, thread: Thread, given: str) -> None:
    """Save a number that the provider vouches for, and ask staff about others who have it."""
    phone = parse_international(given)
    if phone is None:
        return
    await clients.update_client(uow.tx, thread.client_id, phone=phone)
    uow.events.add(ClientChanged(thread.client_id))
    thread.phone = phone
    await ask_about_same_phone(uow, thread)


async def remember_chat_topic(uow: UnitOfWork, thread: Thread, said: IncomingMessage) -> None:
    """Save which topic of their own chat a customer wrote in: they are answered there."""
    if thread.chat_topic != said.topic:
        await contacts.set_chat_topic(uow.tx, thread.contact_id, said.topic)
        thread.chat_topic = said.topic


async def change_address(uow: UnitOfWork, thread: Thread, person: Person) -> None:
    """Give a conversation a new id at the provider, with everything stored under the former one."""
    await contacts.change_address(uow.tx, thread.contact_id, person.external_id, person.alias)
    uow.known_copies.clear()
    await copies.move_chat(uow.tx, thread.channel_id, thread.external_id, person.external_id)
    if person.phone is not None and person.phone != thread.phone:
        await _set_phone(uow, thread, person.phone)
    rate_limit_key = lanes.person_limit_key(thread.channel_id, thread.external_id)
    thread.external_id, thread.alias = person.external_id, person.alias
    await staff_groups.change_rate_limit_key(
        uow.tx, rate_limit_key, lanes.person_limit_key(thread.channel_id, person.external_id)
    )
    uow.add_thread(thread)
    uow.refresh_card(thread)


def _needs_group(uow: UnitOfWork, thread: Thread, channel: ServedChannel) -> bool:
    """Check whether a conversation that groups show is in none of the channel's."""
    if not channel.staff_groups or _staff_group_of(thread) in channel.staff_groups:
        return False
    return uow.channels.find_desk_bot(channel.id) is None


def _staff_group_of(thread: Thread) -> str | None:
    return thread.group_place.chat if thread.group_place else None


async def _assign_staff_group(uow: UnitOfWork, thread: Thread, channel: ServedChannel) -> None:
    """Assign a staff group to a conversation that has none, or whose group left the channel."""
    stored = await staff_groups.read_staff_groups(uow.tx, channel.id)
    if _staff_group_of(thread) in stored.groups:
        return  # the group was added a moment ago, or has moved
    if thread.group_place is None:
        await _add_group_place(uow, thread.conversation_id, channel)
    elif group := uow.choose_group(replace(channel, staff_groups=stored.groups)):
        await staff_places.move_place(uow.tx, thread.group_place.id, group)
    (changed,) = await threads.read_by_ids(uow.tx, [thread.conversation_id])
    thread.places = changed.places


async def _add_group_place(
    uow: UnitOfWork, conversation_id: ConversationId, channel: ServedChannel
) -> None:
    """Show a conversation in one of the channel's groups."""
    group = await find_staff_group(uow, channel)
    if group is not None:
        await staff_places.add_place(uow.tx, conversation_id, channel_id=group.bot, chat=group.chat)


def choose_name(person: Person) -> str:
    """Return what to call a person: their own name if it can be seen, else how they are known."""
    number = person.phone or person.external_id.partition("@")[0]
    return clean_name(person.name, MAX_NAME_LENGTH) or person.username or number


async def _update_profile(uow: UnitOfWork, thread: Thread, person: Person) -> None:
    """Save a customer's new name, user name and language; what they do not tell stays."""
    changes: dict[str, str | None] = {}
    is_told = not thread.is_language_chosen
    if is_told and person.language and person.language != thread.language:
        changes["language"] = thread.language = person.language
    # A client who was merged into another one has that one's name.
    if thread.own_client_id is None:
        name = None if thread.is_renamed else clean_name(person.name, MAX_NAME_LENGTH)
        if name and name != thread.name:
            changes["name"] = thread.name = name
        if person.username != thread.username and (person.username or person.telegram_id):
            changes["username"] = thread.username = person.username
    if changes:
        await clients.update_client(uow.tx, thread.client_id, **changes)
        uow.events.add(ClientChanged(thread.client_id))
        uow.refresh_card(thread)


async def learn_name(uow: UnitOfWork, channel: ServedChannel, external_id: str, name: str) -> None:
    """Name a known customer who has no name but their number or id."""
    thread = await find_thread_by_address(uow, channel, external_id)
    if thread is None or thread.is_renamed:
        return
    stand_ins = {thread.external_id, f"+{thread.external_id}", thread.alias, thread.phone}
    if thread.name in stand_ins:
        await _update_profile(uow, thread, Person(thread.external_id, name))
