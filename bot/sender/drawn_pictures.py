"""Send pictures that we drew, which stand in the content itself."""

from typing import Any

from aiogram.methods import SendPhoto
from aiogram.types import BufferedInputFile

from bot.convert import to_telegram
from bot.sender.api_calls import ApiCaller
from bot.sender.local_files import split_caption
from desk.delivery.ports import Delivery


async def send_picture(call: ApiCaller, delivery: Delivery, picture: bytes) -> Any:
    """Send a picture with its caption; return the resulting message."""
    caption, _ = split_caption(delivery.content)
    sending = SendPhoto(
        chat_id=delivery.destination.chat,
        message_thread_id=to_telegram.to_thread_id(delivery.destination.topic),
        photo=BufferedInputFile(picture, filename="picture.png"),
        caption=caption.text,
    )
    return await call(sending, delivery.side)
