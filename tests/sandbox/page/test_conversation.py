"""Tests in which a customer and an agent talk through a bot on one page."""

import pytest
from playwright.async_api import expect

from tests.sandbox.page.stage import GROUP, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_question_and_answer_travel_through_a_topic(stage: Stage) -> None:
    await stage.phone.get_by_role("button", name="Start").click()
    assert (await stage.heard())["text"] == "/start"
    await stage.write(stage.phone, "My parcel is lost")
    asked = await stage.heard()

    thread = await stage.topic("Anna")
    await stage.bot(
        "copyMessage",
        chat_id=GROUP,
        message_thread_id=thread,
        from_chat_id=7001,
        message_id=asked["message_id"],
    )
    topic = stage.topics.get_by_role("button", name="Anna")
    await expect(topic.locator(".topic-preview")).to_contain_text("My parcel is lost")
    await expect(topic.locator(".badge")).to_have_text("1")
    await stage.open_topic("Anna")
    await expect(topic.locator(".badge")).to_have_count(0)

    await stage.write(stage.group, "I'll look for it")
    answer = await stage.heard()
    assert (answer["from"]["first_name"], answer["message_thread_id"]) == ("Mira", thread)
    await stage.bot(
        "copyMessage", chat_id=7001, from_chat_id=GROUP, message_id=answer["message_id"]
    )
    await expect(stage.bubble(stage.phone, "I'll look for it")).to_be_visible()


@pytest.mark.long
async def test_a_draft_stays_with_its_topic(stage: Stage) -> None:
    await stage.topic("First")
    await stage.topic("Second")
    box = stage.group.get_by_role("textbox", name="Message")
    await stage.open_topic("First")
    await box.fill("not sent yet")
    await stage.open_topic("Second")
    await expect(box).to_have_value("")
    await stage.open_topic("First")
    await expect(box).to_have_value("not sent yet")


@pytest.mark.long
async def test_shift_and_enter_breaks_the_line(stage: Stage) -> None:
    await stage.say("/start")
    box = stage.phone.get_by_role("textbox", name="Message")
    await box.fill("one")
    await box.press("Shift+Enter")
    await box.press_sequentially("two")
    await box.press("Enter")
    await expect(stage.bubble(stage.phone, "two")).to_be_visible()
    await stage.heard()
    assert (await stage.heard())["text"] == "one\ntwo"


async def test_a_reply_names_what_it_answers(stage: Stage) -> None:
    await stage.say("/start")
    told = await stage.bot("sendMessage", chat_id=7001, text="Which order?")
    await stage.bubble(stage.phone, "Which order?").hover()
    await stage.bubble(stage.phone, "Which order?").get_by_role("button", name="Reply").click()
    await stage.write(stage.phone, "Number 7")
    await stage.heard()
    answer = await stage.heard()
    assert answer["reply_to_message"]["message_id"] == told["message_id"]
    quote = stage.bubble(stage.phone, "Number 7").locator(".quote")
    await expect(quote).to_contain_text("Which order?")
    await quote.click()
    await expect(stage.bubble(stage.phone, "Which order?").first).to_have_class(
        r"row in first last glow"
    )


async def test_an_edit_is_marked_on_both_ends(stage: Stage) -> None:
    await stage.say("/start")
    await stage.say("I want tow")
    menu = await stage.message_menu(stage.phone, "I want tow")
    await menu.get_by_role("menuitem", name="Edit").click()
    await stage.write(stage.phone, "I want two")
    assert (await stage.update("edited_message"))["text"] == "I want two"
    await expect(stage.bubble(stage.phone, "I want two").locator(".edited")).to_be_visible()
    await expect(stage.bubble(stage.phone, "I want tow")).to_have_count(0)


async def test_what_the_bot_edits_and_deletes_changes_in_place(stage: Stage) -> None:
    await stage.say("/start")
    told = await stage.bot("sendMessage", chat_id=7001, text="Wait")
    await expect(stage.bubble(stage.phone, "Wait")).to_be_visible()
    where = {"chat_id": 7001, "message_id": told["message_id"]}
    await stage.bot("editMessageText", text="Here you are", **where)
    await expect(stage.bubble(stage.phone, "Here you are")).to_be_visible()
    await stage.bot("deleteMessage", **where)
    await expect(stage.bubble(stage.phone, "Here you are")).to_have_count(0)


@pytest.mark.long
async def test_a_reaction_is_given_and_taken_back(stage: Stage) -> None:
    await stage.say("/start")
    await stage.bot("sendMessage", chat_id=7001, text="Solved?")
    menu = await stage.message_menu(stage.phone, "Solved?")
    await menu.get_by_role("menuitem", name="React with 👍").click()
    chip = stage.bubble(stage.phone, "Solved?").get_by_role("button", name="Reaction 👍")
    await expect(chip).to_have_attribute("aria-pressed", "true")
    await chip.click()
    await expect(chip).to_have_count(0)


@pytest.mark.long
async def test_a_reaction_in_the_group_reaches_the_bot(stage: Stage) -> None:
    await stage.topic()
    await stage.open_topic()
    await stage.write(stage.group, "Who takes this?")
    menu = await stage.message_menu(stage.group, "Who takes this?")
    await menu.get_by_role("menuitem", name="React with 🔥").click()
    reaction = await stage.update("message_reaction")
    assert reaction["new_reaction"] == [{"type": "emoji", "emoji": "🔥"}]


@pytest.mark.long
async def test_the_bot_is_seen_typing(stage: Stage) -> None:
    await stage.say("/start")
    await stage.bot("sendChatAction", chat_id=7001, action="typing")
    await expect(stage.phone.get_by_text("typing…")).to_be_visible()
    await stage.bot("sendMessage", chat_id=7001, text="Done typing")
    await expect(stage.phone.get_by_text("typing…")).to_have_count(0)


@pytest.mark.long
async def test_a_deleted_message_disappears(stage: Stage) -> None:
    await stage.say("/start")
    await stage.say("Oops")
    menu = await stage.message_menu(stage.phone, "Oops")
    await menu.get_by_role("menuitem", name="Delete").click()
    await expect(stage.bubble(stage.phone, "Oops")).to_have_count(0)
