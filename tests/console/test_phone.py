"""A day on a phone: 360 pixels wide, by touch."""

import pytest
from playwright.async_api import FilePayload, expect

from tests.api.test_second_factor import code_of
from tests.console.scene import PASSWORD, PHONE, Scene
from tests.console.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_waiting_customer_is_claimed_answered_transferred_and_ended(scene: Scene) -> None:
    customer = await scene.waiting_customer("Where is my parcel?")
    mia, tom = await scene.agent("Mia Mobile"), await scene.agent("Tom Takeover")
    phone = await scene.enter(mia, PHONE, touch=True)
    await phone.show("waiting")
    row = phone.row(customer.name)
    await expect(row.get_by_text("Where is my parcel?")).to_be_visible()
    await expect(row.get_by_text("waits")).to_be_visible()
    await phone.open_thread(customer.name)
    await expect(phone.page.get_by_role("navigation", name="Screens")).to_be_hidden()
    await phone.button("Claim")
    await expect(phone.page.get_by_role("button", name="End", exact=True)).to_be_visible()

    await phone.write("It arrives tomorrow")
    await customer.wait_for("It arrives tomorrow")
    await expect(phone.bubble("It arrives tomorrow").locator(".delivery.is-sent")).to_be_visible()
    await phone.button("Note")
    await phone.write("Calls every week")
    await expect(phone.bubble("Calls every week")).to_contain_text("Note for staff")
    assert not [each for each in await customer.chat() if "Calls" in (each.text or "")]

    plan = FilePayload(name="plan.txt", mimeType="text/plain", buffer=b"for staff")
    await phone.page.locator("input[type=file]").set_input_files(plan)
    await expect(phone.page.get_by_text("plan.txt")).to_be_visible()
    await phone.button("Reply")
    await expect(phone.page.get_by_text("plan.txt")).to_have_count(0)  # it stays with the note
    label = FilePayload(name="label.txt", mimeType="text/plain", buffer=b"parcel 4711")
    await phone.page.locator("input[type=file]").set_input_files(label)
    await phone.write("Your label")
    sent = await customer.wait_for("Your label")
    assert await customer.download(sent) == b"parcel 4711"
    await expect(phone.bubble("Your label").get_by_text("label.txt")).to_be_visible()

    await customer.says("Thank you!")
    await expect(phone.bubble("Thank you!")).to_be_visible()
    other = await scene.enter(tom, PHONE, touch=True)
    await phone.button("Actions for this session")
    await phone.press(phone.page.get_by_role("menuitem", name="Transfer…"))
    await phone.press(phone.page.get_by_text("Tom Takeover"))
    await phone.page.get_by_role("textbox", name="Reason").fill("Knows parcels")
    await phone.press(phone.page.get_by_role("dialog").get_by_role("button", name="Transfer…"))
    await expect(phone.page.get_by_role("status").get_by_text("Transferred to Tom")).to_be_visible()
    await expect(phone.page.get_by_role("heading", name="Inbox")).to_be_visible()  # not theirs now

    await other.open_thread(customer.name)
    await expect(other.page.get_by_text("Mia Mobile → Tom Takeover: Knows parcels")).to_be_visible()
    await _correct_and_end(other)


async def _correct_and_end(other: Visitor) -> None:
    await other.press(other.page.locator(".who"))
    panel = other.page.get_by_role("complementary", name="Customer")
    await panel.get_by_role("textbox", name="Phone number").fill("+62 811 234 567")
    await other.press(panel.get_by_role("button", name="Save"))
    await expect(panel.get_by_role("textbox", name="Phone number")).to_have_value("+62811234567")
    await other.page.go_back()
    await other.button("End")
    await expect(other.page.get_by_text("This session has ended.")).to_be_visible()
    await other.press(other.page.get_by_role("link", name="Back"))
    await expect(other.page.get_by_text("You hold no conversations")).to_be_visible()


async def test_a_customer_is_found_corrected_and_their_conversation_opened(scene: Scene) -> None:
    customer = await scene.waiting_customer("Do you have my number?", name="Wulan")
    phone = await scene.enter(await scene.agent("Gus"), PHONE, touch=True)
    await phone.press(phone.page.get_by_role("link", name="Clients"))
    await phone.page.get_by_role("searchbox").fill("Wul")
    hit = phone.page.get_by_role("button").filter(has_text=customer.name)
    await phone.press(hit)
    details = phone.page.get_by_role("region", name="Customer", exact=True)
    await details.get_by_role("textbox", name="E-mail address").fill("wulan@example.com")
    await phone.press(details.get_by_role("button", name="Save"))
    await expect(details.get_by_role("button", name="Save")).to_have_count(0)
    await phone.press(details.get_by_role("link", name="Back"))
    await expect(hit).to_be_visible()
    await phone.page.get_by_role("searchbox").fill("wulan@example.com")
    await phone.press(hit)
    await phone.press(details.get_by_role("button", name="Open the conversation"))
    await expect(phone.bubble("Do you have my number?")).to_be_visible()


async def test_a_required_second_factor_is_set_up_and_asked_for(scene: Scene) -> None:
    email = await scene.agent("Fay")
    me = await scene.call("GET", "/auth/me", email=email)
    await scene.call("PATCH", f"/users/{me['id']}", {"second_factor_required": True})
    phone = await scene.open(PHONE, touch=True)
    await phone.log_in(email, PASSWORD)
    await expect(phone.page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    await phone.page.get_by_label("Password").fill(PASSWORD)
    await phone.button("Next")
    secret = await phone.page.locator("p.secret").inner_text()
    await phone.page.get_by_label("Code").fill(code_of(secret.replace(" ", "")))
    await phone.button("Next")
    codes = phone.page.locator("ul.secret li")
    await expect(codes).to_have_count(10)
    recovery = await codes.first.inner_text()
    await phone.button("I have kept them")
    await expect(phone.page.get_by_role("heading", name="Inbox")).to_be_visible()

    again = await scene.open(PHONE, touch=True)
    await again.log_in(email, PASSWORD)
    await again.page.get_by_label("Code").fill(recovery)
    await again.button("Log in")
    await expect(again.page.get_by_role("heading", name="Inbox")).to_be_visible()


async def test_a_log_in_says_what_is_wrong_and_lasts_over_a_reload(scene: Scene) -> None:
    phone = await scene.open(PHONE, touch=True, locale="id-ID")
    await phone.log_in("nobody@example.com", "wrong")
    await expect(phone.page.get_by_role("alert")).to_have_text(
        "Alamat email, kata sandi, atau kode salah."
    )
    await phone.log_in(await scene.agent("Lia"), PASSWORD)
    await expect(phone.page.get_by_role("heading", name="Pesan")).to_be_visible()
    await phone.page.reload()
    await expect(phone.page.get_by_role("heading", name="Pesan")).to_be_visible()
    await phone.press(phone.page.get_by_role("link", name="Lainnya"))
    await phone.page.get_by_role("combobox", name="Bahasa").select_option("en")
    await expect(phone.page.get_by_role("heading", name="More")).to_be_visible()
    await phone.button("Log out")
    await expect(phone.page.get_by_role("heading", name="Log in")).to_be_visible()
    await phone.page.reload()
    await expect(phone.page.get_by_role("heading", name="Log in")).to_be_visible()
