"""Several conversations at once: picked by finger, pointer and keys; each result is told."""

import asyncio

import pytest
from playwright.async_api import Locator, expect

from tests.console.inspection import inspect
from tests.console.scene import PHONE, Scene
from tests.console.visitor import Visitor
from tests.flows.customers import TelegramCustomer
from tests.flows.stage import Json

pytestmark = pytest.mark.asyncio(loop_scope="session")
LONG_PRESS_SECONDS = 0.8


async def _hold(visitor: Visitor, what: Locator) -> None:
    """Rest a finger on something."""
    box = await what.bounding_box()
    assert box is not None
    devtools = await visitor.page.context.new_cdp_session(visitor.page)
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    touch = "Input.dispatchTouchEvent"
    await devtools.send(touch, {"type": "touchStart", "touchPoints": [point]})
    await asyncio.sleep(LONG_PRESS_SECONDS)
    await devtools.send(touch, {"type": "touchEnd", "touchPoints": []})


async def _session(scene: Scene, customer: TelegramCustomer) -> Json:
    listed = (await scene.call("GET", "/sessions?status=ACTIVE&limit=100"))["items"]
    found: Json = next(each for each in listed if each["client"]["name"] == customer.name)
    return found


async def _tick(visitor: Visitor, customer: TelegramCustomer) -> None:
    """Press the box that stands on a picture when the pointer is there."""
    row = visitor.row(customer.name)
    await row.hover()
    await row.locator(".row-pick").click()


async def _choose(visitor: Visitor, action: str) -> Locator:
    """Choose what is done with the picked conversations; return the dialog."""
    await visitor.button("Actions for the picked conversations")
    await visitor.press(visitor.page.get_by_role("menuitem", name=action))
    return visitor.page.get_by_role("dialog")


async def test_a_finger_picks_conversations_and_tags_them(scene: Scene) -> None:
    customers = [await scene.waiting_customer("Hello", name=f"Tina {n}") for n in range(3)]
    phone = await scene.enter(await scene.agent("Mia Bulk"), PHONE, touch=True)
    await phone.show("waiting")
    await _hold(phone, phone.row(customers[0].name))
    await expect(phone.page.get_by_text("1 picked")).to_be_visible()
    await phone.press(phone.row(customers[1].name))
    await expect(phone.page.get_by_text("2 picked")).to_be_visible()
    await inspect(phone, "picked conversations")

    dialog = await _choose(phone, "Tags…")
    await dialog.get_by_label("Add tags, with commas between them").fill("bulk-a, bulk-b")
    await inspect(phone, "tags for several")
    await phone.button("Save")
    await expect(dialog.get_by_text("2 of 2 done.")).to_be_visible()
    await phone.press(dialog.get_by_role("button", name="Close").last)
    await expect(phone.page.get_by_text("picked", exact=False)).to_have_count(0)
    tags = [[each["name"] for each in (await _session(scene, one))["tags"]] for one in customers]
    assert tags == [["bulk-a", "bulk-b"], ["bulk-a", "bulk-b"], []]

    await _hold(phone, phone.row(customers[0].name))
    await phone.button("Pick all")
    await expect(phone.page.get_by_text("3 picked")).to_be_visible()
    dialog = await _choose(phone, "Tags…")
    await phone.press(dialog.get_by_text("bulk-a"))
    await phone.button("Save")
    await expect(dialog.get_by_text("3 of 3 done.")).to_be_visible()
    assert [each["name"] for each in (await _session(scene, customers[0]))["tags"]] == ["bulk-b"]


async def test_keys_pick_a_range_and_what_was_refused_is_told(scene: Scene) -> None:
    customers = [await scene.waiting_customer("Hello", name=f"Kim {n}") for n in range(3)]
    mia, tom = await scene.agent("Mia Keys"), await scene.agent("Tom Keys")
    desk = await scene.enter(mia)
    keys = desk.page.keyboard
    await desk.show("waiting")
    await expect(desk.row("Kim")).to_have_count(3)
    await desk.page.get_by_role("heading", name="Inbox").click()
    await keys.press("j")
    await keys.press("x")
    await keys.press("Shift+ArrowDown")
    await keys.press("Shift+ArrowDown")
    await expect(desk.page.get_by_text("3 picked")).to_be_visible()
    await keys.press("Escape")
    await expect(desk.page.get_by_text("picked")).to_have_count(0)
    await _tick(desk, customers[0])
    await desk.row(customers[2].name).click(modifiers=["Shift"])
    await expect(desk.page.get_by_text("3 picked")).to_be_visible()
    await inspect(desk, "picked by keys")

    dialog = await _choose(desk, "Claim")
    await expect(dialog.get_by_text("3 of 3 done.")).to_be_visible()
    await keys.press("Escape")
    await desk.show("mine")
    await expect(desk.row("Kim")).to_have_count(3)
    lost = await _session(scene, customers[1])
    await _tick(desk, customers[0])
    await desk.button("Pick all")
    dialog = await _choose(desk, "End")
    # Meanwhile an administrator gives one of them to another agent.
    toms = (await scene.call("GET", "/auth/me", email=tom))["agent_id"]
    await scene.call("POST", f"/sessions/{lost['id']}/assign", {"agent_id": toms})
    await expect(desk.row("Kim")).to_have_count(2)
    await desk.press(dialog.get_by_role("button", name="End", exact=True))
    await expect(dialog.get_by_text("2 of 3 done.")).to_be_visible()
    await expect(dialog.get_by_role("listitem")).to_contain_text(customers[1].name)
    await expect(dialog.get_by_role("listitem")).to_contain_text("another agent has it")
    await inspect(desk, "what was refused")
    await desk.press(dialog.get_by_role("button", name="Close").last)
    await expect(desk.page.get_by_text("You hold no conversations")).to_be_visible()
    assert (await _session(scene, customers[1]))["agent"]["name"] == "Tom Keys"


async def test_an_administrator_gives_away_prioritizes_and_snoozes(scene: Scene) -> None:
    customers = [await scene.waiting_customer("Hello", name=f"Ada {n}") for n in range(2)]
    await scene.agent("Gita Gets")
    boss = await scene.enter(await scene.administrator())
    await boss.show("waiting")

    async def pick_both() -> None:
        await _tick(boss, customers[0])
        await boss.row(customers[1].name).click()
        await expect(boss.page.get_by_text("2 picked")).to_be_visible()

    async def finish(dialog: Locator) -> None:
        await expect(dialog.get_by_text("2 of 2 done.")).to_be_visible()
        await boss.press(dialog.get_by_role("button", name="Close").last)

    await pick_both()
    dialog = await _choose(boss, "Priority…")
    await boss.press(dialog.get_by_role("button", name="Urgent"))
    await finish(dialog)
    await expect(boss.row("Ada").get_by_text("Urgent")).to_have_count(2)
    await pick_both()
    dialog = await _choose(boss, "Mark as read")
    await finish(dialog)
    await boss.show("unread")
    await expect(boss.row("Ada")).to_have_count(0)
    await boss.show("waiting")
    await pick_both()
    dialog = await _choose(boss, "Transfer…")
    await boss.press(dialog.get_by_text("Gita Gets"))
    await dialog.get_by_label("Reason").fill("Knows this")
    await boss.button("Transfer…")
    await finish(dialog)
    await expect(boss.row("Ada")).to_have_count(0)
    await boss.show("all")
    await pick_both()
    dialog = await _choose(boss, "Snooze…")
    await boss.press(dialog.get_by_role("button", name="In an hour"))
    await finish(dialog)
    await expect(boss.row("Ada").get_by_text("Snoozed")).to_have_count(2)
    assert (await _session(scene, customers[0]))["agent"]["name"] == "Gita Gets"
