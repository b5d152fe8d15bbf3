"""The inbox by channel, agent and tag: what moves in and out, and lists with a name."""

import pytest
from playwright.async_api import expect

from tests.console.inspection import inspect
from tests.console.scene import PHONE, Scene
from tests.flows.customers import TelegramCustomer

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _tag(scene: Scene, customer: TelegramCustomer, *, add: str = "", remove: str = "") -> str:
    """Change a waiting session's tags; return the id of the one that was added."""
    waiting = (await scene.call("GET", "/queue"))["items"]
    session = next(each for each in waiting if each["client"]["name"] == customer.name)
    body = {"add": [add] if add else [], "remove": [remove] if remove else []}
    changed = await scene.call("PATCH", f"/sessions/{session['id']}/tags", body)
    return next((str(each["id"]) for each in changed["tags"] if each["name"] == add), "")


async def test_conversations_move_in_and_out_of_a_filtered_list(scene: Scene) -> None:
    ann = await scene.waiting_customer("A refund, please", name="Ann Filter")
    bob = await scene.waiting_customer("Where is it?", name="Bob Filter")
    tag = await _tag(scene, ann, add="refund-phone")
    phone = await scene.enter(await scene.agent("Mia"), PHONE, touch=True)
    await phone.show("waiting")
    await expect(phone.row(bob.name)).to_be_visible()
    unread = await phone.page.title()

    await phone.button("Filter")
    dialog = phone.page.get_by_role("dialog", name="Filter")
    await dialog.get_by_label("Tag").select_option("refund-phone")
    await inspect(phone, "the filter")
    await phone.button("Show")
    await expect(phone.row(ann.name)).to_be_visible()
    await expect(phone.row(bob.name)).to_have_count(0)
    count = phone.page.locator(".views [aria-current] .count")
    await expect(count).to_have_text("1")
    assert await phone.page.title() == unread  # what is unread does not hang on the filter
    await inspect(phone, "a filtered list")

    await _tag(scene, bob, add="refund-phone")
    await expect(phone.row(bob.name)).to_be_visible()
    await expect(count).to_have_text("2")
    await _tag(scene, ann, remove="refund-phone")
    await expect(phone.row(ann.name)).to_have_count(0)
    await expect(count).to_have_text("1")
    await _tag(scene, bob, remove="refund-phone")
    nothing = phone.page.get_by_text("Nothing in “Waiting” matches the filter")
    await expect(nothing).to_be_visible()
    await expect(phone.page.get_by_role("list", name="Filter")).to_have_text("Tagrefund-phone")
    await inspect(phone, "a filtered list that is empty")
    await scene.call("PATCH", f"/tags/{tag}", {"name": "returns-phone"})
    chips = phone.page.get_by_role("list", name="Filter")
    await expect(chips).to_have_text("Tagreturns-phone")
    await phone.show("unread")
    await expect(phone.page.get_by_text("Nothing in “Unread” matches the filter")).to_be_visible()
    assert phone.page.url.endswith(f"#/inbox/unread?tag={tag}")
    await phone.press(phone.page.get_by_role("link", name="Clear the filter"))
    await expect(phone.row(ann.name)).to_be_visible()


async def test_a_filtered_list_is_an_address_and_can_have_a_name(scene: Scene) -> None:
    ann = await scene.waiting_customer("A refund, please", name="Ann View")
    bob = await scene.waiting_customer("Where is it?", name="Bob View")
    tag = await _tag(scene, ann, add="refund-view")
    email = await scene.agent("Tom")
    desk = await scene.enter(email)
    link = f"{desk.address}/#/inbox/waiting?tag={tag}&channel={await scene.channel()}"
    await desk.page.goto(link)
    await expect(desk.row(ann.name)).to_be_visible()
    await expect(desk.row(bob.name)).to_have_count(0)
    await desk.page.reload()
    await expect(desk.row(ann.name)).to_be_visible()
    await expect(desk.row(bob.name)).to_have_count(0)
    await desk.open_thread(ann.name)
    assert f"tag={tag}" in desk.page.url

    await desk.page.keyboard.press("Escape")  # leaves the field
    await desk.page.keyboard.press("f")
    dialog = desk.page.get_by_role("dialog", name="Filter")
    await dialog.get_by_label("Save this view as").fill("Refunds")
    await desk.page.keyboard.press("Enter")
    await expect(dialog.get_by_role("link", name="Refunds")).to_contain_text("Tag: refund-view")

    again = await scene.enter(email)
    await again.show("waiting")
    await expect(again.row(bob.name)).to_be_visible()
    await again.page.keyboard.press("Control+k")
    await again.page.keyboard.type("refunds")
    entry = again.page.get_by_role("dialog").get_by_role("option").first
    await expect(entry).to_have_text("RefundsView")
    await again.page.keyboard.press("Enter")
    await expect(again.row(bob.name)).to_have_count(0)
    await expect(again.row(ann.name)).to_be_visible()
    await again.button("Filter")
    await again.button("Delete the view Refunds")
    await expect(again.page.get_by_role("link", name="Refunds")).to_have_count(0)
    assert (await scene.call("GET", "/auth/me/preferences", email=email))["saved_views"] == []


async def test_an_administrator_looks_at_one_agents_conversations(scene: Scene) -> None:
    ann = await scene.waiting_customer("For Mia", name="Ann Held")
    bob = await scene.waiting_customer("For nobody", name="Bob Waits")
    mia = await scene.agent("Mia Holder")
    waiting = (await scene.call("GET", "/queue"))["items"]
    session = next(each for each in waiting if each["client"]["name"] == ann.name)
    boss = await scene.enter(await scene.administrator())
    await boss.show("all")
    await boss.button("Filter")
    dialog = boss.page.get_by_role("dialog", name="Filter")
    await dialog.get_by_label("Agent").select_option("Mia Holder")
    await boss.button("Show")
    await expect(boss.page.get_by_text("Nothing in “All” matches the filter")).to_be_visible()
    await scene.call("POST", f"/sessions/{session['id']}/claim", email=mia)
    await expect(boss.row(ann.name)).to_be_visible()
    await expect(boss.row(bob.name)).to_have_count(0)
    await expect(boss.row(ann.name)).to_contain_text("Mia Holder")
    await scene.call("PATCH", "/auth/me", {"name": "Mia Rose"}, email=mia)
    await expect(boss.row(ann.name)).to_contain_text("Mia Rose")
    await expect(boss.page.get_by_role("list", name="Filter")).to_have_text("AgentMia Rose")
    await boss.show("unread")
    await expect(boss.row(ann.name)).to_be_visible()
    await scene.call("POST", f"/sessions/{session['id']}/end", email=mia)
    await expect(boss.row(ann.name)).to_have_count(0)
