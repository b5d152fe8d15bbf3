"""Tests of the page at a phone's width, and with the keyboard alone."""

import pytest
from playwright.async_api import expect

from tests.sandbox.page.stage import GROUP, Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]

OVERFLOW = """() => [...document.querySelectorAll('body *')].filter((node) => {
  const box = node.getBoundingClientRect();
  const scrolls = node.closest('.rail-list, pre, svg');
  return !scrolls && box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
}).map((node) => `${node.tagName}.${node.className}`)"""
WIDTHS = [(360, 1440), (390, 420, 800, 1000)]
LONG = "Donaudampfschifffahrtsgesellschaft" * 4


async def fill_with_long_things(stage: Stage) -> None:
    await stage.say("/start")
    await stage.say(f"{LONG} and https://example.org/{LONG}")
    thread = await stage.topic(f"Anna {LONG[:90]}")
    where = {"chat_id": GROUP, "message_thread_id": thread}
    row = [{"text": f"Button number {i}", "callback_data": "x"} for i in range(4)]
    card = await stage.bot(
        "sendMessage", text=LONG, reply_markup={"inline_keyboard": [row, row]}, **where
    )
    await stage.bot("pinChatMessage", chat_id=GROUP, message_id=card["message_id"])
    media = {"kind": "photo"}
    await stage.control(
        "POST", "messages", {"from": 8001, "chat": GROUP, "thread": thread, "media": media}
    )
    code = f"<pre>{LONG}</pre>"
    await stage.bot("sendMessage", text=code, parse_mode="HTML", **where)


async def overflowing(stage: Stage, widths: tuple[int, ...]) -> list[str]:
    """Return what overflows the page's sides, at any of these widths."""
    found: list[str] = []
    for width in widths:
        await stage.page.set_viewport_size({"width": width, "height": 780})
        found += [f"{width}: {node}" for node in await stage.page.evaluate(OVERFLOW)]
    return found


@pytest.mark.parametrize("widths", WIDTHS, ids=["ends", "between"])
@pytest.mark.parametrize("stage", ["phone", "wide"], indirect=True)
async def test_nothing_overflows(stage: Stage, widths: tuple[int, ...]) -> None:
    await fill_with_long_things(stage)
    await stage.page.set_viewport_size({"width": 360, "height": 780})
    await expect(stage.bubble(stage.phone, "and https")).to_be_visible()
    assert await overflowing(stage, widths) == []
    await stage.page.set_viewport_size({"width": 360, "height": 780})
    await stage.page.get_by_role("tab", name="Staff group").click()
    assert await overflowing(stage, widths) == []
    await stage.topics.get_by_role("button", name="Anna").click()
    await stage.group.get_by_role("button", name="Expand the pinned card").click()
    assert await overflowing(stage, widths) == []


@pytest.mark.parametrize("stage", ["phone"], indirect=True)
async def test_a_phone_switches_sides_by_tabs(stage: Stage) -> None:
    await stage.say("/start")
    thread = await stage.topic()
    await stage.bot("sendMessage", chat_id=GROUP, message_thread_id=thread, text="For staff")
    tab = stage.page.get_by_role("tab", name="Staff group")
    await expect(tab.locator(".badge")).to_have_text("1")
    await tab.click()
    await expect(stage.phone).to_be_hidden()
    await stage.open_topic()
    await expect(stage.bubble(stage.group, "For staff")).to_be_visible()
    await expect(stage.topics).to_be_hidden()
    await stage.group.get_by_role("button", name="Back to the topics").click()
    await expect(stage.topics).to_be_visible()


async def test_the_keyboard_reaches_a_messages_menu(stage: Stage) -> None:
    await stage.say("/start")
    await stage.bot("sendMessage", chat_id=7001, text="Hello")
    bubble = stage.bubble(stage.phone, "Hello")
    more = bubble.get_by_role("button", name="React and more")
    await more.focus()
    await stage.page.keyboard.press("Enter")
    menu = stage.page.get_by_role("menu")
    await expect(menu).to_be_visible()
    await stage.page.keyboard.press("ArrowDown")
    await stage.page.keyboard.press("Escape")
    await expect(menu).to_have_count(0)
    await expect(more).to_be_focused()


async def test_arrow_up_in_an_empty_box_edits_the_last_message(stage: Stage) -> None:
    await stage.say("/start")
    await stage.say("Helo")
    box = stage.phone.get_by_role("textbox", name="Message")
    await expect(stage.bubble(stage.phone, "Helo")).to_be_visible()
    await box.press("ArrowUp")
    await expect(box).to_have_value("Helo")
    await box.press("Escape")
    await expect(box).to_have_value("")
