"""Two agents with the same customer see each other, and only one of them gets the session."""

import pytest
from playwright.async_api import expect

from tests.console.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_two_agents_see_each_other_until_one_claims(scene: Scene) -> None:
    customer = await scene.waiting_customer("Anybody there?")
    nia = await scene.enter(await scene.agent("Nia"))
    oto = await scene.enter(await scene.agent("Oto"))
    for each in (nia, oto):
        await each.show("waiting")
        await each.open_thread(customer.name)
    await expect(nia.page.get_by_text("Oto is here, too")).to_be_visible()
    await oto.input.press_sequentially("Yes, how can")
    await expect(nia.page.get_by_text("Oto is writing here")).to_be_visible()
    await nia.page.keyboard.press("Escape")
    await nia.open_thread(customer.name)
    await nia.button("Claim")
    await expect(nia.page.get_by_role("button", name="End", exact=True)).to_be_visible()
    await expect(oto.row(customer.name)).to_have_count(0)
    await expect(oto.page.get_by_text("Nobody waits")).to_be_visible()
    await expect(oto.page.get_by_text("another agent has it")).to_be_visible()
    await expect(oto.bubble("Anybody there?")).to_have_count(0)
    await nia.page.get_by_role("link", name="Search").click()
    await nia.page.get_by_role("searchbox").fill("Anybody")
    hit = nia.page.get_by_role("button").filter(has_text=customer.name)
    await expect(hit.locator("mark")).to_have_text("Anybody")
