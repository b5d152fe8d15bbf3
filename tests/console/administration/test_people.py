"""People: add an agent, change them, let them in and out; 360 pixels wide, by touch."""

import pytest
from playwright.async_api import expect

from tests.console.inspection import inspect
from tests.console.scene import PASSWORD, PHONE, Scene
from tests.console.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

NAME = '<img src=x onerror="document.title=1">'

# The wrong field has the focus with the words about it. Who leaves it at once is left alone.
LEAVES_AT_ONCE = """async () => {
    const form = document.querySelector("form.admin-form");
    const wrong = form.querySelector("[aria-invalid=true]");
    const other = [...form.elements].find((each) => each.name && each !== wrong);
    other.focus();
    form.requestSubmit();
    await new Promise((shown) => setTimeout(shown));
    const isShown = document.activeElement === wrong;
    other.focus();
    await new Promise((painted) => setTimeout(painted, 500));
    return isShown && document.activeElement === other;
}"""


async def expect_said_beside_the_button(phone: Visitor) -> None:
    """Expect that "Saved." stands where it covers nothing, and what another press does."""
    bar = phone.page.locator(".save-bar")
    await expect(bar.get_by_role("status")).to_have_text("Saved.")
    await expect(phone.page.locator(".notice")).to_have_count(0)
    await phone.button("Save")
    await expect(bar).to_contain_text("There is nothing to save.")


async def test_a_person_is_added_changed_and_disabled(scene: Scene) -> None:
    email = await scene.administrator()
    phone = await scene.enter(email, PHONE, touch=True)
    page = phone.page
    await phone.press(page.get_by_role("link", name="More"))
    await phone.press(page.get_by_role("link", name="Settings"))
    await phone.press(page.get_by_role("link", name="People"))
    await expect(page.get_by_role("link", name="Boss")).to_be_visible()
    await inspect(phone, "people")

    await phone.press(page.get_by_role("link", name="Add a person"))
    await phone.button("Add a person")
    name = page.get_by_label("Name", exact=True)
    await expect(name).to_be_focused()  # it is empty
    await expect(name).to_have_attribute("aria-invalid", "true")
    await name.fill(NAME)
    await phone.fill("E-mail address", email)
    await phone.button("Add a person")
    await expect(page.get_by_role("alert")).to_contain_text(email)  # somebody has it
    await expect(name).to_have_value(NAME)
    await inspect(phone, "a person who cannot be added")
    await phone.fill("E-mail address", "ani.of.people@example.com")
    await phone.button("Add a person")
    link = await page.locator(".copyable code").inner_text()
    await inspect(phone, "the link of a new person")

    body = {"token": link.partition("#")[2], "password": PASSWORD}
    answer = await page.request.post(f"{phone.address}/api/v1/auth/reset", data=body)
    assert answer.ok
    await scene.call("GET", "/auth/me", email="ani.of.people@example.com")

    await phone.press(page.get_by_role("link", name="More settings of this person"))
    await expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    await phone.fill("Conversations at once", "-1")
    await phone.button("Save")
    await expect(page.locator(".field-error")).to_be_visible()
    assert await page.evaluate(LEAVES_AT_ONCE)
    await phone.fill("Conversations at once", "7")
    await phone.press(page.get_by_text("Require a second factor"))
    await phone.press(page.get_by_role("link", name="Back"))
    await expect(page.get_by_role("dialog")).to_contain_text("not saved")
    await phone.button("Cancel")
    await phone.button("Save")
    await expect_said_beside_the_button(phone)
    await phone.button("Make a link for Telegram")
    await expect(page.locator(".copyable code").first).to_contain_text("link")
    await inspect(phone, "person")
    await phone.button("Disable the account")
    await phone.press(page.get_by_role("dialog").get_by_role("button", name="Disable the account"))
    await expect(page.get_by_role("button", name="Enable the account")).to_be_visible()
    [found] = (await scene.call("GET", "/users?q=ani.of.people"))["items"]
    assert (found["name"], found["is_active"], found["second_factor_required"]) == (
        NAME,
        False,
        True,
    )
    agent = await scene.call("GET", f"/agents/{found['agent_id']}")
    assert agent["capacity"] == 7


async def test_agents_are_shown_no_administration(scene: Scene) -> None:
    desk = await scene.enter(await scene.agent("Nobody special"))
    await expect(desk.page.get_by_role("link", name="Search")).to_be_visible()
    await expect(desk.page.get_by_role("link", name="Settings")).to_have_count(0)
    await desk.page.goto(f"{desk.address}/#/administration/people")
    await expect(desk.page.get_by_role("heading", name="Inbox")).to_be_visible()
