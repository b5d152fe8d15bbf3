"""Rules and broadcasts: tried before they reach anybody; 360 pixels wide, by touch."""

import pytest
from playwright.async_api import expect

from db.tables import Role
from tests.console.inspection import inspect
from tests.console.scene import PHONE, Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = "<img src=x onerror=alert(1)>"


async def test_a_rule_is_made_tried_switched_off_and_deleted(scene: Scene) -> None:
    phone = await scene.enter(await scene.agent("Rex", role=Role.ADMIN), PHONE, touch=True)
    page = phone.page
    await phone.administer("rules/new")
    await page.get_by_label("Name").fill(HOSTILE)
    await page.get_by_label("Text", exact=True).fill("{{first_name}}, a kilo is 40.")
    await phone.button("Add a rule")
    await expect(page.locator("[aria-invalid=true]")).to_have_count(1)  # it has no words
    await inspect(phone, "a rule that cannot be added")
    await page.get_by_label("Words", exact=True).fill("kilo price")
    await page.get_by_label("Buttons").fill("Order\nNo, thanks")
    await phone.button("Add a rule")
    await expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    await phone.press(page.get_by_role("link", name="Back"))
    await page.get_by_label("Message of a customer").fill("What is the kilo price?")
    await phone.button("Try")
    trial = page.get_by_role("list", name="Try the rules")
    await expect(trial).to_contain_text("It answers")
    await expect(trial).to_contain_text("a kilo is 40.")
    await expect(trial).to_contain_text("Order · No, thanks")
    await inspect(phone, "rules")
    await phone.press(trial.get_by_role("link", name=HOSTILE))
    await page.get_by_label("Answers when the message").select_option("pattern")
    await page.get_by_label("Regular expression").fill("(")
    await phone.button("Save")
    await expect(page.locator(".field-error")).to_be_visible()
    await page.get_by_label("Regular expression").fill("kilo.*price")
    await phone.press(page.get_by_text("Switched on"))
    await phone.save()
    await inspect(phone, "rule")
    [rule] = (await scene.call("GET", "/auto-reply-rules"))["items"]
    assert (rule["is_active"], rule["pattern"]) == (False, "kilo.*price")
    await phone.button("Delete the rule")
    await phone.press(page.get_by_role("dialog").get_by_role("button", name="Delete the rule"))
    await expect(page.get_by_text("There are no rules yet")).to_be_visible()


async def test_a_broadcast_is_seen_before_it_is_sent_and_reaches_its_customers(
    scene: Scene,
) -> None:
    chosen = await scene.waiting_customer("Tell me the news", name="Nora")
    other = await scene.waiting_customer("Not me", name="Omar")
    [session] = [
        each
        for each in (await scene.call("GET", "/queue"))["items"]
        if each["client"]["name"] == chosen.name
    ]
    tag = {"add": ["wants news"]}
    await scene.call("PATCH", f"/sessions/{session['id']}/tags", tag)
    phone = await scene.enter(await scene.agent("Bea", role=Role.ADMIN), PHONE, touch=True)
    page = phone.page
    await phone.administer("broadcasts/new")
    await page.get_by_label("Name").fill("News")
    await phone.button("Save and see who gets it")
    await expect(page.get_by_role("alert")).to_be_visible()  # there is nothing to send
    await page.get_by_label("Text").fill("Dear {{first_name}}, we are open on Sunday.")
    await phone.press(page.get_by_text("wants news"))
    await inspect(phone, "new broadcast")
    await phone.button("Save and see who gets it")
    await expect(page.get_by_text("1 person would get it")).to_be_visible()
    await expect(page.get_by_text("we are open on Sunday.")).to_be_visible()
    await phone.press(page.get_by_role("link", name="Change the broadcast"))
    text = page.get_by_label("Text", exact=True)
    await expect(text).to_have_value("Dear {{first_name}}, we are open on Sunday.")
    await expect(page.get_by_label("wants news")).to_be_checked()
    await text.fill("Dear {{nmae}}")
    await phone.button("Save")
    await expect(text).to_be_focused()  # there is no such variable
    await text.fill("Dear {{first_name}}, we are closed on Sunday.")
    await phone.save()
    await expect(page.get_by_text("we are closed on Sunday.")).to_be_visible()
    await phone.button("Send it to me")
    await expect(page.locator(".notice.is-error")).to_be_visible()  # no Telegram is linked
    await inspect(phone, "broadcast before it starts")
    await phone.button("Start now")
    telegram = scene.stage.telegram
    await telegram.fail("sendMessage", chat_id=chosen.user["id"], code=502, times=1000)
    await phone.press(page.get_by_role("dialog").get_by_role("button", name="Start now"))
    await expect(page.locator(".counts")).to_contain_text("being sent1")
    await phone.button("Pause")
    await expect(page.locator("p").get_by_text("Paused")).to_be_visible()
    await inspect(phone, "paused broadcast")
    await telegram.clear_faults()
    await phone.button("Go on")
    await chosen.wait_for("Dear Nora, we are closed on Sunday.")
    await expect(page.locator("p").get_by_text("Done")).to_be_visible()
    await expect(page.locator(".counts")).to_contain_text("sent1failed0")
    await page.get_by_label("Recipients").select_option("sent")
    await expect(page.get_by_role("link", name=chosen.name)).to_be_visible()
    await inspect(phone, "broadcast")
    assert not [each for each in await other.chat() if "Sunday" in (each.text or "")]
    await phone.administer("broadcasts")
    await expect(page.get_by_role("link", name="News")).to_contain_text("1 sent")
    await inspect(phone, "broadcasts")
