"""An AI agent's draft in a thread: sent, changed or dropped, on a phone and by keys."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from tests.console.scene import PHONE, Scene, run_scene
from tests.console.visitor import Visitor
from tests.flows.eventually import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

ANSWER = "Our shop is open from Monday to Friday, from 9 to 17."
ARTICLE = {
    "title": "Opening hours",
    "text": ANSWER,
    "language": "en",
    "questions": [
        {"passage": 0, "text": "When do you open?"},
        {"passage": 0, "text": "What are your opening hours?"},
    ],
}


@pytest_asyncio.fixture(loop_scope="session")
async def suggesting(
    browser: Browser, tmp_path: Path, migrated_sqlite: Path
) -> AsyncIterator[Scene]:
    """A desk whose AI agent suggests answers to everything."""
    file = tmp_path / "osmodesk.db"
    shutil.copy(migrated_sqlite, file)
    async with run_scene(browser, f"sqlite+aiosqlite:///{file}") as scene:
        await scene.call("POST", "/knowledge/articles", ARTICLE)
        await scene.call("POST", "/ai-agents", {"name": "Aria", "config": {"mode": "suggest"}})
        [channel] = (await scene.call("GET", "/channels"))["items"]
        wanted = {"ai_takeover": "immediate", "ai_takeover_minutes": 1}
        await scene.call("PATCH", f"/channels/{channel['id']}", wanted)

        async def is_served() -> bool:
            await scene.waiting_customer("When do you open?", name="Probe")
            return bool((await scene.call("GET", "/suggestions"))["items"])

        await eventually(is_served, "the AI agent suggests answers")
        await scene.end_waiting()
        yield scene
        assert await scene.close_pages() == []


async def test_drafts_are_sent_changed_and_dropped(suggesting: Scene) -> None:
    scene = suggesting
    customer = await scene.waiting_customer("What are your opening hours?")
    phone = await scene.enter(await scene.agent("Dian"), PHONE, touch=True)
    await phone.show("waiting")
    await phone.open_thread(customer.name)
    await expect(_draft(phone)).to_contain_text(ANSWER)
    await phone.press(_draft(phone).get_by_role("button", name="sure"))
    await expect(_draft(phone)).to_contain_text("Opening hours")
    await phone.input.fill("And on Saturdays")
    await phone.press(_draft(phone).get_by_role("button", name="Send"))
    await customer.wait_for(ANSWER)
    await expect(_draft(phone)).to_have_count(0)
    await expect(phone.bubble(ANSWER).locator(".delivery.is-sent")).to_be_visible()
    await expect(phone.bubble(ANSWER)).to_have_count(1)
    await expect(phone.input).to_have_value("And on Saturdays")
    await phone.input.fill("")

    await customer.says("And when do you open?")
    await phone.press(_draft(phone).get_by_role("button", name="Edit"))
    await expect(phone.input).to_have_value(ANSWER)
    await phone.write(f"Again: {ANSWER}")
    await customer.wait_for("Again:")
    await expect(_draft(phone)).to_have_count(0)

    await customer.says("When do you open?")
    await expect(_draft(phone)).to_contain_text(ANSWER)
    await phone.press(_draft(phone).get_by_role("button", name="Discard"))
    await expect(_draft(phone)).to_have_count(0)
    await expect(phone.input).to_have_value("")
    assert await _list_decisions(scene) == [
        "suggestion.dropped",
        "suggestion.changed",
        "suggestion.sent",
    ]
    await phone.page.reload()
    await expect(phone.bubble("Again:")).to_be_visible()
    await expect(_draft(phone)).to_have_count(0)
    said = [each.text for each in await customer.list_received() if ANSWER in each.text]
    assert said == [ANSWER, f"Again: {ANSWER}"]
    await _press_keys(scene)


async def _press_keys(scene: Scene) -> None:
    first, second = [await scene.waiting_customer("When do you open?") for _ in range(2)]
    desk = await scene.enter(await scene.agent("Desi"))
    await desk.show("waiting")
    await desk.open_thread(first.name)
    await expect(_draft(desk)).to_contain_text(ANSWER)
    await desk.input.press("ArrowUp")
    await expect(desk.input).to_have_value(ANSWER)
    await desk.input.fill("")
    await desk.button("Cancel")
    # What the customer writes meanwhile must be read first.
    await first.says("I want to talk to a person")
    await expect(_draft(desk)).to_contain_text("has written since")
    await desk.input.press("Enter")
    await expect(_draft(desk).get_by_role("button", name="Send anyway")).to_be_visible()
    await desk.input.press("Escape")
    await expect(_draft(desk)).to_have_count(0)

    await desk.open_thread(second.name)
    await expect(_draft(desk)).to_contain_text(ANSWER)
    await desk.input.press("Enter")
    await second.wait_for(ANSWER)
    await expect(_draft(desk)).to_have_count(0)
    assert [each.text for each in await second.list_received()].count(ANSWER) == 1
    assert ANSWER not in [each.text for each in await first.list_received()]


async def _list_decisions(scene: Scene) -> list[str]:
    """Return what was done with drafts, newest first, when the last of it is written."""

    async def list_them() -> list[str]:
        entries = (await scene.call("GET", "/audit-log"))["items"]
        return [each["action"] for each in entries if each["action"].startswith("suggestion.")]

    async def is_dropped() -> bool:
        return "suggestion.dropped" in await list_them()

    await eventually(is_dropped, "the draft is dropped")
    return await list_them()


def _draft(visitor: Visitor) -> Locator:
    return visitor.page.locator(".suggestion")
