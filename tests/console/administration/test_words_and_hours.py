"""Texts, hours, staff groups, canned replies and tags are set up; 360 pixels wide, by touch."""

import pytest
from playwright.async_api import expect

from db.tables import Role
from tests.console.inspection import inspect
from tests.console.scene import PHONE, Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_greeting_is_changed_and_customers_read_it(scene: Scene) -> None:
    phone = await scene.enter(await scene.administrator(), PHONE, touch=True)
    page = phone.page
    await phone.administer("texts")
    await inspect(phone, "texts")
    await phone.press(page.get_by_role("link", name="Welcome (greeting)"))
    await phone.fill("What is sent", "Hi {{nobody}}")
    await expect(page.get_by_text("{{nobody}}").last).to_be_visible()
    await phone.button("Save")
    await expect(page.get_by_label("What is sent")).to_have_attribute("aria-invalid", "true")
    await phone.fill("What is sent", "<b>Ahoy</b>, ")
    await phone.button("{{first_name}}")
    await expect(page.locator(".preview")).to_have_text("<b>Ahoy</b>, Ann")
    await phone.button("Save")
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await inspect(phone, "text")
    customer = await scene.waiting_customer("Hello", name="Cara")
    await customer.wait_for("<b>Ahoy</b>, Cara")
    await phone.button("Back to the built-in text")
    await phone.press(page.get_by_role("dialog").get_by_role("button", name="Back to"))
    await expect(page.get_by_label("What is sent")).to_have_value(
        "Hello {{name}}! Please write your question here. We will answer in this chat."
    )


async def test_hours_are_typed_as_people_write_them(scene: Scene) -> None:
    phone = await scene.enter(await scene.administrator(), PHONE, touch=True)
    page = phone.page
    await phone.administer("hours")
    await phone.fill("Monday: from", "8")
    await phone.fill("Monday: to", "7.30")
    await phone.button("Add a holiday")
    await phone.fill("Date", "2026-12-25")
    await phone.fill("Name of the holiday", "Christmas")
    await phone.fill("Time zone", "Asia/Jakarta")
    await phone.button("Save")
    await expect(page.get_by_text("must close after it opens")).to_be_visible()
    await expect(page.get_by_label("Monday: from")).to_have_value("08:00")
    await inspect(phone, "hours")
    await phone.fill("Monday: to", "1730")
    await phone.button("Save")
    await expect(page.get_by_text("Saved.")).to_be_visible()
    kept = (await scene.call("GET", f"/channels/{await scene.channel()}/hours"))["hours"]
    assert kept["week"]["monday"] == [{"opens": "08:00", "closes": "17:30"}]
    assert kept["holidays"] == [{"date": "2026-12-25", "name": "Christmas", "open": []}]
    await phone.button("Remove the opening hours")
    await phone.press(page.get_by_role("dialog").get_by_role("button", name="Remove"))
    await expect(page.get_by_text("always open")).to_be_visible()


async def test_replies_tags_and_groups_are_kept(scene: Scene) -> None:
    phone = await scene.enter(await scene.administrator(), PHONE, touch=True)
    page = phone.page
    await phone.administer("canned")
    await phone.press(page.get_by_role("link", name="Add a reply"))
    await phone.fill("Title", "Where we <i>are</i>")
    await phone.fill("Shortcut", "Where?")
    await phone.fill("Text", "We are in Jakarta, ")
    await phone.button("{{first_name}}")
    await phone.button("Add a reply")
    await expect(page.get_by_label("Shortcut")).to_be_focused()  # the server does not take it
    await inspect(phone, "canned reply")
    await phone.fill("Shortcut", "where")
    await phone.button("Add a reply")
    reply = page.get_by_role("link", name="/where · Where we <i>are</i>")
    await expect(reply).to_contain_text("We are in Jakarta, {{first_name}}")
    await phone.press(reply)
    await phone.button("Delete the reply")
    await phone.press(page.get_by_role("dialog").get_by_role("button", name="Delete"))
    await expect(page.get_by_role("heading", name="Canned replies")).to_be_visible()
    await expect(reply).to_have_count(0)

    customer = await scene.waiting_customer("It is broken", name="Tara")
    sessions = (await scene.call("GET", "/sessions"))["items"]
    session = next(each["id"] for each in sessions if each["client"]["name"] == customer.name)
    await scene.call("PATCH", f"/sessions/{session}/tags", {"add": ["broken"]})
    await phone.administer("tags")
    await phone.press(page.get_by_role("link", name="broken"))
    await phone.fill("Name", "repair")
    await phone.button("Save")
    await phone.press(page.get_by_role("link", name="repair"))
    await phone.button("Delete the tag")
    await expect(page.get_by_role("dialog")).to_contain_text("1 session")
    await phone.press(page.get_by_role("dialog").get_by_role("button", name="Delete"))
    await expect(page.get_by_role("heading", name="Tags")).to_be_visible()
    await expect(page.get_by_role("link", name="repair")).to_have_count(0)

    await phone.administer("groups")
    await page.get_by_label("Where agents answer").select_option(label="Each in their own chat")
    await phone.button("Save")
    await expect(page.get_by_role("alert")).to_contain_text("TELEGRAM_STAFF_BOT_TOKEN")
    await inspect(phone, "groups")
    await phone.button("Discard")
    await phone.administer("installation")
    await expect(page.get_by_text("DATABASE_URL")).to_be_visible()
    await inspect(phone, "installation")


async def test_what_the_server_refuses_is_said_in_the_language_of_the_user(scene: Scene) -> None:
    customer = await scene.waiting_customer("Rusak", name="Budi")
    sessions = (await scene.call("GET", "/sessions"))["items"]
    session = next(each["id"] for each in sessions if each["client"]["name"] == customer.name)
    tags = {"add": ["dikirim", "ditukar"]}
    await scene.call("PATCH", f"/sessions/{session}/tags", tags)
    how = {"touch": True, "locale": "id-ID"}
    phone = await scene.enter(await scene.agent("Rini", role=Role.ADMIN), PHONE, **how)
    await phone.administer("tags")
    await phone.press(phone.page.get_by_role("link", name="dikirim"))
    await phone.fill("Nama", "ditukar")
    await phone.button("Simpan")
    alert = phone.page.get_by_role("alert")
    await expect(alert).to_have_text("sudah ada tag dengan nama ini: ditukar")
