"""Fetches files from Telegram. The address holds the token: no error and no log may repeat it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiohttp import ClientError, ClientResponseError

from desk.media.errors import (
    FileGoneError,
    FileTooLargeError,
    FileUnavailableError,
    MediaError,
)

_SECONDS = 60


class MediaDownloader:
    """Fetches what was sent through one bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def download(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """Give a file's bytes; raises MediaError."""
        url = self._bot.session.api.file_url(self._bot.token, await self._find_file_path(file_id))
        failure: MediaError | None = None
        try:
            async with aclosing(self._bot.session.stream_content(url, timeout=_SECONDS)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except ClientResponseError as error:
            gone = error.status in {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}
            failure = (FileGoneError if gone else FileUnavailableError)(
                f"Telegram answered {error.status}"
            )
        except (ClientError, OSError):  # OSError: a time-out too
            failure = FileUnavailableError("Telegram did not hand it out")
        # Here, and not where it was caught: the error there knows the address.
        if failure is not None:
            raise failure

    async def _find_file_path(self, file_id: str) -> str:
        """Ask where a file is; Telegram tells so for an hour."""
        try:
            found = await self._bot.get_file(file_id)
        except TelegramBadRequest as error:
            if "file is too big" in error.message:
                raise FileTooLargeError("Telegram hands out files of up to 20 MB") from None
            raise FileGoneError(f"Telegram says: {error.message}") from None
        except AiogramError as error:
            raise FileUnavailableError(
                f"Telegram could not be asked ({type(error).__name__})"
            ) from None
        if not found.file_path:
            raise FileGoneError("Telegram does not say where it is")
        return found.file_path
