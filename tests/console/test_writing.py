"""Formatting and emoji in the composer, by touch at 360 pixels and by keyboard."""

import pytest
from playwright.async_api import expect

from tests.console.inspection import inspect
from tests.console.scene import PHONE, Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_words_are_formatted_and_an_emoji_is_found_by_touch(scene: Scene) -> None:
    ann = await scene.waiting_customer("Any news?", name="Ann Touch")
    phone = await scene.enter(await scene.agent("Fia Touch"), PHONE, touch=True)
    await phone.show("waiting")
    await phone.open_thread(ann.name)
    bold = phone.page.get_by_role("button", name="Bold")
    await expect(bold).to_have_count(0)
    await phone.input.fill("a big sale")
    await phone.input.evaluate("each => each.setSelectionRange(2, 4)")
    await phone.button("Formatting")
    for expected in ("a **big** sale", "a big sale", "a **big** sale"):
        await phone.press(bold)
        await expect(phone.input).to_have_value(expected)
    await expect(phone.page.locator(".is-preview b")).to_have_text("big")
    await inspect(phone, "formatting")
    await phone.button("Formatting")
    await expect(bold).to_have_count(0)
    await phone.input.press("End")
    await phone.button("Emoji")
    search = phone.page.get_by_role("combobox", name="Search by a word")
    await expect(search).to_be_visible()
    await inspect(phone, "emoji")
    await search.fill("parc")
    await phone.press(phone.page.get_by_role("option", name="parcel package"))
    await expect(phone.input).to_have_value("a **big** sale📦")
    await expect(search).to_have_count(0)
    await phone.button("Emoji")  # what was used last stands first
    first = phone.page.get_by_role("listbox", name="Emoji").get_by_role("option").first
    await expect(first).to_have_text("📦")
    await phone.press(phone.input)
    await expect(search).to_have_count(0)
    await phone.button("Send")
    heard = await ann.wait_for("a big sale📦")
    assert (heard.text, heard.entities) == ("a big sale📦", (("bold", "big"),))
    await expect(phone.bubble("a big sale").locator("b")).to_have_text("big")


async def test_keys_format_and_find_and_what_is_changed_keeps_its_form(scene: Scene) -> None:
    bob = await scene.waiting_customer("When?", name="Bob Keys")
    desk = await scene.enter(await scene.agent("Kim Keys"))
    await desk.show("waiting")
    await desk.open_thread(bob.name)
    keys = desk.page.keyboard
    await desk.input.focus()
    await keys.type("now or ")
    await keys.press("Control+i")
    await keys.type("later")
    await keys.press("ArrowRight")
    await keys.press("ArrowRight")
    await keys.type("? ")
    await expect(desk.input).to_have_value("now or __later__? ")
    for _ in range(3):  # over the attaching of files, and the sending of marks as they are
        await keys.press("Shift+Tab")
    await keys.press("Enter")
    await expect(desk.page.get_by_role("combobox", name="Search by a word")).to_be_focused()
    await keys.type("thank")
    await keys.press("Enter")
    await expect(desk.input).to_have_value("now or __later__? 🙏")
    await expect(desk.input).to_be_focused()
    await keys.press("Enter")
    assert (await bob.wait_for("now or later? 🙏")).entities == (("italic", "later"),)

    bubble = desk.bubble("now or later")
    await expect(bubble.locator("i")).to_have_text("later")
    await bubble.get_by_role("button", name="Actions for this message").press("Enter")
    await desk.page.get_by_role("menuitem", name="Edit").press("Enter")
    await expect(desk.input).to_have_value("now or __later__? 🙏")
    await desk.input.fill("**now** or __later__")
    await desk.button("Send the marks as they are")
    await expect(desk.page.locator(".is-preview")).to_have_count(0)
    await keys.press("Enter")
    assert (await bob.wait_for("**now** or __later__")).entities == ()
