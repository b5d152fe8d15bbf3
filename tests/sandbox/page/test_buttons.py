"""Tests of buttons under messages, and of the bot's answers to a press."""

import pytest
from playwright.async_api import expect

from tests.sandbox.page.stage import GROUP, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

KEYBOARD = {"inline_keyboard": [[{"text": "Claim", "callback_data": "claim"}]]}


async def test_a_press_shows_the_answer_as_a_toast(stage: Stage) -> None:
    thread = await stage.topic()
    await stage.open_topic()
    where = {"chat_id": GROUP, "message_thread_id": thread}
    await stage.bot("sendMessage", text="A new question", reply_markup=KEYBOARD, **where)
    await stage.group.get_by_role("button", name="Claim").click()
    query = await stage.update("callback_query")
    assert (query["data"], query["from"]["first_name"]) == ("claim", "Mira")
    await stage.bot("answerCallbackQuery", callback_query_id=query["id"], text="It is yours")
    await expect(stage.group.get_by_role("status").filter(has_text="It is yours")).to_be_visible()


async def test_an_alert_waits_to_be_closed(stage: Stage) -> None:
    await stage.say("/start")
    await stage.bot("sendMessage", chat_id=7001, text="Rate us", reply_markup=KEYBOARD)
    await stage.phone.get_by_role("button", name="Claim").click()
    query = await stage.update("callback_query")
    asked = {"callback_query_id": query["id"], "text": "Thank you", "show_alert": True}
    await stage.bot("answerCallbackQuery", **asked)
    alert = stage.page.get_by_role("alertdialog")
    await expect(alert).to_contain_text("Thank you")
    await alert.get_by_role("button", name="OK").click()
    await expect(alert).to_have_count(0)


async def test_the_pinned_card_opens_with_its_buttons(stage: Stage) -> None:
    thread = await stage.topic()
    where = {"chat_id": GROUP, "message_thread_id": thread}
    card = await stage.bot("sendMessage", text="Anna, waiting", reply_markup=KEYBOARD, **where)
    await stage.bot("pinChatMessage", chat_id=GROUP, message_id=card["message_id"])
    await stage.open_topic()
    pinned = stage.group.get_by_role("region", name="Pinned message")
    await expect(pinned).to_contain_text("Anna, waiting")
    await pinned.get_by_role("button", name="Expand the pinned card").click()
    await pinned.get_by_role("button", name="Claim").click()
    query = await stage.update("callback_query")
    await stage.bot("answerCallbackQuery", callback_query_id=query["id"])
    await stage.bot("unpinChatMessage", chat_id=GROUP, message_id=card["message_id"])
    await expect(pinned).to_have_count(0)


async def test_a_command_in_a_text_is_sent_by_a_press(stage: Stage) -> None:
    await stage.say("/start")
    await stage.bot("sendMessage", chat_id=7001, text="Press /end to finish")
    await stage.phone.get_by_role("button", name="/end").click()
    await stage.heard()
    assert (await stage.heard())["text"] == "/end"
