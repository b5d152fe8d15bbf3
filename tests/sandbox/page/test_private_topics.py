"""Tests of an agent's own chat with topics on the page, also at a phone's width."""

import pytest
from playwright.async_api import Locator, expect

from tests.sandbox.page.stage import Stage
from tests.sandbox.page.test_layout import LONG, overflowing

pytestmark = pytest.mark.asyncio(loop_scope="session")
MIRA = 8001


async def open_topic(stage: Stage, name: str) -> int:
    made = await stage.bot("createForumTopic", chat_id=MIRA, name=name)
    return int(made["message_thread_id"])


def strip(stage: Stage) -> Locator:
    return stage.page.get_by_role("navigation", name="Topics of this chat")


@pytest.mark.parametrize("stage", ["phone", "wide"], indirect=True)
async def test_an_agent_answers_in_the_topics_of_their_own_chat(stage: Stage) -> None:
    await stage.say("/start", sender=MIRA)
    await stage.people.get_by_role("button", name="Mira's phone").click()
    await expect(stage.bubble(stage.phone, "/start")).to_be_visible()
    await expect(strip(stage)).to_be_hidden()
    await stage.control("POST", "bots/4200/threaded-mode", {"enabled": True})
    first, second = await open_topic(stage, "Anna"), await open_topic(stage, LONG[:120])
    for thread, text in ((first, "from Anna"), (second, "from another")):
        await stage.bot("sendMessage", chat_id=MIRA, message_thread_id=thread, text=text)
    await strip(stage).get_by_role("button", name="Anna").click()
    await expect(stage.bubble(stage.phone, "from Anna")).to_be_visible()
    await expect(stage.bubble(stage.phone, "from another")).to_have_count(0)
    await stage.write(stage.phone, "an answer")
    heard = await stage.heard()
    while heard.get("text") != "an answer":
        heard = await stage.heard()
    assert (heard["message_thread_id"], heard["is_topic_message"]) == (first, True)
    await stage.bot("editForumTopic", chat_id=MIRA, message_thread_id=first, name="→ Tom")
    await expect(strip(stage).get_by_role("button", name="→ Tom")).to_be_visible()
    assert await overflowing(stage, (360, 1440)) == []
    await strip(stage).get_by_role("button", name="All messages").click()
    await expect(stage.bubble(stage.phone, "from another")).to_be_visible()
    await stage.write(stage.phone, "beside the topics")
    assert "message_thread_id" not in await stage.heard()


async def test_an_agent_deletes_a_topic_of_their_own_chat(stage: Stage) -> None:
    await stage.say("/start", sender=MIRA)
    await stage.control("POST", "bots/4200/threaded-mode", {"enabled": True})
    await open_topic(stage, "Anna")
    await stage.people.get_by_role("button", name="Mira's phone").click()
    await strip(stage).get_by_role("button", name="Anna").click()
    await stage.phone.get_by_role("button", name="Chat menu").click()
    await stage.page.get_by_role("menuitem", name="Delete the topic").click()
    await stage.page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(strip(stage).get_by_role("button", name="Anna")).to_have_count(0)
