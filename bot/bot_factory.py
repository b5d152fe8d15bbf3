"""Create a bot for each Telegram channel: a token, and the session that calls methods with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ssl import SSLContext
from typing import Any, ClassVar, Self, TypeVar
from urllib.parse import urlencode

from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import CopyMessage, CopyMessages, Response, SendMessage, TelegramMethod
from aiogram.types import InputFile, User
from aiogram.utils.token import extract_bot_id, validate_token
from aiohttp import FormData
from aiohttp.payload import BytesPayload
from pydantic_core import from_json

__all__ = ["Bot", "LightweightSession", "User", "build_bot_url", "make_bot", "make_session"]

# Telegram itself waits up to 8 s before it answers a flood, and copying a file may take a while.
_TIMEOUT = 30
_CONNECTIONS = 200

# Only the ids in the responses of these methods are used. Building the whole message from a
# response would be a tenth of the cost of sending one.
_ID_ONLY_METHODS = (SendMessage, CopyMessage, CopyMessages)
_OK = 200
_PlainResponse = Response[Any]
_T = TypeVar("_T")


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

    # The certificates of all authorities take 0.7 MB: the sessions share them.
    _tls_context: ClassVar[SSLContext | None] = None

    def __init__(self, **options: Any) -> None:
        """Take the options of aiogram's session."""
        super().__init__(**options)
        shared = LightweightSession._tls_context or self._connector_init["ssl"]
        LightweightSession._tls_context = self._connector_init["ssl"] = shared

    def build_form_data(self, bot: Any, method: TelegramMethod[Any]) -> FormData:
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
        self, bot: Any, method: TelegramMethod[Any], status_code: int, content: str
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


class Bot:
    """A bot, which calls methods of the Bot API through its session.

    aiogram's own class of this name also has a function for each method, and so imports them all.
    """

    def __init__(self, token: str, session: AiohttpSession) -> None:
        validate_token(token)
        self.token = token
        self.id = extract_bot_id(token)
        self.session = session
        # What the session fills into methods of which nobody said otherwise: nothing.
        self.default = DefaultBotProperties()

    async def __call__(self, method: TelegramMethod[_T], request_timeout: int | None = None) -> _T:
        """Call a method; raise aiogram's exceptions."""
        bot: Any = self  # aiogram's sessions use of a bot what this class has
        return await self.session(bot, method, timeout=request_timeout)

    @asynccontextmanager
    async def context(self) -> AsyncIterator[Self]:
        """Yield the bot for a few calls; close its connections at the end of the block."""
        try:
            yield self
        finally:
            await self.session.close()


def make_bot(token: str, api_url: str) -> Bot:
    """Build a bot that talks to this Bot API server."""
    return Bot(token, make_session(api_url))


def make_session(api_url: str) -> LightweightSession:
    """Build the session of a bot that talks to this Bot API server."""
    server = TelegramAPIServer.from_base(api_url.rstrip("/"))
    return LightweightSession(api=server, limit=_CONNECTIONS, timeout=_TIMEOUT)


def build_bot_url(token: str, api_url: str) -> str:
    """Return the base URL of a bot's methods.

    The URL contains the token: never log it.
    """
    return f"{api_url.rstrip('/')}/bot{token}"
