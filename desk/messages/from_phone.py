"""Replies that staff writes on the phone whose number a channel is."""

from db.tables import DeliveryState, Direction, Side
from desk.actors import human
from desk.causes import NOTHING, Cause, get_effects
from desk.channels import ServedChannel
from desk.content import IncomingMessage, Person
from desk.conversations.threads import ensure_thread, find_message, find_referenced_message
from desk.messages.attribution import add_author
from desk.messages.effects import prepare_session, record_effects
from desk.messages.from_api import show_in_topic
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
    await prepare_session(uow, thread, cause)
    author = human(uow.text_for_staff("topic.on_the_phone"))
    reply_to = await find_referenced_message(uow, thread, Side.CUSTOMER, chat, said.reply_to)
    message_id = uow.add_message(
        thread,
        said.content,
        author=author,
        direction=Direction.OUTBOUND,
        state=DeliveryState.SENT,
        reply_to=reply_to,
    )
    uow.add_link(
        message_id, channel.id, Side.CUSTOMER, IncomingMessage(said.content, chat, said.provider_id)
    )
    await record_effects(uow, thread, cause)
    shown = add_author(said.content, author.name)
    show_in_topic(uow, thread, author.name, message_id, shown, cause=cause, reply_to=reply_to)
