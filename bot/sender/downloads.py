"""Download files from Telegram. The URL contains the token: no error and no log may repeat it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus

from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.methods import GetFile
from aiohttp import ClientError, ClientResponseError

from bot.bot_factory import Bot
from desk.media.errors import (
    FileGoneError,
    FileTooLargeError,
    FileUnavailableError,
    MediaError,
)

_SECONDS = 60


class MediaDownloader:
    """Downloads files that were sent through one bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def download(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """Yield a file's bytes; raise MediaError."""
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
        except (ClientError, OSError):  # OSError includes a timeout
            failure = FileUnavailableError("Telegram did not send the file")
        # Raised here, not in the handler above: there the error would carry the URL.
        if failure is not None:
            raise failure

    async def _find_file_path(self, file_id: str) -> str:
        """Ask Telegram for a file's path, which is valid for an hour."""
        try:
            found = await self._bot(GetFile(file_id=file_id))
        except TelegramBadRequest as error:
            if "file is too big" in error.message:
                raise FileTooLargeError(
                    "Telegram lets bots download files of up to 20 MB"
                ) from None
            raise FileGoneError(f"Telegram says: {error.message}") from None
        except AiogramError as error:
            raise FileUnavailableError(
                f"Telegram could not be reached ({type(error).__name__})"
            ) from None
        if not found.file_path:
            raise FileGoneError("Telegram gave no path for the file")
        return found.file_path
