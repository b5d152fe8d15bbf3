"""What staff does outside the desk: on the phone whose number a channel is, or in another program.

The provider also reports the messages that we sent; those are known and ignored.
"""

from dataclasses import replace

from db.queries.conversations.threads import Thread
from db.queries.messages import copies, message_rows
from db.queries.messages.message_rows import MessageRow
from db.queues.payloads import EditPayload, ReactionPayload
from db.queues.sent_rows import SentRow, list_unidentified_rows
from db.tables import DeliveryState, Direction, Side
from desk.actors import human
from desk.causes import NOTHING, Cause, get_effects
from desk.channels import ServedChannel
from desk.content import Content, IncomingMessage, Person
from desk.conversations.notices import notify_beside
from desk.conversations.threads import (
    ensure_thread,
    find_message,
    find_referenced_message,
    find_thread_by_address,
    wait_for_settlement,
)
from desk.lanes import customer_lane
from desk.messages.attribution import add_author
from desk.messages.edits import Change, apply_edit, mark_deleted
from desk.messages.effects import is_shown
from desk.messages.from_api import show_in_topic
from desk.messages.reactions import save_reaction
from desk.messages.receipts import DeliveryReceipt, receive_receipt
from desk.messages.replies import reply
from desk.unit_of_work import UnitOfWork

# In a message's attributes: its copy in the topic is the bot's own, and says who wrote it.
VIA_PHONE = {"via": "phone"}


async def add_reply_from_phone(
    uow: UnitOfWork,
    channel: ServedChannel,
    person: Person,
    said: IncomingMessage,
    cause: Cause,
    *,
    author: str = "topic.on_the_phone",
) -> None:
    """Save a reply that staff wrote elsewhere, and show it in the topic.

    `person` is the customer, `author` the text that names where it was written.
    """
    if get_effects(cause, channel.kind) == NOTHING:
        return
    thread = await ensure_thread(uow, channel, person)
    said = replace(said, chat=thread.external_id)
    if await find_message(uow, channel.id, said.chat, said.provider_id) is None:
        await _add_reply(uow, channel, thread, said, cause, author=uow.text_for_staff(author))


async def add_reply_of_another_program(
    uow: UnitOfWork, channel: ServedChannel, person: Person, said: IncomingMessage, cause: Cause
) -> None:
    """Save a reply that another program sent from the same number, and show it in the topic.

    Raises NotSettledYetError if it may be a message that we are sending right now.
    """
    thread = await find_thread_by_address(uow, channel, person.external_id, person.alias)
    if thread is not None:
        said = replace(said, chat=thread.external_id)
        if await _is_our_own(uow, channel, thread, said):
            return
    author = "topic.another_program"
    await add_reply_from_phone(uow, channel, person, said, cause, author=author)


async def _is_our_own(
    uow: UnitOfWork, channel: ServedChannel, thread: Thread, said: IncomingMessage
) -> bool:
    """Check whether we sent a message; one whose end was not known has arrived."""
    if await find_message(uow, channel.id, said.chat, said.provider_id) is not None:
        return True
    rows = await list_unidentified_rows(uow.tx, customer_lane(thread.conversation_id))
    same = [row for row in rows if _has_content(row, said.content)]
    ours = next((row for row in same if not row.is_being_sent), None)
    if ours is None:
        # This waits for what is being sent: its id is known in a moment.
        at = said.chat, said.provider_id
        if await find_referenced_message(uow, thread, Side.CUSTOMER, *at) is not None:
            return True
        # The response takes longer, and may never come. The oldest is sent first.
        ours = next(reversed(same), None)
    if ours is not None and ours.is_open:
        state = DeliveryState.SENT
        receipt = DeliveryReceipt(said.chat, said.provider_id, state, ours.row_id)
        await receive_receipt(uow, channel, receipt)
    return ours is not None


def _has_content(row: SentRow, reported: Content) -> bool:
    sent = getattr(row.payload, "content", None)
    return isinstance(sent, Content) and _is_same(sent, reported)


def _is_same(sent: Content, reported: Content) -> bool:
    has_files = (sent.file is not None, reported.file is not None)
    return has_files[0] is has_files[1] and _to_words(sent.text) == _to_words(reported.text)


def _to_words(text: str | None) -> str:
    return " ".join((text or "").split())


async def _add_reply(
    uow: UnitOfWork,
    channel: ServedChannel,
    thread: Thread,
    said: IncomingMessage,
    cause: Cause,
    *,
    author: str,
) -> None:
    reply_to = await find_referenced_message(uow, thread, Side.CUSTOMER, said.chat, said.reply_to)
    kept = replace(said.content, attributes={**(said.content.attributes or {}), **VIA_PHONE})
    message_id = await reply(
        uow, thread, human(author), kept, reply_to, cause=cause, state=DeliveryState.SENT
    )
    uow.add_link(message_id, channel.id, Side.CUSTOMER, said)
    shown = add_author(said.content, author)
    show_in_topic(uow, thread, author, message_id, shown, cause=cause, reply_to=reply_to)


async def receive_phone_edit(
    uow: UnitOfWork, channel: ServedChannel, external_id: str, said: IncomingMessage
) -> None:
    """Save what staff changed on the phone in a message of ours, and show it in the topic.

    An edit of our own is known: the message has said so before.
    """
    found = await _find_message_of_ours(uow, channel, external_id, said.provider_id)
    if found is None:
        return
    thread, row = found
    if _has_said(row, said.content):
        return
    content = replace(said.content, type=row.message_type, file=said.content.file or row.file)
    at = said.at if channel.traits.has_unordered_edits else None
    if await apply_edit(uow, row.id, content, at) is Change.NOTHING:
        return
    if not is_shown(uow, thread, Cause.PHONE_EDIT):
        return
    author = uow.text_for_staff("topic.on_the_phone")
    if (row.attributes or {}).items() >= VIA_PHONE.items():
        edit = EditPayload(add_author(content, row.author_name or author), row.id, by=author)
        uow.enqueue_for_staff(thread, edit, message_id=row.id)
    else:
        notify_beside(uow, thread, row.id, "topic.changed_by", more=content.text, agent=author)


def _has_said(row: MessageRow, content: Content) -> bool:
    """Check whether a message says this, or has said it: edits of our own are reported, too."""
    said = [row.message, *(each.get("message") for each in row.history or ())]
    return _to_words(content.text) in {_to_words(each) for each in said}


async def receive_phone_reaction(
    uow: UnitOfWork, channel: ServedChannel, external_id: str, provider_id: str, emoji: str
) -> None:
    """Show on the staff's copy how staff reacted to a message on the phone."""
    thread = await find_thread_by_address(uow, channel, external_id)
    if thread is None or not is_shown(uow, thread, Cause.PHONE_REACTION):
        return
    message_id = await find_message(uow, channel.id, thread.external_id, provider_id)
    if message_id is not None:
        uow.enqueue_for_staff(thread, ReactionPayload(message_id, emoji))
        await save_reaction(uow, message_id, Side.STAFF, emoji)


async def receive_phone_deletion(
    uow: UnitOfWork, channel: ServedChannel, external_id: str, provider_id: str
) -> None:
    """Notify staff that a message of ours was deleted on the phone, and keep its text.

    What we delete ourselves is reported, too: a whole answer, a file that was replaced, or a later
    part of an answer that is shorter now. Raises NotSettledYetError while we may be doing so.
    """
    thread = await find_thread_by_address(uow, channel, external_id)
    if thread is not None:
        await wait_for_settlement(uow, thread, Side.CUSTOMER, thread.external_id)
    found = await _find_message_of_ours(uow, channel, external_id, provider_id)
    if found is None:
        return
    thread, row = found
    if row.deleted_at is not None:
        return
    if not await copies.is_first_copy(uow.tx, row.id, Side.CUSTOMER, provider_id):
        return
    if await mark_deleted(uow, row.id) and is_shown(uow, thread, Cause.PHONE_DELETION):
        agent = uow.text_for_staff("topic.on_the_phone")
        notify_beside(uow, thread, row.id, "topic.taken_back", agent=agent)


async def _find_message_of_ours(
    uow: UnitOfWork, channel: ServedChannel, external_id: str, provider_id: str
) -> tuple[Thread, MessageRow] | None:
    thread = await find_thread_by_address(uow, channel, external_id)
    if thread is None:
        return None
    message_id = await find_message(uow, channel.id, thread.external_id, provider_id)
    if message_id is None:
        return None
    await uow.flush_messages()
    row = await message_rows.find_message(uow.tx, message_id)
    return None if row is None or row.direction is not Direction.OUTBOUND else (thread, row)
