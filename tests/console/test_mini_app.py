"""The console inside Telegram: the sandbox's page plays the client around it, in a frame."""

import json

import pytest
from playwright.async_api import expect

from db.tables import Role
from tests.api.test_second_factor import code_of
from tests.console.scene import DESKTOP, PASSWORD, PHONE, Scene
from tests.console.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_customer_is_answered_inside_telegram(scene: Scene) -> None:
    customer = await scene.waiting_customer("Are you open on Sunday?")
    _, user = await scene.bound_agent("Mara", role=Role.ADMIN)
    app = await scene.open_telegram(user)
    # The menu button stands there as soon as the desk has set it.
    await app.press(app.page.get_by_role("button", name="Console", exact=True))
    await app.enter_app()
    head, dialog = app.page.locator(".mini-app-head"), app.page.locator(".mini-app")
    back = head.get_by_role("button", name="Back in the app")
    await expect(back).to_be_hidden()
    await app.show("waiting")
    await app.open_thread(customer.name)
    await app.button("Claim")
    await expect(dialog).to_have_attribute("data-touch", "success")
    await app.write("Yes, until noon")
    await customer.wait_for("Yes, until noon")
    await expect(app.bubble("Yes, until noon").locator(".delivery.is-sent")).to_be_visible()
    width = await app.view.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width == [PHONE["width"], PHONE["width"]]

    # A file is saved by Telegram, which fetches it by a signed link.
    file = {"kind": "document", "name": "map.txt", "data": "aGVyZQ=="}
    await scene.stage.telegram.say(customer.user, media=file, bot=customer.bot)
    async with app.page.expect_download() as waiting:
        await app.press(app.view.locator("button.file"))
    download = await waiting.value
    assert download.suggested_filename == "map.txt"

    # In the background the page hears nothing; afterwards it knows everything.
    await app.press(head.get_by_role("button", name="Minimise the app"))
    await customer.says("Thank you!")
    await app.press(app.page.get_by_role("button", name="Open OsmoDesk again"))
    await expect(app.bubble("Thank you!")).to_be_visible()

    # What is written is kept, and Telegram asks before it closes the app.
    await app.input.fill("half a sen")
    await expect(dialog).to_have_attribute("data-asks", "true")
    await app.press(head.get_by_role("button", name="Close the app"))
    await app.press(app.page.get_by_role("alertdialog").get_by_role("button", name="Cancel"))
    await app.press(back)
    await expect(back).to_be_hidden()
    await app.show("mine")
    await expect(app.row(customer.name)).to_contain_text("Draft")
    await expect(dialog).to_have_attribute("data-asks", "false")
    await app.press(app.view.get_by_role("link", name="More"))
    await expect(app.view.get_by_role("heading", name="More")).to_be_visible()
    # Telegram itself tells agents of new messages.
    await expect(app.view.get_by_text("Notifications")).to_have_count(0)
    await _save_a_report(app)
    [client] = (await scene.call("GET", f"/clients?q={customer.name}"))["items"]
    await _export(app, client["id"], "Are you open on Sunday?")
    await app.press(back)
    await app.press(head.get_by_role("button", name="Close the app"))
    await expect(dialog).to_have_count(0)


async def _export(app: Visitor, client_id: str, said: str) -> None:
    """Export a customer's data, which Telegram fetches by a signed link."""
    await app.view.evaluate("(id) => { location.hash = `#/clients/${id}`; }", client_id)
    async with app.page.expect_download() as waiting:
        await app.button("Export all data (JSON)")
    download = await waiting.value
    assert download.suggested_filename == f"client-{client_id}.json"
    exported = json.loads((await download.path()).read_text())
    assert exported["client"]["id"] == client_id
    assert said in [each["message"] for each in exported["messages"]]


async def _save_a_report(app: Visitor) -> None:
    """Save a report, which Telegram fetches by a signed link."""
    await app.press(app.view.get_by_role("link", name="Reports"))
    async with app.page.expect_download() as waiting:
        await app.button("Download Sessions over time")
        await app.press(app.view.get_by_role("menuitem", name="Download as CSV"))
    download = await waiting.value
    assert download.suggested_filename.startswith("workload-")
    assert (await download.path()).read_text().startswith("day,sessions,inbound")


async def test_the_card_leads_to_the_conversation_and_an_unbound_account_nowhere(
    scene: Scene,
) -> None:
    customer = await scene.waiting_customer("I am on the card")
    email, user = await scene.bound_agent("Kirana")
    desk = await scene.open_telegram(user, DESKTOP)
    group = desk.page.locator("#group")
    await group.get_by_role("button", name=customer.name).first.click()
    await group.get_by_label("Writing as").select_option(str(user["id"]))
    await group.get_by_role("button", name="Open the console").first.click()
    door = desk.page.locator("#customer .row", has_text="This conversation is in the console")
    await door.get_by_role("button", name="Open the console").click()
    await desk.enter_app()
    await expect(desk.bubble("I am on the card")).to_be_visible()
    # A reload loses everything but Telegram's data.
    await desk.view.evaluate("location.reload()")
    await expect(desk.bubble("I am on the card")).to_be_visible()
    await desk.page.get_by_role("button", name="Close the app").click()

    me = await scene.call("GET", "/auth/me", email=email)
    secret = await scene.call("POST", "/auth/second-factor", {"password": PASSWORD}, email=email)
    code = {"code": code_of(secret["secret"])}
    await scene.call("POST", "/auth/second-factor/confirm", code, email=email)
    await door.get_by_role("button", name="Open the console").click()
    await desk.enter_app()
    await desk.view.get_by_label("Code").fill("000000")
    await desk.button("Log in")
    await expect(desk.view.get_by_text("The code is wrong")).to_be_visible()
    await desk.view.get_by_label("Code").fill(code_of(secret["secret"], later=1))
    await desk.button("Log in")
    await expect(desk.bubble("I am on the card")).to_be_visible()
    await desk.page.get_by_role("button", name="Close the app").click()

    await expect(desk.page.get_by_role("button", name="Console", exact=True)).to_be_visible()
    await scene.call("DELETE", f"/agents/{me['agent_id']}/telegram")
    await expect(desk.page.get_by_role("button", name="Console", exact=True)).to_have_count(0)
    await door.get_by_role("button", name="Open the console").click()
    await desk.enter_app()
    await expect(desk.view.get_by_text("belongs to no agent")).to_be_visible()
    await desk.button("Close")
    await expect(desk.page.locator(".mini-app")).to_have_count(0)


async def test_only_telegram_may_frame_the_page(scene: Scene) -> None:
    visitor = await scene.open()
    for path, frames in (
        ("/", "frame-ancestors 'none'"),
        ("/telegram", f"frame-ancestors https://web.telegram.org {scene.stage.url}"),
    ):
        response = await visitor.page.request.get(scene.stage.address + path)
        assert frames in response.headers["content-security-policy"]
        assert ("x-frame-options" in response.headers) is (path == "/")
    await visitor.page.goto(f"{scene.stage.address}/telegram")
    await expect(visitor.page.get_by_text("This page belongs in Telegram")).to_be_visible()
    await visitor.page.get_by_role("link", name="Log in here").click()
    await expect(visitor.page.get_by_label("Password")).to_be_visible()
