"""Every screen without findings of axe, and without anything cut at its width."""

import pytest
from playwright.async_api import expect

from tests.console.inspection import inspect
from tests.console.scene import DESKTOP, PASSWORD, PHONE, TABLET, Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOOKS = {
    "phone, dark, Indonesian": (PHONE, True, "id-ID"),
    "desktop, light, English": (DESKTOP, False, "en-GB"),
    "tablet, light, Indonesian": (TABLET, False, "id-ID"),
    "phone, light, English": (PHONE, False, "en-GB"),
    "desktop, dark, Indonesian": (DESKTOP, True, "id-ID"),
}
SHORT = 1


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(name, marks=[pytest.mark.long] if number >= SHORT else [])
        for number, name in enumerate(LOOKS)
    ],
)
async def test_each_screen_is_accessible_and_whole(scene: Scene, look: str) -> None:
    size, dark, locale = LOOKS[look]
    customer = await scene.waiting_customer("A question?", "And another", name="Ana")
    email = await scene.agent(f"Axel, {look}")
    visitor = await scene.open(size, touch=size is PHONE, locale=locale, dark=dark)
    await inspect(visitor, "log-in")
    await visitor.log_in(email, PASSWORD)
    await visitor.show("waiting")
    await expect(visitor.row(customer.name)).to_be_visible()
    await inspect(visitor, "inbox")
    await visitor.open_thread(customer.name)
    await visitor.press(visitor.page.locator(".tools .button.is-primary"))
    await visitor.write("An answer")
    await expect(visitor.bubble("An answer").locator(".delivery.is-sent")).to_be_visible()
    await inspect(visitor, "thread")
    await visitor.press(visitor.page.locator(".mode.is-note"))
    await visitor.press(visitor.page.locator(".tools .menu > button"))
    await inspect(visitor, "note and menu")
    await visitor.page.keyboard.press("Escape")
    await visitor.press(visitor.page.locator(".tools .menu > button"))
    await visitor.press(visitor.page.get_by_role("menuitem").first)
    await expect(visitor.page.locator(".choice").first).to_be_visible()
    await inspect(visitor, "transfer")
    await visitor.press(visitor.page.locator(".dialog .icon-button"))
    for command, name in (("/snooze", "snooze"), ("/tag", "tags"), ("/help", "help")):
        await visitor.press(visitor.page.locator(".mode.is-reply"))
        await visitor.write(command)
        await expect(visitor.page.locator("dialog[open]")).to_be_visible()
        await inspect(visitor, name)
        await visitor.press(visitor.page.locator(".dialog .icon-button"))
    await visitor.page.keyboard.press("Control+k")
    await expect(visitor.page.locator(".palette-entry").first).to_be_visible()
    await inspect(visitor, "palette")
    await visitor.press(visitor.page.locator(".dialog .icon-button"))
    for place in ("inbox/mine", "search?q=answer", "clients", "more"):
        await visitor.page.goto(f"{visitor.address}/#/{place}")
        if place.startswith(("search", "clients")):
            await expect(visitor.page.locator(".hit").first).to_be_visible()
        await inspect(visitor, place)
    await visitor.page.goto(f"{visitor.address}/#/inbox/mine")
    await visitor.open_thread(customer.name)
    await visitor.press(visitor.page.locator(".who"))
    await expect(visitor.page.locator(".client-name")).to_be_visible()
    await inspect(visitor, "client")
