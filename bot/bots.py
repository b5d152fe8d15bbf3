"""aiogram's Bot objects: one for each Telegram channel."""

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

# Telegram itself waits up to 8 s before it answers a flood; a file may take a while to copy.
_TIMEOUT = 30
_CONNECTIONS = 200


def make_bot(token: str, api_url: str) -> Bot:
    """Build a bot that talks to this Bot API server."""
    server = TelegramAPIServer.from_base(api_url.rstrip("/"))
    session = AiohttpSession(api=server, limit=_CONNECTIONS, timeout=_TIMEOUT)
    return Bot(token, session=session)


def bot_url(token: str, api_url: str) -> str:
    """Give the address that a bot's methods are below; it holds the token: never log it."""
    return f"{api_url.rstrip('/')}/bot{token}"
