"""What a customer does: writes, edits, reacts, starts, blocks."""

from dataclasses import replace

from sqlalchemy import update

from db.dialect import get_table
from db.ids import MessageId
from db.queries.conversations.reply_window import ReplyWindowUpdate
from db.queries.conversations.threads import Thread
from db.tables import (
    Contact,
    DeliveryState,
    Direction,
    MessageType,
    OutboxKind,
    SenderType,
    Side,
)
from desk.channels import ServedChannel
from desk.content import Content, Person, Said
from desk.conversations.duplicates import ask_about_move
from desk.conversations.notices import tell_beside, tell_topic
from desk.conversations.sessions import ensure_session
from desk.conversations.threads import (
    message_answered,
    message_meant,
    open_thread,
    readdress,
    thread_at,
    thread_of_contact,
)
from desk.formatting.splitting import parts_of
from desk.messages import window, window_timer
from desk.messages.edits import Change, keep_edit, mark_taken_back, note_early_edit, was_overtaken
from desk.unit_of_work import Desk

contacts = get_table(Contact)


async def started(desk: Desk, channel: ServedChannel, person: Person, said: Said) -> None:
    """Greet a customer who pressed Start, and open a session for them."""
    thread = await open_thread(desk, channel, person)
    if thread.is_blocked:
        return
    text = desk.for_customer(thread, "customer.welcome", name=person.name)
    desk.to_customer(thread, OutboxKind.NOTICE, {"content": Content(text=text).to_json()})
    await ensure_session(desk, thread)
    if thread.staff_topic is None:
        desk.introduce(thread)
    _keep(desk, thread, said)
    await _reachable_again(desk, thread)


async def wrote(desk: Desk, channel: ServedChannel, person: Person, said: Said) -> None:
    """Keep a customer's message, and have it copied into the conversation's topic."""
    thread = await open_thread(desk, channel, person)
    if thread.is_blocked:
        return
    said = _in_thread(thread, said)
    if await was_overtaken(desk, channel, thread, said):
        return
    await _write(desk, channel, thread, said)


async def _write(desk: Desk, channel: ServedChannel, thread: Thread, said: Said) -> MessageId:
    await ensure_session(desk, thread)
    reply_to = await message_meant(desk, thread, Side.CUSTOMER, said.chat, said.reply_to)
    message_id = desk.write_message(
        thread,
        said.content,
        sender=SenderType.CLIENT,
        direction=Direction.INBOUND,
        state=DeliveryState.RECEIVED,
        reply_to=reply_to,
        author_name=thread.name,
    )
    desk.link(message_id, channel.id, Side.CUSTOMER, said)
    desk.customer_wrote(thread)
    hold = said.content.album is not None
    for part in parts_of(said.content):  # other channels take longer texts than the staff's
        payload = {"content": part.to_json(), "reply_to": reply_to}
        desk.to_staff(thread, OutboxKind.COPY, payload, message_id=message_id, hold=hold)
        reply_to = None
    await _heard(desk, channel, thread, said)
    await _reachable_again(desk, thread)
    return message_id


async def _heard(desk: Desk, channel: ServedChannel, thread: Thread, said: Said) -> None:
    """Note what the provider counts from: until when to answer freely, what is to be read."""
    traits = channel.traits
    was_open = window.is_open(thread, channel, desk.now)
    if traits.reply_window is not None:
        until = (said.at or desk.now) + traits.reply_window
        if thread.reply_until is None or until > thread.reply_until:
            thread.reply_until = until
            desk.heard.setdefault(thread.conversation_id, ReplyWindowUpdate()).reply_until = until
    if traits.marks_read:
        thread.last_inbound_id = said.provider_id
        desk.heard.setdefault(
            thread.conversation_id, ReplyWindowUpdate()
        ).last_inbound_id = said.provider_id
    if not was_open:
        await window_timer.opened(desk, thread)


def _in_thread(thread: Thread, said: Said) -> Said:
    """Place what was said where the conversation stands, whichever id of it the provider named."""
    return said if said.chat == thread.external_id else replace(said, chat=thread.external_id)


async def edited(desk: Desk, channel: ServedChannel, person: Person, said: Said) -> None:
    """Keep the new text of a customer's message beside the old one, and show it to staff."""
    thread = await open_thread(desk, channel, person)
    said = _in_thread(thread, said)
    message_id = await message_answered(desk, channel.id, said.chat, said.provider_id)
    if message_id is None:
        if not thread.is_blocked:
            message_id = await _write(desk, channel, thread, said)
            await note_early_edit(desk, message_id, said.at)
        return
    at = said.at if channel.traits.overtakes else None
    change = await keep_edit(desk, message_id, said.content, at)
    if thread.is_blocked:
        return
    payload = {"message": message_id, "content": said.content.to_json()}
    if change is Change.TEXT:
        desk.to_staff(thread, OutboxKind.EDIT, payload, message_id=message_id)
    elif change is Change.FILE:  # a copy cannot change its file at every provider: copy it anew
        desk.to_staff(thread, OutboxKind.COPY, payload, message_id=message_id)


async def reacted(
    desk: Desk, channel: ServedChannel, external_id: str, provider_id: str, emoji: str
) -> None:
    """Show a customer's reaction on the staff's copy; an empty `emoji` takes it back."""
    thread = await thread_at(desk, channel, external_id)
    if thread is None:
        return
    chat = thread.external_id
    message_id = await message_meant(desk, thread, Side.CUSTOMER, chat, provider_id)
    if message_id is not None:
        desk.to_staff(thread, OutboxKind.REACTION, {"message": message_id, "emoji": emoji})


async def revoked(desk: Desk, channel: ServedChannel, external_id: str, provider_id: str) -> None:
    """Tell staff that a customer took a message back; what it said stays with us."""
    thread = await thread_at(desk, channel, external_id)
    if thread is None:
        return
    message_id = await message_answered(desk, channel.id, thread.external_id, provider_id)
    if message_id is not None and await mark_taken_back(desk, message_id):
        tell_beside(desk, thread, message_id, "topic.customer_took_back")


async def moved(desk: Desk, channel: ServedChannel, old: str, person: Person) -> None:
    """Have a customer's conversation go on under a new id at the provider.

    Somebody may have written from there before: then theirs stays their own.
    """
    thread = await thread_at(desk, channel, old)
    if thread is None or person.external_id in {thread.external_id, thread.alias}:
        return
    there = await thread_at(desk, channel, person.external_id)
    if there is not None:
        ask_about_move(desk, thread, there)
        return
    await readdress(desk, thread, person)
    tell_topic(desk, thread, "topic.moved", id=person.external_id)


async def became_unreachable(
    desk: Desk, channel: ServedChannel, external_id: str, reason: str
) -> None:
    """Note that nothing reaches a customer any more, and tell the agents once."""
    thread = await thread_of_contact(desk, channel.id, external_id)
    if thread is None or thread.unreachable:
        return
    await _set_unreachable(desk, thread, reason)
    _tell_topic(desk, thread, "topic.customer_blocked")


async def became_reachable(desk: Desk, channel: ServedChannel, external_id: str) -> None:
    """Note that a customer can be reached again."""
    thread = await thread_of_contact(desk, channel.id, external_id)
    if thread is not None:
        await _reachable_again(desk, thread)


async def _reachable_again(desk: Desk, thread: Thread) -> None:
    if thread.unreachable is not None:
        await _set_unreachable(desk, thread, None)
        _tell_topic(desk, thread, "topic.customer_back")


async def _set_unreachable(desk: Desk, thread: Thread, reason: str | None) -> None:
    await desk.tx.execute(
        update(contacts).where(contacts.c.id == thread.contact_id).values(unreachable=reason)
    )
    thread.unreachable = reason
    desk.refresh_card(thread)


def _keep(desk: Desk, thread: Thread, said: Said) -> None:
    """Keep /start in the history; agents see the card, a copy would tell them nothing."""
    message_id = desk.write_message(
        thread,
        Content(type=MessageType.TEXT, text=said.content.text),
        sender=SenderType.CLIENT,
        direction=Direction.INBOUND,
        state=DeliveryState.RECEIVED,
        author_name=thread.name,
    )
    desk.link(message_id, thread.channel_id, Side.CUSTOMER, said)


def _tell_topic(desk: Desk, thread: Thread, key: str) -> None:
    if thread.staff_topic is not None:
        content = Content(text=desk.for_staff(key)).to_json()
        desk.to_staff(thread, OutboxKind.STAFF_NOTICE, {"content": content})
