"""A note about a customer and own fields of one: on a phone, by keyboard, with a colleague."""

import pytest
from playwright.async_api import expect

from tests.console.inspection import inspect
from tests.console.scene import DESKTOP, PHONE, Scene
from tests.console.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")
NOTE = "Note about the customer"


async def add_field(visitor: Visitor, name: str, value: str) -> None:
    await visitor.button("Add a field")
    await visitor.fill("Field", name)
    await visitor.fill("Value", value)
    await visitor.save()


async def test_they_are_written_by_touch_and_follow_on_other_screens(scene: Scene) -> None:
    customer = await scene.waiting_customer("Where is my order?", name="Cici")
    phone = await scene.enter(await scene.agent("Lala"), PHONE, touch=True)
    desk = await scene.enter(await scene.agent("Moko"), DESKTOP)
    for each in (phone, desk):
        await each.show("waiting")
        await each.open_thread(customer.name)
    await phone.press(phone.page.locator(".who"))
    await phone.fill(NOTE, "Only in the evening\n<b>not</b> *bold*")
    await phone.save()
    await expect(phone.page.get_by_text("Lala ·")).to_be_visible()
    await add_field(phone, "Address", "12 Elm Street")
    await inspect(phone, "note and fields of a customer")
    # The panel beside the colleague's thread follows.
    await expect(desk.page.get_by_label(NOTE)).to_have_value(
        "Only in the evening\n<b>not</b> *bold*"
    )
    address = desk.page.get_by_label("Address", exact=True)
    await expect(address).to_have_value("12 Elm Street")
    # By keyboard alone.
    await address.focus()
    await desk.page.keyboard.press("Control+a")
    await desk.page.keyboard.type("3 Oak Lane")
    await desk.page.keyboard.press("Enter")
    await expect(phone.page.get_by_label("Address", exact=True)).to_have_value("3 Oak Lane")
    await inspect(desk, "note and fields of a customer")
    await phone.button("Remove Address")
    await expect(address).to_have_count(0)


async def test_what_is_being_written_survives_a_colleagues_change(scene: Scene) -> None:
    customer = await scene.waiting_customer("Hello?", name="Dodi")
    one = await scene.enter(await scene.agent("Nora"))
    email = await scene.agent("Otto")
    other = await scene.enter(email)
    for each in (one, other):
        await each.show("waiting")
        await each.open_thread(customer.name)
    await one.fill(NOTE, "Mine, not saved yet")
    await other.fill(NOTE, "Theirs")
    await other.save()
    await expect(one.page.get_by_text("It was changed meanwhile.")).to_be_visible()
    await expect(one.page.locator(".note-of-other")).to_have_text("Theirs")
    await expect(one.page.get_by_label(NOTE)).to_have_value("Mine, not saved yet")
    await one.save()
    await expect(other.page.get_by_label(NOTE)).to_have_value("Mine, not saved yet")
    await expect(other.page.get_by_text("Nora ·")).to_be_visible()
    await expect(one.page.get_by_text("It was changed meanwhile.")).to_have_count(0)
