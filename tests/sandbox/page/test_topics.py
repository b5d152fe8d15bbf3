"""Tests of the staff group's topics."""

import pytest
from playwright.async_api import expect

from tests.sandbox.page.stage import GROUP, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_topic_is_closed_reopened_and_deleted(stage: Stage) -> None:
    await stage.topic()
    await stage.open_topic()
    for entry, line in (("Close", "closed the topic"), ("Reopen", "reopened the topic")):
        await stage.group.get_by_role("button", name="Topic menu").click()
        await stage.page.get_by_role("menuitem", name=f"{entry} the topic").click()
        await expect(stage.group.locator(".service", has_text=line)).to_be_visible()
    await stage.group.get_by_role("button", name="Topic menu").click()
    await stage.page.get_by_role("menuitem", name="Delete the topic").click()
    await stage.page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(stage.topics.get_by_role("button", name="Anna")).to_have_count(0)
    await expect(stage.group.get_by_role("heading", name="General", exact=True)).to_be_visible()


async def test_what_the_bot_does_to_topics_is_followed(stage: Stage) -> None:
    thread = await stage.topic("Old name")
    where = {"chat_id": GROUP, "message_thread_id": thread}
    await stage.bot("editForumTopic", name="New name", **where)
    await expect(stage.topics.get_by_role("button", name="New name")).to_be_visible()
    await stage.bot("closeForumTopic", **where)
    await expect(stage.topics.get_by_role("button", name="New name, closed")).to_be_visible()
    await stage.bot("deleteForumTopic", **where)
    await expect(stage.topics.get_by_role("button", name="New name")).to_have_count(0)


async def test_each_topic_shows_only_its_own_messages(stage: Stage) -> None:
    first, second = await stage.topic("First"), await stage.topic("Second")
    for thread, text in ((first, "in the first"), (second, "in the second")):
        await stage.bot("sendMessage", chat_id=GROUP, message_thread_id=thread, text=text)
    await stage.bot("sendMessage", chat_id=GROUP, text="in General")
    for name, text in (("First", "in the first"), ("Second", "in the second")):
        await stage.open_topic(name)
        await expect(stage.group.locator(".row")).to_have_count(1)
        await expect(stage.bubble(stage.group, text)).to_be_visible()
    await stage.open_topic("General")
    await expect(stage.bubble(stage.group, "in General")).to_be_visible()
    # Every message of a topic names its root; the root is not shown as the message replied to.
    await expect(stage.group.locator(".quote")).to_have_count(0)


async def test_the_page_shows_again_what_it_missed(stage: Stage) -> None:
    await stage.topic()
    await stage.open_topic()
    await stage.write(stage.group, "Before the reload")
    await expect(stage.bubble(stage.group, "Before the reload")).to_be_visible()
    await stage.open()
    await stage.open_topic()
    await expect(stage.bubble(stage.group, "Before the reload")).to_be_visible()


async def test_a_sandbox_that_was_reset_is_shown_empty(stage: Stage) -> None:
    await stage.say("hello")
    await expect(stage.bubble(stage.phone, "hello")).to_be_visible()
    await stage.control("POST", "reset", {})
    await expect(stage.page.get_by_text("No group yet")).to_be_visible()
    await expect(stage.people.get_by_role("button", name="Anna's phone")).to_have_count(0)
    # Requests that run during the reset are answered 404, and the browser logs that.
    stage.troubles[:] = [each for each in stage.troubles if "404" not in each]
