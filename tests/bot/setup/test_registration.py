"""Tests of the registration at Telegram while Telegram or the database is unavailable."""

import pytest
from aiogram.methods import GetMyCommands
from aiogram.types import BotCommandScopeAllPrivateChats, BotCommandScopeChat, User
from sqlalchemy.exc import OperationalError

from bot.bot_factory import make_bot
from bot.commands.session_commands import COMMANDS
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
            await register(bot, None, (), on_identified, language="en")
        finally:
            await bot.session.close()
        methods = [call["method"] for call in await telegram.calls()]
    assert seen == ["Desk", "Desk"]
    assert methods == ["getMe", "getMe", *["setMyCommands"] * 3]


@pytest.mark.parametrize(
    ("language", "start", "end"),
    [("en", "Start", "End the session"), ("id", "Mulai", "Akhiri sesi")],
)
async def test_menus_speak_the_language_of_who_reads_them(
    language: str, start: str, end: str
) -> None:
    async def on_identified(me: User) -> None:
        assert me.first_name == "Desk"

    private = BotCommandScopeAllPrivateChats()
    async with serve() as sandbox, TelegramSandbox(sandbox.url) as telegram:
        me = await telegram.add_bot(TOKEN, first_name="Desk")
        group = await telegram.add_group("Staff", bots=[me])
        bot = make_bot(TOKEN, sandbox.url)
        try:
            await register(bot, None, (str(group["id"]),), on_identified, language=language)
            others = await bot(GetMyCommands(scope=private))
            english = await bot(GetMyCommands(scope=private, language_code="en"))
            indonesian = await bot(GetMyCommands(scope=private, language_code="id"))
            here = BotCommandScopeChat(chat_id=group["id"])
            staff = await bot(GetMyCommands(scope=here))
            abroad = await bot(GetMyCommands(scope=here, language_code="id"))
        finally:
            await bot.session.close()
    names = ["start", "help", "status", "end", "language", "privacy", "stop", "resume"]
    for menu, word in ((others, start), (english, "Start"), (indonesian, "Mulai")):
        assert [each.command for each in menu] == names
        assert menu[0].description == word
    assert {each.command: each.description for each in abroad}["end"] == "Akhiri sesi"
    assert {each.command: each.description for each in staff}["end"] == end


async def test_the_staff_bots_menu_has_every_command_in_the_readers_language() -> None:
    async def on_identified(me: User) -> None:
        assert me.first_name == "Staff desk"

    private = BotCommandScopeAllPrivateChats()
    async with serve() as sandbox, TelegramSandbox(sandbox.url) as telegram:
        await telegram.add_bot(TOKEN, first_name="Staff desk")
        bot = make_bot(TOKEN, sandbox.url)
        try:
            await register(bot, None, (), on_identified, language="id", is_staff_bot=True)
            others = await bot(GetMyCommands(scope=private))
            english = await bot(GetMyCommands(scope=private, language_code="en"))
        finally:
            await bot.session.close()
    named = {each.command: each.description for each in english}
    assert set(COMMANDS) <= set(named)
    assert named["end"] == "End the session"
    assert {each.command: each.description for each in others}["end"] == "Akhiri sesi"
