"""Two agents with the same customer see each other, and only one of them gets the session."""

import pytest
from playwright.async_api import Route, expect

from tests.console.scene import PASSWORD, Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_who_waits_longest_is_first_also_before_all_pages_are_there(scene: Scene) -> None:
    first = await scene.waiting_customer("I was first", name="Aldi")
    last = await scene.waiting_customer("I wrote last", name="Bela")

    async def send_one(route: Route) -> None:
        """Answer as if a page had one row: the one with the newest message."""
        response = await route.fetch()
        page = await response.json()
        await route.fulfill(response=response, json={**page, "items": page["items"][:1]})

    desk = await scene.open()
    await desk.page.route("**/api/v1/conversations?waiting=true**", send_one)
    await desk.log_in(await scene.agent("Wira"), PASSWORD)
    await desk.show("waiting")
    names = desk.page.get_by_role("option").locator(".row-name")
    await expect(names).to_have_text([first.name, last.name])


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
