"""What staff does on the phone whose number a channel is: replies, edits, reactions, deletions."""

from db.ids import MessageId
from db.queries.conversations.threads import Thread
from db.queues.payloads import EditPayload, ReactionPayload
from db.tables import DeliveryState, Side
from desk.actors import human
from desk.causes import NOTHING, Cause, get_effects
from desk.channels import ServedChannel
from desk.content import IncomingMessage, Person
from desk.conversations.notices import notify_beside
from desk.conversations.threads import (
    ensure_thread,
    find_message,
    find_referenced_message,
    find_thread_by_address,
)
from desk.messages.attribution import add_author
from desk.messages.edits import Change, apply_edit, mark_deleted
from desk.messages.effects import is_shown
from desk.messages.from_api import show_in_topic
from desk.messages.replies import reply
from desk.unit_of_work import UnitOfWork


async def add_reply_from_phone(
    uow: UnitOfWork,
    channel: ServedChannel,
    person: Person,
    said: IncomingMessage,
    cause: Cause,
) -> None:
    """Save a reply that staff wrote on the phone itself, and show it in the topic.

    `person` is the customer. The provider also reports the messages that we sent; those are known
    and ignored.
    """
    if get_effects(cause, channel.kind) == NOTHING:
        return
    thread = await ensure_thread(uow, channel, person)
    chat = thread.external_id
    if await find_message(uow, channel.id, chat, said.provider_id) is not None:
        return
    author = human(uow.text_for_staff("topic.on_the_phone"))
    reply_to = await find_referenced_message(uow, thread, Side.CUSTOMER, chat, said.reply_to)
    message_id = await reply(
        uow, thread, author, said.content, reply_to, cause=cause, state=DeliveryState.SENT
    )
    uow.add_link(
        message_id, channel.id, Side.CUSTOMER, IncomingMessage(said.content, chat, said.provider_id)
    )
    shown = add_author(said.content, author.name)
    show_in_topic(uow, thread, author.name, message_id, shown, cause=cause, reply_to=reply_to)


async def receive_phone_edit(
    uow: UnitOfWork, channel: ServedChannel, external_id: str, said: IncomingMessage
) -> None:
    """Save the new text of a message that staff edited on the phone, and show it in the topic."""
    thread, message_id = await _find(uow, channel, external_id, said.provider_id)
    if thread is None or message_id is None:
        return
    at = said.at if channel.traits.has_unordered_edits else None
    change = await apply_edit(uow, message_id, said.content, at)
    if change is Change.TEXT and is_shown(uow, thread, Cause.PHONE_EDIT):
        shown = add_author(said.content, uow.text_for_staff("topic.on_the_phone"))
        uow.enqueue_for_staff(thread, EditPayload(shown, message_id), message_id=message_id)


async def receive_phone_reaction(
    uow: UnitOfWork, channel: ServedChannel, external_id: str, provider_id: str, emoji: str
) -> None:
    """Show on the staff's copy how staff reacted to a message on the phone."""
    thread, message_id = await _find(uow, channel, external_id, provider_id)
    if thread is None or message_id is None:
        return
    if is_shown(uow, thread, Cause.PHONE_REACTION):
        uow.enqueue_for_staff(thread, ReactionPayload(message_id, emoji))


async def receive_phone_deletion(
    uow: UnitOfWork, channel: ServedChannel, external_id: str, provider_id: str
) -> None:
    """Notify staff that an answer was deleted on the phone, and keep its text."""
    thread, message_id = await _find(uow, channel, external_id, provider_id)
    if thread is None or message_id is None or not await mark_deleted(uow, message_id):
        return
    if is_shown(uow, thread, Cause.PHONE_DELETION):
        agent = uow.text_for_staff("topic.on_the_phone")
        notify_beside(uow, thread, message_id, "topic.taken_back", agent=agent)


async def _find(
    uow: UnitOfWork, channel: ServedChannel, external_id: str, provider_id: str
) -> tuple[Thread | None, MessageId | None]:
    """Find a known conversation, and the message that stands there under this id."""
    thread = await find_thread_by_address(uow, channel, external_id)
    if thread is None:
        return None, None
    return thread, await find_message(uow, channel.id, thread.external_id, provider_id)
