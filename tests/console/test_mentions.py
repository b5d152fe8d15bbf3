"""Naming a colleague in a note: by keyboard and by touch; who is named is told and finds it."""

import pytest
from playwright.async_api import expect

from db.tables import Role
from tests.console.inspection import inspect
from tests.console.scene import PHONE, Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_colleague_is_named_told_and_reads_it(scene: Scene) -> None:
    customer = await scene.waiting_customer("Is it in stock?", name="Fifi")
    desk = await scene.enter(await scene.agent("Gina"))
    boss = await scene.enter(await scene.agent("Hadi Putra", role=Role.ADMIN), PHONE, touch=True)
    other = await scene.enter(await scene.agent("Hadi Salim"))
    await desk.show("waiting")
    await desk.open_thread(customer.name)
    await desk.page.keyboard.press("Alt+n")
    await desk.input.press_sequentially("Ask @hadi")
    await expect(desk.page.get_by_role("option", name="@Hadi Putra")).to_be_visible()
    await inspect(desk, "colleagues")
    named = desk.page.locator(".popup [role=option]")
    await expect(named).to_have_text(["@Hadi Putra", "@Hadi Salimreads only this note"])
    await desk.page.keyboard.press("Enter")
    await expect(desk.input).to_have_value("Ask @Hadi Putra ")
    await expect(named).to_have_count(0)
    await desk.input.press_sequentially("and @sal")
    await desk.press(named.first)
    await expect(desk.input).to_have_value("Ask @Hadi Putra and @Hadi Salim ")
    await desk.input.press_sequentially("about <b>it</b>")
    await expect(named).to_have_count(0)
    await desk.page.keyboard.press("Enter")
    note = "Ask @Hadi Putra and @Hadi Salim about <b>it</b>"
    await expect(desk.bubble(note)).to_be_visible()
    # The administrator opens the conversation, and has read it.
    bell = boss.page.get_by_role("button", name="Notes that name you: 1 new", exact=True)
    await boss.press(bell)
    await expect(boss.page.locator(".mention.is-unread .mention-words")).to_have_text(note)
    await inspect(boss, "mentions")
    await boss.button("Open the conversation")
    await expect(boss.bubble(note)).to_be_visible()
    await boss.press(boss.page.get_by_role("link", name="Back").first)
    await boss.button("Notes that name you: 0 new")
    await expect(boss.page.locator(".mention")).to_have_count(1)
    await expect(boss.page.locator(".mention.is-unread")).to_have_count(0)
    # A colleague who may not see the conversation reads the note, and who has it.
    await other.button("Notes that name you: 1 new")
    await expect(other.page.locator(".mention-words")).to_have_text(note)
    await expect(other.page.get_by_text("Gina has the conversation")).to_be_visible()
    await expect(other.page.get_by_text(customer.name)).to_have_count(0)
    await expect(other.page.get_by_role("button", name="Open the conversation")).to_have_count(0)
    await inspect(other, "mentions")
    await other.button("Mark as read")
    await expect(other.page.locator(".mention.is-unread")).to_have_count(0)
    await other.page.reload()
    await expect(
        other.page.get_by_role("button", name="Notes that name you: 0 new", exact=True)
    ).to_be_visible()
    # The customer sees nothing of it.
    assert note not in str(await customer.chat())
