"""Create aiogram's Bot objects, one for each Telegram channel."""

from typing import Any
from urllib.parse import urlencode

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import CopyMessage, CopyMessages, Response, SendMessage, TelegramMethod
from aiogram.types import InputFile, User
from aiohttp import FormData
from aiohttp.payload import BytesPayload
from pydantic_core import from_json

__all__ = ["Bot", "LightweightSession", "User", "build_bot_url", "make_bot"]

# Telegram itself waits up to 8 s before it answers a flood, and copying a file may take a while.
_TIMEOUT = 30
_CONNECTIONS = 200

# Only the ids in the responses of these methods are used. Building the whole message from a
# response would be a tenth of the cost of sending one.
_ID_ONLY_METHODS = (SendMessage, CopyMessage, CopyMessages)
_OK = 200
_PlainResponse = Response[Any]


class _PlainForm(FormData):
    """A form without files that is encoded at once.

    aiohttp's own form prepares for files in every call.
    """

    def __init__(self, fields: dict[str, Any]) -> None:
        self._body = urlencode(fields).encode()

    def __call__(self) -> BytesPayload:
        return BytesPayload(self._body, content_type="application/x-www-form-urlencoded")


class LightweightSession(AiohttpSession):
    """aiogram's session at half the cost for plain sends, which are nearly all our calls."""

    def build_form_data(self, bot: Bot, method: TelegramMethod[Any]) -> FormData:
        """Encode a call.

        For a plain send, encode only the fields that were set, because the bot has no defaults.
        """
        if not isinstance(method, _ID_ONLY_METHODS):
            return super().build_form_data(bot, method)
        files: dict[str, InputFile] = {}
        said = method.model_dump(exclude_unset=True, warnings=False)
        fields = {key: self.prepare_value(value, bot, files) for key, value in said.items()}
        return _PlainForm({key: value for key, value in fields.items() if _is_sent(key, value)})

    def check_response(
        self, bot: Bot, method: TelegramMethod[Any], status_code: int, content: str
    ) -> Response[Any]:
        """Read a response; raise aiogram's usual exceptions."""
        if status_code == _OK and isinstance(method, _ID_ONLY_METHODS):
            answer = _parse_json(content)
            if isinstance(answer, dict) and answer.get("ok") is True:
                return _PlainResponse.model_construct(ok=True, result=answer.get("result"))
        return super().check_response(bot, method, status_code, content)


def _is_sent(key: str, value: object) -> bool:
    """Check whether a field is sent; an empty caption removes that of a copied message."""
    return bool(value) or (key == "caption" and value == "")


def _parse_json(content: str) -> Any:
    try:
        return from_json(content)
    except ValueError:
        return None  # aiogram's own parser reports what is wrong


def make_bot(token: str, api_url: str) -> Bot:
    """Build a bot that talks to this Bot API server."""
    server = TelegramAPIServer.from_base(api_url.rstrip("/"))
    session = LightweightSession(api=server, limit=_CONNECTIONS, timeout=_TIMEOUT)
    return Bot(token, session=session)


def build_bot_url(token: str, api_url: str) -> str:
    """Return the base URL of a bot's methods.

    The URL contains the token: never log it.
    """
    return f"{api_url.rstrip('/')}/bot{token}"
