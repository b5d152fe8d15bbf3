"""Where staff wrote a message, and answers there that are about no conversation."""

from aiogram.types import Message

from db.ids import ChannelId
from db.queues.payloads import Buttons, EditPayload, GeneralPayload
from desk.channels import ServedChannel
from desk.content import Content
from desk.outbox_items import build_for_chat
from desk.unit_of_work import UnitOfWork


def get_location(message: Message) -> tuple[str, str | None]:
    """Return the chat and the topic of a message; replies outside topics name a thread too."""
    is_in_topic = message.is_topic_message and message.message_thread_id is not None
    return str(message.chat.id), str(message.message_thread_id) if is_in_topic else None


def send_here(
    message: Message,
    uow: UnitOfWork,
    channel: ServedChannel,
    text: str | Content,
    *,
    buttons: Buttons | None = None,
    reply_to: str | None = None,
) -> None:
    """Send a text to the chat and topic of a message."""
    content = text if isinstance(text, Content) else Content(text=text)
    location = get_location(message)
    payload = GeneralPayload(content, *location, reply_to=reply_to, buttons=buttons or [])
    _enqueue_here(message, uow, channel.id, payload)


def edit_here(
    message: Message, uow: UnitOfWork, channel: ServedChannel, text: str, *, buttons: Buttons
) -> None:
    """Replace what our own message says, with the buttons below it."""
    chat, topic = get_location(message)
    edit = EditPayload(
        Content(text=text), at=str(message.message_id), chat=chat, topic=topic, buttons=buttons
    )
    _enqueue_here(message, uow, channel.id, edit)


def tell_writer(message: Message, uow: UnitOfWork, channel_id: ChannelId, text: str) -> None:
    """Answer somebody so that no other member of the group sees it, where Telegram can do that.

    Telegram does not promise that it arrives, so it must be nothing that somebody has to know.
    """
    user = message.from_user if message.sender_chat is None else None
    receiver = str(user.id) if user is not None else ""
    content, location = Content(text=text), get_location(message)
    reply_to = str(message.message_id)
    payload = GeneralPayload(content, *location, reply_to=reply_to, receiver=receiver)
    _enqueue_here(message, uow, channel_id, payload)


def say_in_chat(
    message: Message,
    uow: UnitOfWork,
    channel: ServedChannel,
    text: str,
    *,
    buttons: Buttons | None = None,
) -> None:
    """Answer below a message."""
    send_here(message, uow, channel, text, buttons=buttons, reply_to=str(message.message_id))


def _enqueue_here(
    message: Message, uow: UnitOfWork, channel_id: ChannelId, payload: EditPayload | GeneralPayload
) -> None:
    in_group = message.chat.type != "private"
    uow.outbox_items.append(build_for_chat(channel_id, payload, uow.now, group=in_group))
