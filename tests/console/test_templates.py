"""A WhatsApp number: templates, the first message to somebody, a customer on two channels."""

import json
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from db.tables import Role
from tests.console.inspection import inspect
from tests.console.scene import PHONE, Scene
from tests.console.visitor import Visitor
from tests.flows.customers import Customer, TelegramCustomer
from tests.flows.stage import Json
from tests.flows.template_stage import TemplateStage, run_template_stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def shop(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> AsyncIterator[TemplateStage]:
    file = tmp_path_factory.mktemp("shop") / "osmodesk.db"
    shutil.copy(migrated_sqlite, file)
    async with run_template_stage(f"sqlite+aiosqlite:///{file}") as made:
        yield made


async def test_a_template_is_filled_in_seen_and_sent(shop: TemplateStage, browser: Browser) -> None:
    scene = Scene(shop.stage, browser)
    email = await scene.agent("Tia")
    await shop.api.change("UPDATE agents SET status = 'offline'")
    ann = await shop.stage.customer()
    await ann.says("Is my order ready?")
    await shop.session(ann)
    await shop.close_window(ann)
    phone = await scene.enter(email, PHONE, touch=True)
    await phone.show("waiting")
    await expect(phone.row(ann.name)).to_contain_text("window closed")
    await phone.open_thread(ann.name)
    await expect(phone.page.get_by_text("only a template can be sent")).to_be_visible()
    await _do_without_the_text(shop, scene, phone, ann)
    await _choose_macro(phone, "Hurry")
    await phone.button("Choose a template")
    dialog = phone.page.get_by_role("dialog")
    await phone.press(dialog.get_by_role("button").filter(has_text="order"))
    await dialog.get_by_label("Value of header.1").fill("A7")
    await dialog.get_by_label("Value of 2").fill("Monday")
    await dialog.get_by_label("Value of button.0").fill("a7")
    await phone.press(dialog.get_by_role("button", name="Send the template"))
    await ann.wait_for(f"Dear {ann.name}, it comes on Monday.")
    await expect(phone.bubble("it comes on Monday.")).to_be_visible()
    await expect(phone.page.locator(".strip")).to_have_count(0)
    assert (await _load_session(shop, scene, ann))["priority"] == "high"
    await phone.button("Note")
    await phone.write("A note needs no window")
    await expect(phone.bubble("A note needs no window")).to_contain_text("Note for staff")
    await _send_by_keys(shop, scene)
    assert await scene.close_pages() == []


async def _do_without_the_text(
    shop: TemplateStage, scene: Scene, phone: Visitor, ann: Customer
) -> None:
    for title, actions in (("Delayed", {"tags": ["late"]}), ("Hurry", {"priority": "high"})):
        body = {"shortcut": title.lower(), "title": title, "text": "Sorry!", "actions": actions}
        await scene.call("POST", "/canned-replies", body)
    await _choose_macro(phone, "Delayed")
    await expect(phone.page.get_by_text("The text of “Delayed” is not sent")).to_be_visible()
    await inspect(phone, "a canned reply while the window is closed")
    await phone.button("Do only this")
    await expect(phone.page.locator(".strip")).to_have_count(0)
    session = await _load_session(shop, scene, ann)
    assert [each["name"] for each in session["tags"]] == ["late"]


async def _choose_macro(phone: Visitor, title: str) -> None:
    await phone.button("All commands and screens")
    await phone.press(phone.page.get_by_role("option", name=title))
    await expect(phone.page.locator(".strip")).to_contain_text("Alone, or after a template")


async def _load_session(shop: TemplateStage, scene: Scene, ann: Customer) -> Json:
    found: Json = await scene.call("GET", f"/sessions/{await shop.session(ann)}")
    return found


async def _send_by_keys(shop: TemplateStage, scene: Scene) -> None:
    bob = await shop.stage.customer()
    await bob.says("Is mine ready, too?")
    await shop.session(bob)
    await shop.close_window(bob)
    desk = await scene.enter(await scene.agent("Toni"))
    await desk.show("waiting")
    await desk.open_thread(bob.name)
    await expect(desk.page.get_by_text("only a template can be sent")).to_be_visible()
    await desk.page.keyboard.press("r")
    choices = desk.page.get_by_role("dialog").locator(".choice")
    await expect(choices.first).to_be_focused()
    await choices.filter(has_text="order").press("Enter")
    # Its fields stay in their order while they are filled in.
    for label in ("Value of header.1", "Value of 2", "Value of button.0"):
        await expect(desk.page.get_by_label(label)).to_be_focused()
        await desk.page.keyboard.type("B7")
        await desk.page.keyboard.press("Tab")
    await desk.page.get_by_role("button", name="Send the template").press("Enter")
    await bob.wait_for("it comes on B7.")


async def test_administrators_see_and_fetch_templates(
    shop: TemplateStage, browser: Browser
) -> None:
    scene = Scene(shop.stage, browser)
    phone = await scene.enter(await scene.agent("Ted", role=Role.ADMIN), PHONE, touch=True)
    await phone.administer("templates")
    order = phone.page.get_by_role("link", name="order")
    await expect(order).to_contain_text("Approved")
    await phone.button("Fetch again")
    await expect(phone.page.get_by_text("The templates are up to date.")).to_be_visible()
    await inspect(phone, "templates")
    await phone.press(order)
    await expect(phone.page.locator(".preview")).to_contain_text("it comes on")
    await expect(phone.page.get_by_role("listitem").filter(has_text="header.1")).to_be_visible()
    await inspect(phone, "template")
    assert await scene.close_pages() == []


async def test_a_number_that_never_wrote_is_written_to(
    shop: TemplateStage, browser: Browser
) -> None:
    scene = Scene(shop.stage, browser)
    phone = await scene.enter(await scene.agent("Tirta"), PHONE, touch=True)
    new = await shop.stage.customer("Bela")
    await phone.button("Write to a new number")
    dialog = phone.page.get_by_role("dialog", name="Write to a new number")
    await dialog.get_by_label("Phone number").fill("12")
    await dialog.get_by_label("Name").fill(new.name)
    template = dialog.get_by_role("combobox", name="Template")
    hello = await template.locator("option", has_text="hello").get_attribute("value")
    await template.select_option(hello)
    await expect(dialog.locator(".preview")).to_contain_text("Hello {{name}}")
    await phone.press(dialog.get_by_role("button", name="Send", exact=True))
    await expect(dialog.get_by_role("alert")).to_contain_text("phone")
    await dialog.get_by_label("Phone number").fill(f"+{new.address}")
    await phone.press(dialog.get_by_role("button", name="Send", exact=True))
    await new.wait_for(f"Hello {new.name}, Tirta here.")
    await expect(phone.bubble(f"Hello {new.name}")).to_be_visible()
    assert await scene.close_pages() == []


async def test_a_customer_on_two_channels_has_one_timeline_and_one_export(
    shop: TemplateStage, browser: Browser
) -> None:
    scene = Scene(shop.stage, browser)
    boss = await scene.agent("Bosse", role=Role.ADMIN)
    ann = await shop.stage.customer("Rima")
    await ann.says("First on WhatsApp")
    await shop.session(ann)
    telegram = shop.stage.telegram
    other = TelegramCustomer(telegram, await telegram.add_user("Rima on Telegram"))
    await other.begins()
    await other.says("Then on Telegram")
    await shop.session(other)
    ids = [
        (await scene.call("GET", f"/clients?q={each.name}", email=boss))["items"][0]["id"]
        for each in (ann, other)
    ]
    await scene.call("POST", f"/clients/{ids[0]}/join", {"client_id": ids[1]}, email=boss)
    desk = await scene.enter(boss)
    await desk.page.goto(f"{desk.address}/#/clients/{ids[0]}")
    await desk.button("Messages on all channels")
    log = desk.page.get_by_role("log", name="Messages on all channels")
    said = [re.compile(each) for each in ("First", "/start", "Then")]
    await expect(log.locator(".bubble-row")).to_have_text(said)
    await ann.says("And again")
    await expect(log.locator(".bubble-row").last).to_contain_text("And again")
    await log.get_by_role("link", name="Telegram").click()
    await expect(desk.page.locator(".composer")).to_be_visible()
    await desk.page.goto(f"{desk.address}/#/clients/{ids[0]}")
    async with desk.page.expect_download() as waiting:
        await desk.button("Export all data (JSON)")
    data = json.loads((await (await waiting.value).path()).read_text())
    exported = {each["message"] for each in data["messages"]}
    assert {"First on WhatsApp", "Then on Telegram", "And again"} <= exported
    assert await scene.close_pages() == []
