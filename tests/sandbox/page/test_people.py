"""Tests of people: several customers, agents, anonymous admins, blocked bots."""

import pytest
from playwright.async_api import expect

from tests.sandbox.page.stage import GROUP, Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]


async def test_another_customer_shows_unread_messages(stage: Stage) -> None:
    await stage.control("POST", "users", {"id": 7002, "first_name": "Bo"})
    await stage.say("/start", sender=7002)
    await stage.bot("sendMessage", chat_id=7002, text="Hello Bo")
    bo = stage.people.get_by_role("button", name="Bo's phone")
    await expect(bo.locator(".badge")).to_have_text("1")
    await bo.click()
    await expect(stage.bubble(stage.phone, "Hello Bo")).to_be_visible()
    await expect(bo.locator(".badge")).to_have_count(0)


async def test_a_new_customer_writes(stage: Stage) -> None:
    await stage.people.get_by_role("button", name="New customer").click()
    dialog = stage.page.get_by_role("dialog", name="New customer")
    await dialog.get_by_label("First name").fill("Zoe")
    await dialog.get_by_label("Last name").fill("Quill")
    await dialog.get_by_role("button", name="Add").click()
    await stage.phone.get_by_role("button", name="Start").click()
    writer = (await stage.heard())["from"]
    assert (writer["first_name"], writer["last_name"]) == ("Zoe", "Quill")


async def test_another_agent_and_the_anonymous_admin_write(stage: Stage) -> None:
    await stage.group.get_by_label("Writing as").select_option(label="Tom")
    await stage.write(stage.group, "Tom here")
    assert (await stage.heard())["from"]["id"] == 8002
    await stage.group.get_by_label("Writing as").select_option(label="Mira")
    await stage.group.get_by_label("Anonymous admin").check()
    await stage.write(stage.group, "The team here")
    message = await stage.heard()
    assert message["sender_chat"]["id"] == GROUP
    assert message["from"]["username"] == "GroupAnonymousBot"
    await expect(stage.bubble(stage.group, "The team here")).to_be_visible()


async def test_a_new_member_of_staff_answers(stage: Stage) -> None:
    await stage.group.get_by_label("Writing as").select_option("add")
    dialog = stage.page.get_by_role("dialog", name="New member of staff")
    await dialog.get_by_label("First name").fill("Uma")
    await dialog.get_by_label("Last name").fill("")
    await dialog.get_by_role("button", name="Add").click()
    await expect(stage.group.get_by_role("textbox", name="Message")).to_have_attribute(
        "placeholder", "Write as Uma"
    )
    await stage.write(stage.group, "My first answer")
    await expect(stage.bubble(stage.group, "My first answer")).to_be_visible()


async def test_a_blocked_bot_is_refused_until_the_customer_starts_again(stage: Stage) -> None:
    await stage.say("/start")
    await stage.phone.get_by_role("button", name="Chat menu").click()
    await stage.page.get_by_role("menuitemcheckbox", name="Block the bot").click()
    restart = stage.phone.get_by_role("button", name="Unblock and restart")
    await expect(restart).to_be_visible()
    status = await stage.update("my_chat_member")
    assert status["new_chat_member"]["status"] == "kicked"
    await restart.click()
    await expect(restart).to_be_hidden()
    await stage.bot("sendMessage", chat_id=7001, text="Welcome back")
    await expect(stage.bubble(stage.phone, "Welcome back")).to_be_visible()


async def test_an_agent_has_a_private_chat_with_the_bot(stage: Stage) -> None:
    await stage.people.get_by_role("button", name="Tom's phone").click()
    await stage.phone.get_by_role("button", name="Start").click()
    message = await stage.heard()
    assert (message["chat"]["type"], message["from"]["first_name"]) == ("private", "Tom")


async def test_each_bot_has_private_chats_of_its_own(stage: Stage) -> None:
    await stage.say("to the first bot")
    await stage.control("POST", "bots", {"token": "4300:second", "first_name": "Second Help"})
    await stage.say("to the second bot", bot=4300)
    await expect(stage.bubble(stage.phone, "to the first bot")).to_be_visible()
    await expect(stage.bubble(stage.phone, "to the second bot")).to_have_count(0)
    await stage.phone.get_by_label("Which bot").select_option(label="Second Help")
    await expect(stage.bubble(stage.phone, "to the second bot")).to_be_visible()
    await expect(stage.bubble(stage.phone, "to the first bot")).to_have_count(0)
    await stage.write(stage.phone, "and again")
    await expect(stage.bubble(stage.phone, "and again")).to_be_visible()
