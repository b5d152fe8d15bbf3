"""A half filled form when the log-in ends: it waits for the same person, and for nobody else."""

import pytest
from playwright.async_api import Route, expect

from db.tables import Role
from tests.console.scene import PASSWORD, Scene
from tests.console.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def answer_as_expired(route: Route) -> None:
    await route.fulfill(status=401, json={"type": "about:blank", "title": "Unauthorized"})


async def press_if_shown(visitor: Visitor, name: str) -> None:
    """Press a button that is gone when the page has noticed by itself."""
    button = visitor.page.get_by_role("button", name=name, exact=True)
    await button.evaluate_all("(found) => found.forEach((each) => each.click())")


async def test_a_form_waits_for_the_person_who_filled_it(scene: Scene) -> None:
    ana, ben = [await scene.agent(name, role=Role.ADMIN) for name in ("Ana", "Ben")]
    desk = await scene.enter(ana)
    await desk.administer("canned/new")
    await desk.fill("Title", "Ana's reply")
    await desk.fill("Shortcut", "ana")
    await desk.fill("Text", "Only Ana knows")
    other = await scene.another_tab(desk, lambda _: None)

    # Logged out in another tab: the form waits behind the log-in.
    await other.page.goto(f"{other.address}/#/more")
    await other.button("Log out")
    await expect(other.page.locator(".login")).to_be_visible()
    await press_if_shown(desk, "Add a reply")
    await expect(desk.page.locator(".login")).to_contain_text("kept")
    await desk.log_in(ana, PASSWORD)
    await expect(desk.page.get_by_label("Text", exact=True)).to_have_value("Only Ana knows")

    # Somebody else logs in in the other tab: this one is theirs, too, and shows and saves nothing.
    await other.log_in(ben, PASSWORD)
    await expect(other.page.locator(".shell")).to_be_visible()
    await desk.page.route("**/api/v1/canned-replies", answer_as_expired, times=1)
    await press_if_shown(desk, "Add a reply")
    await expect(desk.page.get_by_role("link", name="Ben")).to_be_visible()
    await expect(desk.page.get_by_label("Text", exact=True)).to_have_value("")
    assert (await scene.call("GET", "/canned-replies?q=ana"))["items"] == []
