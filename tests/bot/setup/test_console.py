"""Agents find the console in their chat with the bot, where Telegram can open it."""

import pytest
from aiogram.methods import GetChatMenuButton

from bot.bot_factory import Bot, make_bot
from bot.setup.console import build_console_page
from db.tables import Role
from sandbox.telegram import mini_app
from tests.flows.api_agents import log_in_agent, open_api
from tests.flows.desks import STAFF_ID, STAFF_TOKEN, run_desks
from tests.flows.eventually import eventually
from tests.flows.staff import Person
from tests.flows.stage import BOT_ID, TOKEN, Stage, run_stage
from tests.flows.test_binding import code_for


@pytest.mark.parametrize(
    ("public", "own", "opens_http", "page"),
    [
        ("https://desk.example.com/", "http://127.0.0.1:1", False, "https://desk.example.com"),
        ("http://desk.example.com", "http://127.0.0.1:1", False, ""),
        (None, "http://127.0.0.1:1", False, ""),
        (None, "http://127.0.0.1:1", True, "http://127.0.0.1:1"),
        (None, "", True, None),
    ],
)
def test_telegram_opens_https_and_the_sandbox_this_machine(
    public: str | None, own: str, opens_http: bool, page: str | None
) -> None:
    wanted = f"{page}/telegram" if page else page
    assert build_console_page(public, own, opens_http=opens_http) == wanted


async def test_doors_open_with_a_binding_and_close_with_it(migrated_url: str) -> None:
    async with run_stage(migrated_url, telegram_mini_app_key=mini_app.PUBLIC_KEY) as stage:
        bot = make_bot(TOKEN, stage.url)
        try:
            await _play_bindings(stage, bot)
        finally:
            await bot.session.close()


async def _play_bindings(stage: Stage, bot: Bot) -> None:
    page = f"{stage.address}/telegram"
    await stage.wait_for_console()
    bound = await stage.agent("Ann Bound")
    await bound.tells_bot("/start", "You are linked as")
    await _wait_for_menu(bot, bound, page)
    hint = await _wait_for_button(stage, bound, "You are linked as")
    assert hint == {"text": "Open the console", "web_app": {"url": page}}

    agent_id = await stage.make_agent("Mia", online=True)
    mia, new = await stage.member("Mia"), await stage.member("Mia's new account")
    await mia.tells_bot(f"/link {await code_for(stage, agent_id)}", "now linked to Mia")
    await _wait_for_menu(bot, mia, page)
    await new.tells_bot(f"/link {await code_for(stage, agent_id)}", "now linked to Mia")
    await _wait_for_menu(bot, new, page)
    await _wait_for_menu(bot, mia, "")

    ann = await stage.customer()
    await ann.says("hello")
    topic = await stage.topic(ann)
    card = await topic.card(ann.name)
    [conversation] = await stage.rows("SELECT id FROM conversations")
    [raw] = [
        each
        for each in await stage.telegram.messages(stage.group, topic.thread)
        if str(each["message_id"]) == card.id
    ]
    link = f"https://t.me/osmo_bot?start=s_{conversation['id']}"
    door = {"text": "Open the console", "url": link}
    assert raw["reply_markup"]["inline_keyboard"][-1] == [door]
    await new.tells_bot(f"/start s_{conversation['id']}", "This conversation is in the console")
    button = await _wait_for_button(stage, new, "This conversation is in the console")
    assert button["web_app"] == {"url": f"{page}?open={conversation['id']}"}
    await stage.telegram.member(stage.group, bound.user, "left")
    await _wait_for_menu(bot, bound, "")
    async with open_api(stage) as api:
        admin = await log_in_agent(api, await stage.agent("Ada", role=Role.ADMIN))
        assert (await admin.delete(f"/agents/{agent_id}/telegram")).status == 204
        await _wait_for_menu(bot, new, "")


async def test_without_https_nothing_is_offered(migrated_sqlite_url: str) -> None:
    async with run_stage(migrated_sqlite_url) as stage:
        bound, ann = await stage.agent("Ann Bound"), await stage.customer()
        hint = await bound.tells_bot("/start", "You are linked as")
        assert hint.buttons == ()
        await ann.says("hello")
        card = await (await stage.topic(ann)).card(ann.name)
        assert card.buttons
        assert "Open the console" not in card.buttons
        await bound.tells_bot(f"/start s_{'0' * 26}", "out of date")
        assert not await stage.calls("setChatMenuButton")


async def test_with_a_staff_bot_the_console_opens_there_alone(migrated_sqlite_url: str) -> None:
    key = mini_app.PUBLIC_KEY
    async with run_desks(migrated_sqlite_url, telegram_mini_app_key=key) as stage:
        await stage.wait_for_console()
        page = f"{stage.address}/telegram"
        mia, ann = await stage.desk_agent("Mia"), await stage.customer()
        bots = [make_bot(token, stage.url) for token in (STAFF_TOKEN, TOKEN)]
        try:
            await _wait_for_menu(bots[0], mia.person, page)
            await ann.says("hello")
            topic = await mia.topic(ann.name)
            card = await topic.card(ann.name)
            messages = await stage.telegram.messages(mia.user, topic.thread, bot=STAFF_ID)
            [raw] = [each for each in messages if str(each["message_id"]) == card.id]
            [conversation] = await stage.rows("SELECT id FROM conversations")
            door = {"url": f"{page}?open={conversation['id']}"}
            button = {"text": "Open the console", "web_app": door}
            assert raw["reply_markup"]["inline_keyboard"][-1] == [button]
            # The customers' bot has no door.
            await stage.telegram.say(mia.user, "/start", bot=BOT_ID)

            async def is_sent_there() -> bool:
                heard = await stage.telegram.messages(mia.user, bot=BOT_ID)
                return any("in your chat with @" in each.get("text", "") for each in heard)

            await eventually(is_sent_there, "the customers' bot names that of staff")
            await _wait_for_menu(bots[1], mia.person, "")
            kept = await stage.rows("SELECT id FROM channels WHERE settings LIKE '%/telegram%'")
            assert len(kept) == 1
        finally:
            for bot in bots:
                await bot.session.close()


async def _wait_for_menu(bot: Bot, person: Person, page: str) -> None:
    async def is_set() -> bool:
        menu = await bot(GetChatMenuButton(chat_id=person.user["id"]))
        opened = getattr(menu, "web_app", None)
        return (opened.url if opened else "") == page

    await eventually(is_set, f"the menu button of {person.name} opens {page or 'nothing'}")


async def _wait_for_button(stage: Stage, person: Person, words: str) -> dict[str, object]:
    async def found() -> dict[str, object] | None:
        for each in reversed(await stage.telegram.messages(person.user)):
            if words in each.get("text", ""):
                button: dict[str, object] = each["reply_markup"]["inline_keyboard"][0][0]
                return button
        return None

    return await eventually(found, f"a button below {words!r}")
