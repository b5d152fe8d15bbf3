"""What staff says past us: on the phone whose number a channel is."""

from db.tables import DeliveryState, Direction, SenderType, Side
from desk.channels import ServedChannel
from desk.content import Person, Said
from desk.conversations.sessions import ensure_session
from desk.conversations.threads import message_answered, message_meant, open_thread
from desk.messages.attribution import attributed
from desk.messages.from_api import show
from desk.unit_of_work import Desk


async def answered_elsewhere(
    desk: Desk, channel: ServedChannel, person: Person, said: Said
) -> None:
    """Keep what staff wrote to a customer on the phone itself, and show it in the topic.

    `person` is the customer. What we sent ourselves comes back like this too, and is known already.
    """
    thread = await open_thread(desk, channel, person)
    chat = thread.external_id
    if await message_answered(desk, channel.id, chat, said.provider_id) is not None:
        return
    await ensure_session(desk, thread)
    author = desk.for_staff("topic.on_the_phone")
    reply_to = await message_meant(desk, thread, Side.CUSTOMER, chat, said.reply_to)
    message_id = desk.write_message(
        thread,
        said.content,
        sender=SenderType.CS,
        direction=Direction.OUTBOUND,
        state=DeliveryState.SENT,
        reply_to=reply_to,
        author_name=author,
    )
    desk.link(message_id, channel.id, Side.CUSTOMER, Said(said.content, chat, said.provider_id))
    if thread.session_id is not None:
        desk.staff_read(thread, thread.session_id)
    show(desk, thread, author, message_id, attributed(said.content, author), reply_to=reply_to)
