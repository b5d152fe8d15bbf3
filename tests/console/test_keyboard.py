"""A day at a desk: 1440 pixels wide, without a mouse."""

import pytest
from playwright.async_api import expect

from tests.console.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_next_waiting_is_answered_with_a_canned_reply_and_ended(scene: Scene) -> None:
    first = await scene.waiting_customer("I was first", name="First")
    await scene.waiting_customer("I was second", name="Second")
    words = "Hello {{first_name}}, how can I help?"
    canned = {"shortcut": "hello", "title": "A greeting", "text": words}
    await scene.call("POST", "/canned-replies", canned)
    desk = await scene.enter(await scene.agent("Kira"))
    keys = desk.page.keyboard
    await expect(desk.page.get_by_role("heading", name="Inbox")).to_be_visible()
    await keys.press("n")
    await expect(desk.page.locator(".who-name")).to_have_text(first.name)
    await expect(desk.input).to_be_visible()
    await keys.press("r")
    await keys.type("/hel")
    await expect(desk.page.get_by_role("option", name="A greeting")).to_be_visible()
    await keys.press("Enter")
    await expect(desk.input).to_have_value("Hello First, how can I help?")
    await keys.press("Enter")
    await first.wait_for("Hello First, how can I help?")
    await expect(desk.input).to_have_value("")

    await keys.type("//He seems to be in a hurry")
    await expect(desk.page.locator(".composer.is-note")).to_be_visible()
    await keys.press("Enter")
    await expect(desk.bubble("He seems to be in a hurry")).to_contain_text("Note for staff")
    await keys.press("Alt+n")
    await keys.type("/unknown words")
    await keys.press("Enter")
    await expect(desk.page.get_by_text("/unknown is no command")).to_be_visible()
    await desk.input.fill("/tag hurry, VIP")
    await keys.press("Enter")
    await expect(desk.page.get_by_role("list", name="Tags")).to_contain_text("VIP")
    await expect(desk.input).to_have_value("")
    await keys.press("Escape")
    await keys.press("e")
    await expect(desk.page.get_by_text("This session has ended.")).to_be_visible()
    assert not [each for each in await first.chat() if each.text.startswith(("/un", "/tag"))]


async def test_dialogs_help_and_search_open_by_keys(scene: Scene) -> None:
    customer = await scene.waiting_customer("My parcel is in a hurry")
    desk = await scene.enter(await scene.agent("Kay"))
    keys = desk.page.keyboard
    await keys.press("n")
    await expect(desk.page.locator(".who-name")).to_have_text(customer.name)
    await keys.press("t")
    await expect(desk.page.get_by_role("dialog", name="Transfer")).to_be_visible()
    await keys.press("Escape")
    await expect(desk.page.get_by_role("dialog")).to_have_count(0)
    await keys.press("?")
    await expect(desk.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    await keys.press("Escape")
    await expect(desk.page.get_by_role("dialog")).to_have_count(0)
    await keys.press("Control+k")
    entry = desk.page.get_by_role("dialog").get_by_role("option").first
    await expect(entry).to_be_visible()
    await keys.type("tag")
    await expect(entry).to_contain_text("/tag")
    await keys.press("Enter")
    await expect(desk.page.get_by_role("dialog", name="Tags")).to_be_visible()
    await keys.press("Escape")
    await keys.press("Control+k")
    await keys.type("more")
    await expect(entry).to_contain_text("More")
    await keys.press("Enter")
    await expect(desk.page.get_by_role("heading", name="More")).to_be_visible()
    await keys.press("Control+k")
    await keys.type(customer.name.lower())
    await expect(entry).to_contain_text(customer.name)
    await keys.press("Enter")
    await expect(desk.bubble("My parcel is in a hurry")).to_be_visible()
    await keys.press("Control+f")
    await expect(desk.page.get_by_role("searchbox")).to_be_focused()
    await keys.type("hurry")
    hit = desk.page.get_by_role("button").filter(has_text=customer.name)
    await expect(hit.locator("mark")).to_have_text("hurry")
    await hit.focus()
    await keys.press("Enter")
    await expect(desk.bubble("My parcel is in a hurry")).to_be_visible()


async def test_single_keys_write_while_somebody_writes_and_can_be_switched_off(
    scene: Scene,
) -> None:
    customer = await scene.waiting_customer("Hello")
    desk = await scene.enter(await scene.agent("Kim"))
    keys = desk.page.keyboard
    await desk.show("waiting")
    await expect(desk.row(customer.name)).to_be_visible()
    await keys.press("j")
    await keys.press("r")  # from the list
    await expect(desk.page.locator(".who-name")).to_have_text(customer.name)
    await expect(desk.input).to_be_focused()
    await keys.press("Escape")
    await keys.press("c")
    await expect(desk.page.get_by_role("button", name="End", exact=True)).to_be_visible()
    await keys.press("r")
    await keys.type("never connect e t c")
    await expect(desk.input).to_have_value("never connect e t c")
    await desk.page.reload()
    await expect(desk.input).to_have_value("never connect e t c")
    await desk.page.goto(f"{desk.address}/#/more")
    await desk.page.get_by_role("switch", name="Single keys").uncheck()
    await keys.press("?")
    await desk.page.goto(f"{desk.address}/#/inbox/mine")
    await expect(desk.row(customer.name)).to_contain_text("Draft:")
    await expect(desk.page.get_by_role("dialog")).to_have_count(0)
