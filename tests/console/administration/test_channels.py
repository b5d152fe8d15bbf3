"""Channels of each kind are connected, linked, set up and deleted; 360 pixels wide, by touch."""

import secrets

import pytest
import pytest_asyncio
from playwright.async_api import expect

from sandbox.graph.client import GraphSandbox
from sandbox.waha.client import WahaSandbox
from tests.console.inspection import inspect
from tests.console.scene import PHONE, Scene
from tests.console.visitor import Visitor
from tests.flows.whatsapp_customer import new_phone

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def phone(scene: Scene) -> Visitor:
    return await scene.enter(await scene.administrator(), PHONE, touch=True)


async def test_a_number_is_linked_by_the_code_on_the_screen(scene: Scene, phone: Visitor) -> None:
    page = phone.page
    async with WahaSandbox(scene.stage.url) as waha:
        await phone.administer("channels")
        await phone.press(page.get_by_role("link", name="Add a channel"))
        await phone.press(page.get_by_role("link", name="WhatsApp (by QR code)"))
        await phone.fill("Address of WAHA", "not an address")
        await phone.fill("API key", "wrong")
        await phone.button("Connect")
        await expect(page.locator(".field-error")).to_be_visible()
        await phone.fill("Address of WAHA", waha.waha_url)
        await phone.button("Connect")
        await expect(page.locator(".field-error, .form-error").first).to_be_visible()
        await phone.fill("API key", waha.API_KEY)
        await phone.button("Connect")
        code = page.get_by_role("img", name="QR code")
        await expect(code).to_be_visible()
        await inspect(phone, "link")
        [channel] = (await scene.call("GET", "/channels?kind=whatsapp_waha"))["items"]
        other = await scene.another_tab(phone, lambda _: None)
        await other.administer("channels")
        row = other.page.locator(f'a[href$="/channels/{channel["id"]}"]')
        await expect(row).to_contain_text("Waits for the scan")
        await waha.scan(
            channel["external_id"].partition("@")[0], phone="4915550000007", name="Shop"
        )
        await expect(row).to_contain_text("Linked")
        await other.page.close()  # a page behind another one paints once a second
        await expect(page.get_by_text("Linked", exact=True)).to_be_visible()
        await expect(page.get_by_text("Shop · +4915550000007")).to_be_visible()
        await expect(code).to_have_count(0)

        await phone.press(page.get_by_role("link", name="Back"))
        await phone.button("Check now")
        await expect(page.locator(".check-line.is-good").first).to_be_visible()
        await phone.fill("First answer", "30")
        await phone.fill("Later answers", "99999999")
        await phone.button("Save")
        await expect(page.get_by_label("Later answers")).to_be_focused()
        await phone.fill("Later answers", "60")
        await page.get_by_label("AI agent").select_option(label="Answers first")
        await phone.press(page.get_by_text("Ask for a rating", exact=True))
        await phone.button("Save")
        await expect(page.get_by_text("Saved.")).to_be_visible()
        await inspect(phone, "channel")
        kept = await scene.call("GET", f"/channels/{channel['id']}")
        assert (kept["first_answer_minutes"], kept["next_answer_minutes"]) == (30, 60)
        assert (kept["ai_takeover"], kept["asks_for_rating"]) == ("immediate", True)

        await phone.button("Delete the channel")
        await phone.press(
            page.get_by_role("dialog").get_by_role("button", name="Delete the channel")
        )
        await expect(page.get_by_role("link", name="OsmoDesk")).to_be_visible()
        assert (await scene.call("GET", "/channels?kind=whatsapp_waha"))["items"] == []


async def test_a_bot_and_a_number_at_meta_are_connected(scene: Scene, phone: Visitor) -> None:
    page, token = phone.page, "765432:" + "C" * 35
    await scene.stage.telegram.add_bot(token, username="second_bot", first_name="<b>Second</b>")
    await phone.administer("channels/new/telegram")
    await phone.fill("Token", "123")
    await phone.button("Connect")
    await expect(page.get_by_label("Token", exact=True)).to_be_focused()
    await phone.fill("Token", token)
    await phone.fill("Staff group", f"https://t.me/c/{str(scene.stage.group['id'])[4:]}/5")
    await phone.button("Connect")
    await expect(page.get_by_role("heading", name="<b>Second</b>")).to_be_visible()
    [bot] = [
        each
        for each in (await scene.call("GET", "/channels"))["items"]
        if each["username"] == "second_bot"
    ]
    assert [each["id"] for each in bot["staff_groups"]] == [str(scene.stage.group["id"])]
    await phone.button("Switch off")
    await phone.press(page.get_by_role("dialog").get_by_role("button", name="Switch off"))
    await expect(page.get_by_text("This channel is off.")).to_be_visible()

    async with GraphSandbox(scene.stage.url) as graph:
        number = await graph.add_number(phone=new_phone())
        await phone.administer("channels/new/whatsapp_cloud")
        await phone.fill("Phone number ID", number["id"])
        await phone.fill("WhatsApp Business account ID", number["account"])
        await phone.fill("Access token", number["token"])
        await phone.fill("App secret", number["app_secret"])
        await phone.fill("Name", f"Meta {secrets.token_hex(2)}")
        await phone.button("Connect")
        await expect(page.get_by_text("Verify token", exact=True)).to_be_visible()
        await inspect(phone, "what to enter at Meta")
    for each in (await scene.call("GET", "/channels"))["items"]:
        if not each["from_environment"]:
            await scene.call("DELETE", f"/channels/{each['id']}?force=true")
