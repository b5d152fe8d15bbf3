"""When the reply window of a WhatsApp number is closed, the composer is a choice of templates."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.console.scene import PHONE, Scene
from tests.flows.template_stage import TemplateStage, run_template_stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def shop(tmp_path: Path, migrated_sqlite: Path) -> AsyncIterator[TemplateStage]:
    file = tmp_path / "osmodesk.db"
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
