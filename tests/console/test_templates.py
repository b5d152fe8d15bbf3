"""When the reply window of a WhatsApp number is closed, the composer is a choice of templates."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from db.tables import Role
from tests.console.inspection import inspect
from tests.console.scene import PHONE, Scene
from tests.flows.template_stage import TemplateStage, run_template_stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def shop(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> AsyncIterator[TemplateStage]:
    file = tmp_path_factory.mktemp("templates") / "osmodesk.db"
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
    await phone.button("Choose a template")
    dialog = phone.page.get_by_role("dialog")
    await phone.press(dialog.get_by_role("button").filter(has_text="order"))
    await dialog.get_by_label("Value of header.1").fill("A7")
    await dialog.get_by_label("Value of 2").fill("Monday")
    await dialog.get_by_label("Value of button.0").fill("a7")
    await phone.press(dialog.get_by_role("button", name="Send the template"))
    await ann.wait_for(f"Dear {ann.name}, it comes on Monday.")
    await expect(phone.bubble("it comes on Monday.")).to_be_visible()
    await phone.button("Note")
    await phone.write("A note needs no window")
    await expect(phone.bubble("A note needs no window")).to_contain_text("Note for staff")
    assert await scene.close_pages() == []


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
