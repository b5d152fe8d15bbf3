"""Messages from before a number was connected: kept, and nothing else follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from db.queries.messages.revisions import replace_content
from db.tables import DeliveryState, Direction, Side
from desk.actors import customer, human
from desk.channels import ServedChannel
from desk.content import Content, IncomingMessage, Person
from desk.conversations.threads import (
    ensure_thread,
    find_message,
    find_thread_by_address,
    preload_copies,
)
from desk.unit_of_work import UnitOfWork
from desk.urls.public import message_file_path


@dataclass(frozen=True, slots=True)
class PastMessage:
    """A message that was said before the channel was connected."""

    content: Content
    provider_id: str
    said_at: datetime
    is_from_customer: bool
    # How far a message of ours got.
    state: DeliveryState = DeliveryState.SENT


async def keep_past_messages(
    uow: UnitOfWork, channel: ServedChannel, person: Person, past: Sequence[PastMessage]
) -> None:
    """Keep a customer's past messages: no session, no notice, no window, nothing in the topic."""
    thread = await ensure_thread(uow, channel, person)
    chat, on_the_phone = thread.external_id, uow.text_for_staff("topic.on_the_phone")
    await preload_copies(uow, channel.id, [(chat, each.provider_id) for each in past])
    for each in past:
        if await find_message(uow, channel.id, chat, each.provider_id) is not None:
            continue
        theirs = each.is_from_customer
        message_id = uow.add_message(
            thread,
            each.content,
            author=customer(thread.name) if theirs else human(on_the_phone),
            direction=Direction.INBOUND if theirs else Direction.OUTBOUND,
            state=DeliveryState.RECEIVED if theirs else each.state,
            said_at=each.said_at,
        )
        said = IncomingMessage(each.content, chat, each.provider_id)
        uow.add_link(message_id, channel.id, Side.CUSTOMER, said)


async def complete_past_message(
    uow: UnitOfWork,
    channel: ServedChannel,
    names: Sequence[str | None],
    provider_id: str,
    content: Content,
) -> bool:
    """Replace a placeholder with its file; return False if the message is not known."""
    thread = await find_thread_by_address(uow, channel, *names)
    if thread is None:
        return False
    message_id = await find_message(uow, channel.id, thread.external_id, provider_id)
    if message_id is None:
        return False
    await uow.flush_messages()
    file_url = message_file_path(message_id) if content.file else None
    await replace_content(uow.tx, message_id, content, file_url)
    return True
