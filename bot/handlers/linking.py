"""Handle `/qr` in the staff group."""

from aiogram.types import Message

from desk.channels import ServedChannel
from desk.linking.commands import show_codes
from desk.unit_of_work import UnitOfWork

COMMAND = "qr"


async def on_qr(message: Message, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Show the QR codes of the group's numbers if an admin asks for them."""
    user = message.from_user if message.sender_chat is None else None
    topic = str(message.message_thread_id) if message.is_topic_message else None
    await show_codes(uow, channel, str(message.chat.id), topic, str(user.id) if user else None)
