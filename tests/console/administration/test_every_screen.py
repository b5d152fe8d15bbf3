"""Every screen of the administration: nothing that axe finds, no cut words, in each look."""

import pytest
from playwright.async_api import expect

from tests.console.inspection import inspect
from tests.console.scene import Scene
from tests.console.test_accessibility import LOOKS, PHONE

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]


@pytest.mark.parametrize("look", LOOKS)
async def test_every_screen_is_accessible_and_whole(scene: Scene, look: str) -> None:
    size, dark, locale = LOOKS[look]
    channel = await scene.channel()
    person = (await scene.call("GET", "/users"))["items"][0]
    visitor = await scene.enter(
        await scene.administrator(), size, touch=size is PHONE, locale=locale, dark=dark
    )
    await visitor.administer("")
    await expect(visitor.page.locator(".screen-link").first).to_be_visible()
    await inspect(visitor, "screens")
    for place in (
        "people",
        "people/new",
        f"people/{person['id']}",
        f"people/{person['id']}/hours",
        "channels",
        "channels/new",
        "channels/new/telegram",
        "channels/new/whatsapp_cloud",
        "channels/new/whatsapp_waha",
        f"channels/{channel}",
        "texts",
        f"texts/{channel}/welcome/en",
        f"hours/{channel}",
        "groups",
        "canned",
        "canned/new",
        "tags",
        "ai",
        "ai/new",
        "knowledge",
        "knowledge/new",
        "knowledge/import",
        "knowledge/questions",
        "rules",
        "rules/new",
        "broadcasts",
        "broadcasts/new",
        "templates",
        "webhooks",
        "webhooks/new",
        "audit",
        "parked",
        "installation",
    ):
        await visitor.administer(place)
        loaded = visitor.page.locator(
            ".detail-scroll :is(a, input, textarea, select, dd, .empty)"
        ).first
        await expect(loaded).to_be_visible()
        await expect(visitor.page.locator(".skeleton")).to_have_count(0)
        await inspect(visitor, place)
