"""Tests with two public client libraries: they understand the sandbox's answers."""

import asyncio

import pytest
import telegram as ptb
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReactionTypeEmoji,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, Forbidden, RetryAfter

from sandbox.telegram.model.sample_files import SAMPLES, png
from tests.sandbox.telegram.stage import TOKEN, Stage


async def test_aiogram_drives_it(stage: Stage) -> None:
    server = TelegramAPIServer.from_base(stage.url)
    ann, group = stage.ann["id"], stage.group["id"]
    keyboard = InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text="Take", callback_data="take")]]
    )
    async with Bot(TOKEN, AiohttpSession(api=server)) as bot:
        assert (await bot.me()).username == "osmo_bot"
        topic = await bot.create_forum_topic(group, "Ann")
        thread = topic.message_thread_id
        card = await bot.send_message(
            group, "<b>Ann</b>", parse_mode="HTML", message_thread_id=thread, reply_markup=keyboard
        )
        assert card.is_topic_message
        assert card.reply_to_message is not None
        assert card.reply_to_message.forum_topic_created is not None
        await bot.pin_chat_message(group, card.message_id)
        said = await stage.telegram.say(ann, media={"kind": "voice"})
        copied = await bot.copy_message(group, ann, said["message_id"], message_thread_id=thread)
        await bot.set_message_reaction(group, copied.message_id, [ReactionTypeEmoji(emoji="👍")])
        edited = await bot.edit_message_text("Ann B.", chat_id=group, message_id=card.message_id)
        assert not isinstance(edited, bool)
        assert edited.text == "Ann B."
        photo = BufferedInputFile(png(), "p.png")
        album = await bot.send_media_group(
            ann,
            [InputMediaPhoto(media=photo, caption="1"), InputMediaPhoto(media=photo)],
            reply_parameters=ReplyParameters(message_id=said["message_id"]),
        )
        assert album[0].photo is not None
        content = await bot.download(album[0].photo[-1])
        assert content is not None
        assert content.read() == png()
        assert await bot.send_chat_action(ann, "typing")
        admins = await bot.get_chat_administrators(group)
        assert {admin.user.id for admin in admins} == {stage.ben["id"], stage.bot["id"]}
        assert (await bot.get_chat(group)).is_forum
        updates: list[Update] = await bot.get_updates(allowed_updates=["message"])
        kinds = [update.message.content_type for update in updates if update.message]
        assert kinds == ["forum_topic_created", "pinned_message", "voice"]


async def test_aiogram_distinguishes_the_errors(stage: Stage) -> None:
    server = TelegramAPIServer.from_base(stage.url)
    ann, fail = stage.ann["id"], stage.telegram.fail
    async with Bot(TOKEN, AiohttpSession(api=server)) as bot:
        await fail("sendMessage", code=429, retry_after=3)
        with pytest.raises(TelegramRetryAfter) as flood:
            await bot.send_message(ann, "x")
        assert flood.value.retry_after == 3
        await fail("sendMessage", migrate_to_chat_id=-1007)
        with pytest.raises(TelegramMigrateToChat) as moved:
            await bot.send_message(ann, "x")
        assert moved.value.migrate_to_chat_id == -1007
        await fail("sendMessage", code=500)
        with pytest.raises(TelegramServerError):
            await bot.send_message(ann, "x")
        await fail("sendMessage", kind="drop_after")
        with pytest.raises(TelegramNetworkError):
            await bot.send_message(ann, "x")
        with pytest.raises(TelegramBadRequest, match="message to edit not found"):
            await bot.edit_message_text("x", chat_id=ann, message_id=99)
        await stage.telegram.block(ann)
        with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
            await bot.send_message(ann, "x")


async def test_python_telegram_bot_drives_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    # Without this the library warns of its own future types.
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    ann, group = stage.ann["id"], stage.group["id"]
    base = f"{stage.url}/bot"
    async with ptb.Bot(TOKEN, base_url=base, base_file_url=f"{stage.url}/file/bot") as bot:
        assert bot.username == "osmo_bot"
        topic = await bot.create_forum_topic(group, "Ann")
        button = ptb.InlineKeyboardButton("Take", callback_data="take")
        sent = await bot.send_message(
            group,
            "*Ann*",
            parse_mode="MarkdownV2",
            message_thread_id=topic.message_thread_id,
            reply_markup=ptb.InlineKeyboardMarkup([[button]]),
        )
        assert sent.is_topic_message
        assert sent.entities[0].type == "bold"
        pressed = await stage.telegram.press(stage.ben, group, sent.message_id, "take")
        name, _, data = SAMPLES["document"]
        document = await bot.send_document(ann, data, filename=name, caption="Here")
        assert document.document is not None
        fetched = await (await document.document.get_file()).download_as_bytearray()
        assert bytes(fetched) == data
        album = await bot.send_media_group(
            ann, [ptb.InputMediaPhoto(png(red=1)), ptb.InputMediaPhoto(png(red=2))]
        )
        assert len({message.media_group_id for message in album}) == 1
        poll = asyncio.create_task(bot.get_updates(timeout=5, allowed_updates=ptb.Update.ALL_TYPES))
        updates = await poll
        assert updates[-1].callback_query is not None
        assert await bot.answer_callback_query(pressed, "Yours", show_alert=True)
        member = await bot.get_chat_member(group, bot.id)
        assert isinstance(member, ptb.ChatMemberAdministrator)
        assert member.can_manage_topics
        assert await bot.set_my_commands([("end", "End")])
        assert (await bot.get_my_commands())[0].command == "end"
        await bot.close_forum_topic(group, topic.message_thread_id)
        with pytest.raises(BadRequest, match=r"(?i)topic_not_modified"):
            await bot.close_forum_topic(group, topic.message_thread_id)
        await stage.telegram.fail("sendMessage", code=429, retry_after=3)
        with pytest.raises(RetryAfter):
            await bot.send_message(ann, "x")
        await stage.telegram.deactivate(ann)
        with pytest.raises(Forbidden):
            await bot.send_message(ann, "x")
