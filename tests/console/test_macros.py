"""Canned replies that do several things at once: written in Settings, used from the composer."""

import pytest
from playwright.async_api import expect

from tests.console.inspection import inspect
from tests.console.scene import PHONE, Scene
from tests.flows.customers import TelegramCustomer
from tests.flows.stage import Json

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _session(scene: Scene, customer: TelegramCustomer) -> Json:
    listed = (await scene.call("GET", "/sessions?limit=100"))["items"]
    found: Json = next(each for each in listed if each["client"]["name"] == customer.name)
    return found


async def test_a_macro_is_written_on_a_phone_and_used_by_keyboard(scene: Scene) -> None:
    ann = await scene.waiting_customer("It works now", name="Ann Macro")
    boss = await scene.enter(await scene.administrator(), PHONE, touch=True)
    await boss.administer("canned/new")
    await boss.fill("Title", "Solved, thanks")
    await boss.fill("Shortcut", "solved")
    await boss.page.get_by_label("Text", exact=True).fill("Glad to hear it, {{first_name}}!")
    await boss.fill("Then add tags", "solved, happy")
    await boss.page.get_by_label("Priority").select_option("Low")
    await boss.page.get_by_label("Then the session").select_option("is ended")
    await inspect(boss, "a canned reply that does something")
    await boss.save(boss.page.get_by_role("button", name="Add", exact=False).last)

    desk = await scene.enter(await scene.agent("Mia Macro"))
    await desk.show("waiting")
    await desk.open_thread(ann.name)
    keys = desk.page.keyboard
    strip = desk.page.locator(".strip")
    await desk.input.fill("Hi!")
    await keys.press("Control+k")
    await keys.type("solv")
    chosen = desk.page.get_by_role("dialog").get_by_role("option", name="Solved, thanks")
    await expect(chosen).to_be_visible()
    await keys.press("Enter")
    await expect(desk.input).to_have_value("Hi!\nGlad to hear it, Ann!")
    await expect(strip).to_contain_text("After the answer")
    await strip.get_by_role("button", name="Cancel").press("Enter")
    await desk.input.fill("")
    await keys.type("/solv")
    await expect(desk.page.get_by_role("option").filter(has_text="Solved, thanks")).to_be_visible()
    await keys.press("Enter")
    await expect(desk.input).to_have_value("Glad to hear it, Ann!")
    await expect(strip).to_have_text("After the answerTags: solved, happy · Priority: Low · End")
    await inspect(desk, "what follows an answer")
    await keys.press("End")
    await keys.type(" Bye")
    await keys.press("Enter")
    await ann.wait_for("Glad to hear it, Ann! Bye")
    await expect(desk.page.get_by_text("This session has ended.")).to_be_visible()
    await expect(strip).to_have_count(0)
    session = await _session(scene, ann)
    assert (session["status"], session["priority"]) == ("ENDED", "low")
    assert [each["name"] for each in session["tags"]] == ["happy", "solved"]


async def test_one_without_a_text_is_done_or_refused_as_a_whole(scene: Scene) -> None:
    bob = await scene.waiting_customer("Win money!", name="Bob Spam")
    actions = {"tags": ["spam"], "snooze_minutes": 60}
    body = {"shortcut": "aside", "title": "Put aside", "text": "", "actions": actions}
    await scene.call("POST", "/canned-replies", body)
    phone = await scene.enter(await scene.agent("Tia Macro"), PHONE, touch=True)
    await phone.show("waiting")
    await phone.open_thread(bob.name)

    async def choose() -> None:
        await phone.input.fill("/aside")
        await phone.press(phone.page.get_by_role("option").filter(has_text="Put aside"))
        await expect(phone.input).to_have_value("")
        await expect(phone.page.locator(".strip")).to_contain_text(
            "Will be doneTags: spam · Snooze"
        )

    await choose()
    await phone.button("Send")
    await expect(phone.page.get_by_role("status").get_by_text("claim it first")).to_be_visible()
    assert (await _session(scene, bob))["tags"] == []
    await expect(phone.page.locator(".strip")).to_have_count(1)  # for another try
    await phone.button("Claim")
    await expect(phone.page.get_by_role("button", name="End", exact=True)).to_be_visible()
    await phone.button("Send")
    await expect(phone.page.locator(".strip")).to_have_count(0)
    session = await _session(scene, bob)
    assert session["snoozed_until"] is not None
    assert [each["name"] for each in session["tags"]] == ["spam"]
    assert [each.text for each in await bob.chat() if each.text == ""] == []
