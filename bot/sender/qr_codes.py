"""Send QR codes as pictures, drawn at sending time because they change every few seconds."""

from typing import Any

from aiogram.methods import EditMessageMedia, SendPhoto
from aiogram.types import BufferedInputFile, InputMediaPhoto

from bot.convert import to_telegram
from bot.sender.api_calls import ApiCaller
from desk.content import Content
from desk.delivery.ports import Delivery
from desk.linking.qr import draw_qr
from desk.linking.qr_message import QR_KEY

_FILE_NAME = "code.png"


def is_qr_code(content: Content) -> bool:
    """Check whether the content is a QR code."""
    return content.file is not None and QR_KEY in content.file


class QrCodeSender:
    """Sends QR codes and replaces the code in a sent picture."""

    def __init__(self, call: ApiCaller) -> None:
        self._call = call

    async def send(self, delivery: Delivery) -> Any:
        """Send a code; return the resulting message."""
        place = delivery.destination
        sending = SendPhoto(
            chat_id=place.chat,
            message_thread_id=to_telegram.to_thread_id(place.topic),
            photo=_draw_qr_code(delivery.content),
            caption=delivery.content.text,
        )
        return await self._call(sending, delivery.side)

    async def edit(self, delivery: Delivery) -> None:
        """Replace the code in the picture that was sent."""
        for target in delivery.targets[:1]:
            media = InputMediaPhoto(
                media=_draw_qr_code(delivery.content), caption=delivery.content.text
            )
            edit = EditMessageMedia(
                chat_id=delivery.destination.chat, message_id=int(target), media=media
            )
            await self._call(edit, delivery.side)


def _draw_qr_code(content: Content) -> BufferedInputFile:
    assert content.file is not None  # noqa: S101 see is_qr_code
    return BufferedInputFile(draw_qr(str(content.file[QR_KEY])), filename=_FILE_NAME)
