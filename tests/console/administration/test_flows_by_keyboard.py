"""Each flow of the administration by keys alone, 1440 pixels wide: nothing is clicked."""

import re

import pytest
from playwright.async_api import expect

from db.tables import Role
from sandbox.graph.client import GraphSandbox
from sandbox.waha.client import WahaSandbox
from tests.console.keys import Keys
from tests.console.scene import Scene
from tests.flows.whatsapp_customer import new_phone

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]


async def enter(scene: Scene, name: str) -> Keys:
    """Log in as an administrator who is on the screen of settings."""
    keys = Keys(await scene.enter(await scene.agent(name, role=Role.ADMIN)))
    await keys.link("Settings")
    return keys


async def test_people(scene: Scene) -> None:
    keys = await enter(scene, "Keya")
    page = keys.visitor.page
    await keys.link("People")
    await keys.link("Add a person")
    await keys.reach(page.get_by_label("Name", exact=True))
    await keys.press("Enter")
    await expect(page.get_by_label("Name", exact=True)).to_have_attribute("aria-invalid", "true")
    await page.keyboard.type("Kiki")
    await keys.type("E-mail address", "kiki@keys.example.com")
    await keys.choose("Role", "ArrowDown", "ArrowUp")
    await keys.press("Control+s")
    await expect(page.locator(".copyable code")).to_be_visible()
    await keys.link("More settings of this person")
    await keys.toggle("Require a second factor")
    await keys.reach(page.get_by_label("Conversations at once"))
    await keys.press("ArrowUp")
    await keys.reach(page.get_by_role("group", name="Channels").get_by_label("OsmoDesk").first)
    await keys.press("Space", "Control+s")
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await keys.link("Set working hours")
    await keys.button("Save")
    await expect(page.get_by_role("button", name="Remove the working hours")).to_be_visible()
    await keys.link("Back")
    await keys.button("Make a link for Telegram")
    await expect(page.locator(".copyable code").first).to_contain_text("link")
    [kiki] = (await scene.call("GET", "/users?q=kiki@keys"))["items"]
    await scene.stage.change(
        "UPDATE second_factors SET secret = 'lost',"
        " confirmed_at = (SELECT created_at FROM users WHERE id = :id) WHERE user_id = :id",
        id=kiki["id"],
    )
    await keys.link("People")
    await keys.link("Kiki")
    await keys.button("Switch off the second factor")
    await keys.confirm("Switch off the second factor")
    await expect(page.get_by_text("The second factor is off.")).to_be_visible()
    await keys.button("Disable the account")
    await keys.confirm("Disable the account")
    await expect(page.get_by_role("button", name="Enable the account")).to_be_visible()
    [kiki] = (await scene.call("GET", "/users?q=kiki@keys"))["items"]
    agent = await scene.call("GET", f"/agents/{kiki['agent_id']}")
    assert (kiki["is_active"], kiki["second_factor_required"]) == (False, True)
    assert (agent["capacity"], agent["channel_ids"]) == (11, [await scene.channel()])
    assert agent["working_hours"]["week"]["monday"]
    path = f"/channels/{await scene.channel()}"
    await scene.call("PATCH", path, {"agent_ids": []})


async def test_channels(scene: Scene) -> None:
    keys = await enter(scene, "Chandra")
    page, token = keys.visitor.page, "876543:" + "K" * 35
    await scene.stage.telegram.add_bot(token, username="key_bot", first_name="Keys")
    await keys.link("Channels")
    await keys.link("Add a channel")
    await keys.link("Telegram")
    await keys.type("Token", token)
    await keys.type("Staff group", str(scene.stage.group["id"]))
    await keys.press("Enter")
    await expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    await keys.button("Check now")
    await expect(page.locator(".check-line").first).to_be_visible()
    await keys.button("Switch off")
    await keys.confirm("Switch off")
    await expect(page.get_by_text("This channel is off.")).to_be_visible()
    await keys.button("Delete the channel")
    await keys.confirm("Delete the channel")
    async with WahaSandbox(scene.stage.url) as waha:
        await keys.link("Add a channel")
        await keys.link("WhatsApp (by QR code)")
        await keys.type("Address of WAHA", waha.waha_url)
        await keys.type("API key", waha.API_KEY)
        await keys.press("Enter")
        code = page.get_by_role("img", name="QR code")
        await expect(code).to_be_visible()
        await keys.reach(page.locator("summary"))
        await keys.press("Enter")
        await keys.type("Number of the phone", "+49 155 5000 0008")
        await keys.press("Enter")
        await expect(page.locator(".copyable code")).to_be_visible()
        [channel] = (await scene.call("GET", "/channels?kind=whatsapp_waha"))["items"]
        session = channel["external_id"].partition("@")[0]
        await waha.scan(session, phone="4915550000008", name="Shop")
        await expect(code).to_have_count(0)
        await keys.button("Unlink the phone")
        await keys.confirm("Unlink the phone")
        await expect(code).to_be_visible()
        await scene.call("DELETE", f"/channels/{channel['id']}?force=true")


async def test_numbers_at_meta_and_templates(scene: Scene) -> None:
    keys = await enter(scene, "Meta")
    page = keys.visitor.page
    async with GraphSandbox(scene.stage.url) as graph:
        number = await graph.add_number(phone=new_phone())
        body = [{"type": "BODY", "text": "Good news, {{1}}", "example": {"body_text": [["Ann"]]}}]
        # Another test may have added an account.
        await graph.add_template("good_news", body, account=number["account"])
        await keys.link("Channels")
        await keys.link("Add a channel")
        await keys.reach(page.locator("a[href$='new/whatsapp_cloud']"))
        await keys.press("Enter")
        await keys.type("Phone number ID", number["id"])
        await keys.type("WhatsApp Business account ID", number["account"])
        await keys.type("Access token", number["token"])
        await keys.type("App secret", "wrong")
        await keys.press("Enter")
        await expect(page.get_by_label("App secret")).to_be_focused()  # Meta does not know it
        await keys.type("App secret", number["app_secret"])
        await keys.press("Enter")
        await expect(page.get_by_text("Verify token", exact=True)).to_be_visible()
        await keys.link("Templates")
        await keys.button("Fetch again")
        await keys.link("good_news")
        await expect(page.get_by_text("Good news, {{1}}")).to_be_visible()
        [channel] = (await scene.call("GET", "/channels?kind=whatsapp_cloud"))["items"]
        await scene.call("DELETE", f"/channels/{channel['id']}?force=true")


async def test_hours_replies_and_tags(scene: Scene) -> None:
    customer = await scene.waiting_customer("It is late", name="Lara")
    [session] = [
        each
        for each in (await scene.call("GET", "/queue"))["items"]
        if each["client"]["name"] == customer.name
    ]
    await scene.call("PATCH", f"/sessions/{session['id']}/tags", {"add": ["late"]})
    keys = await enter(scene, "Hana")
    page = keys.visitor.page
    await keys.link("Opening hours")
    await keys.type("Monday: from", "8")
    await keys.button("Add hours on Sunday")
    await keys.button("Add a holiday", by="Space")
    await keys.reach(page.get_by_label("Date"))
    await page.keyboard.type("12122026")  # in every order of day and month
    await keys.type("Name of the holiday", "A feast")
    await keys.press("Control+s")
    await expect(page.get_by_text("Saved.")).to_be_visible()
    hours = (await scene.call("GET", f"/channels/{await scene.channel()}/hours"))["hours"]
    assert (hours["week"]["monday"][0]["opens"], hours["holidays"][0]["date"]) == (
        "08:00",
        "2026-12-12",
    )
    assert hours["week"]["sunday"]
    await keys.button("Remove the opening hours")
    await keys.confirm("Remove the opening hours")
    await keys.link("Canned replies")
    await keys.link("Add a reply")
    await keys.type("Title", "Late")
    await keys.type("Shortcut", "late")
    await keys.type("Text", "Sorry, ")
    await keys.button("{{first_name}}")
    await page.keyboard.type("!")  # the focus is in the text again
    await keys.press("Control+s")
    await keys.reach(page.get_by_role("link", name="/late · Late"))
    await keys.press("Enter")
    await expect(page.get_by_label("Text", exact=True)).to_have_value("Sorry, {{first_name}}!")
    await keys.button("Delete the reply")
    await keys.confirm("Delete the reply")
    await keys.link("Tags")
    await keys.link("late")
    await keys.type("Name", "delay")
    await keys.press("Enter")
    await keys.link("delay")
    await keys.button("Delete the tag")
    await keys.confirm("Delete the tag")
    await keys.link("Staff groups")
    await keys.choose("Where agents answer in Telegram", "e")
    await keys.press("Control+s")
    await expect(page.get_by_role("alert")).to_contain_text("TELEGRAM_STAFF_BOT_TOKEN")
    await keys.button("Discard")


async def test_ai_agents_knowledge_and_rules(scene: Scene) -> None:
    keys = await enter(scene, "Aina")
    page = keys.visitor.page
    await keys.link("Knowledge")
    await keys.link("Import a file")
    await keys.reach(page.locator("input[type=file]"))
    async with page.expect_file_chooser() as chooser:
        await keys.press("Space")
    guide = {"name": "keys.md", "mimeType": "text/markdown"}
    text = b"# Canoes\n\nA canoe costs 30 euros an hour."
    await (await chooser.value).set_files({**guide, "buffer": text})  # type: ignore[list-item, misc]
    await keys.button("Import")
    await expect(page.get_by_text("1 article was imported.")).to_be_visible()
    await keys.link("AI agents")
    await keys.link("Add")
    await keys.type("Name", "Kano")
    await keys.press("Enter")
    await expect(page.get_by_role("heading", name="Kano")).to_be_visible()
    await keys.type("Question", "How much does a canoe cost?")
    await keys.button("Ask")
    await expect(page.locator(".answer")).to_contain_text("30 euros")
    await keys.button("Ask again")
    await expect(page.get_by_text("No customer has asked it anything yet.")).to_be_visible()
    await keys.button("Delete the AI agent")
    await keys.confirm("Delete the AI agent")
    await keys.link("Rules")
    await keys.link("Add")
    await keys.type("Name", "Canoe")
    await keys.type("Words", "canoe")
    await keys.type("Text", "30 an hour.")
    await keys.press("Control+s")
    await expect(page.get_by_role("heading", name="Canoe")).to_be_visible()
    await keys.link("Back")
    await keys.type("Message of a customer", "A canoe, please")
    await keys.button("Try")
    trial = page.get_by_role("list", name="Try the rules")
    await expect(trial).to_contain_text("It answers")
    await keys.reach(trial.get_by_role("link", name="Canoe"))
    await keys.press("Enter")
    await keys.button("Delete the rule")
    await keys.confirm("Delete the rule")
    await expect(page.get_by_text("There are no rules yet")).to_be_visible()


async def test_broadcasts_webhooks_and_logs(scene: Scene) -> None:
    customer = await scene.waiting_customer("News?", name="Nils")
    keys = await enter(scene, "Bima")
    page = keys.visitor.page
    await keys.link("Broadcasts")
    await keys.link("Add")
    await keys.type("Name", "Keys")
    await keys.type("Text", "Hello {{first_name}}")
    await keys.press("Control+s")
    await keys.link("Change the broadcast")
    await keys.type("Text", "Goodbye {{first_name}}")
    await keys.press("Control+s")
    await expect(page.get_by_text("Goodbye Ann")).to_be_visible()
    await keys.button("Start now")
    await keys.confirm("Start now")
    await customer.wait_for("Goodbye Nils")
    await keys.link("Webhooks")
    await keys.link("Add")
    await keys.type("Name", "Hook")
    await keys.type("Address", "https://localhost/desk")
    await keys.toggle("session.ended")
    await keys.press("Control+s")
    await keys.button("Copy")
    await keys.link("I have kept it")
    await keys.button("Send a test event")
    await expect(page.get_by_role("listitem").filter(has_text="webhook.test")).to_be_visible()
    await keys.button("Delete the webhook")
    await keys.confirm("Delete the webhook")
    await keys.link("Audit")
    entry = page.get_by_role("listitem").filter(has_text="webhook.deleted").first
    await keys.reach(entry.get_by_role("button", name="webhook.deleted"))
    await keys.press("Space")
    await expect(page.get_by_role("listitem").filter(has_text="webhook.tested")).to_have_count(0)
    await keys.reach(page.get_by_role("button", name=re.compile("^Show all")))
    await keys.press("Enter")
    await keys.link("Parked updates")
    await expect(page.get_by_role("heading", name="Parked updates")).to_be_focused()
    await keys.link("Templates")
    await expect(page.get_by_role("heading", name="Templates")).to_be_focused()
    await keys.link("Installation")
    await expect(page.get_by_text("DATABASE_URL")).to_be_visible()
