"""Tests of the registration at Telegram while Telegram or the database is unavailable."""

from aiogram.types import User
from sqlalchemy.exc import OperationalError

from bot.bot_factory import make_bot
from bot.setup.registration import register
from sandbox.app import serve
from sandbox.telegram.client import TelegramSandbox

TOKEN = "123456:" + "A" * 35


async def test_a_database_that_is_away_is_waited_for() -> None:
    seen: list[str] = []

    async def on_identified(me: User) -> None:
        seen.append(me.full_name)
        if len(seen) == 1:
            raise OperationalError("UPDATE", {}, Exception(2013, "Lost connection"))

    async with serve() as sandbox, TelegramSandbox(sandbox.url) as telegram:
        await telegram.add_bot(TOKEN, first_name="Desk")
        bot = make_bot(TOKEN, sandbox.url)
        try:
            await register(bot, None, (), on_identified)
        finally:
            await bot.session.close()
        methods = [call["method"] for call in await telegram.calls()]
    assert seen == ["Desk", "Desk"]
    assert methods == ["getMe", "getMe", "setMyCommands"]
