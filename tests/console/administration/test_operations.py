"""Webhooks, the audit log and parked updates; 360 pixels wide, by touch."""

import re

import pytest
from playwright.async_api import expect

from db.ids import ChannelId
from db.tables import Inbox, InboxState, Role
from db.tables.base import now_utc
from tests.console.inspection import inspect
from tests.console.scene import PHONE, Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = "<img src=x onerror=alert(1)>"


async def test_a_webhook_is_added_tested_and_shows_its_failures(scene: Scene) -> None:
    phone = await scene.enter(await scene.agent("Wes", role=Role.ADMIN), PHONE, touch=True)
    page = phone.page
    await phone.administer("webhooks/new")
    await page.get_by_label("Name").fill(HOSTILE)
    await page.get_by_label("Address").fill("http://10.0.0.1/hook")
    await phone.button("Add a webhook")
    await expect(page.locator(".field-error")).to_contain_text("https")
    await inspect(phone, "a webhook that cannot be added")
    await page.get_by_label("Address").fill("https://localhost/desk")
    await phone.press(page.get_by_text("session.ended"))
    await phone.button("Add a webhook")
    await expect(page.locator(".copyable code")).to_have_text(re.compile("^whsec_"))
    await phone.press(page.get_by_role("link", name="I have kept it"))
    await expect(page.locator(".copyable code")).to_have_count(0)
    await phone.button("Send a test event")
    delivery = page.get_by_role("listitem").filter(has_text="webhook.test")
    await expect(delivery).to_contain_text("Waiting")
    await expect(delivery).to_contain_text("WEBHOOK_ALLOW_PRIVATE")  # it is this machine
    await inspect(phone, "webhook")
    await phone.button("New secret")
    await phone.press(page.get_by_role("dialog").get_by_role("button", name="New secret"))
    await expect(page.locator(".copyable code")).to_have_text(re.compile("^whsec_"))
    await phone.button("Delete the webhook")
    await phone.press(page.get_by_role("dialog").get_by_role("button", name="Delete the webhook"))
    await expect(page.get_by_text("There are no webhooks")).to_be_visible()
    await inspect(phone, "webhooks")

    agent = (await scene.call("GET", "/agents"))["items"][0]
    await scene.call("PATCH", f"/agents/{agent['id']}", {"capacity": 7})
    await phone.administer("audit")
    entry = page.get_by_role("listitem").filter(has_text="webhook.deleted").first
    await expect(entry).to_contain_text("Wes")
    await expect(entry).to_contain_text(HOSTILE)
    await inspect(phone, "audit")
    changed = page.get_by_role("listitem").filter(has_text="capacity.changed").first
    await phone.press(changed.get_by_role("button", name=agent["name"], exact=True))
    all_of_them = page.get_by_role("button", name=f"Show all, not only {agent['name']}")
    await expect(all_of_them).to_be_visible()
    await expect(page.get_by_role("listitem").filter(has_text="webhook.deleted")).to_have_count(0)
    await phone.press(page.get_by_role("button", name=re.compile("^Show all")))
    await phone.press(entry.get_by_role("button", name="webhook.deleted"))
    await expect(page.get_by_role("listitem").filter(has_text="webhook.tested")).to_have_count(0)
    await page.get_by_label("Until").fill("2020-01-01")
    await expect(page.get_by_text("No entries")).to_be_visible()
    await phone.press(page.get_by_role("button", name=re.compile("^Show all")))
    await page.get_by_label("Until").fill("")
    tested = page.get_by_role("listitem").filter(has_text="webhook.tested")
    await expect(tested.first).to_be_visible()


async def test_parked_updates_are_seen_retried_and_dropped(scene: Scene) -> None:
    [channel] = await scene.stage.rows("SELECT id FROM channels LIMIT 1")
    now = now_utc()
    async with scene.stage.database.transaction() as tx:
        for number in (1, 2):
            tx.add(
                Inbox(
                    channel_id=ChannelId(channel["id"]),
                    provider_id=f"parked {number}",
                    payload=f'{{"text": "{HOSTILE}"}}',
                    state=InboxState.PARKED,
                    attempts=5,
                    received_at=now,
                    settled_at=now,
                    lane=f"parked lane {number}",
                    error=f"Broken: {number} {HOSTILE}",
                )
            )
    phone = await scene.enter(await scene.agent("Pam", role=Role.ADMIN), PHONE, touch=True)
    page = phone.page
    await phone.administer("parked")
    second = page.get_by_role("link", name=f"Broken: 2 {HOSTILE}")
    await expect(second).to_be_visible()
    await inspect(phone, "parked updates")
    await phone.press(second)
    await expect(page.locator("pre")).to_contain_text(HOSTILE)
    await inspect(phone, "parked update")
    await phone.button("Drop")
    await phone.press(page.get_by_role("dialog").get_by_role("button", name="Drop"))
    await expect(second).to_have_count(0)
    await phone.press(page.get_by_role("link", name=f"Broken: 1 {HOSTILE}"))
    await phone.button("Try again")
    await expect(page.get_by_text("It is handled again.")).to_be_visible()
    rows = await scene.stage.rows("SELECT state FROM inbox WHERE provider_id = 'parked 2'")
    assert [each["state"] for each in rows] != ["parked"]
