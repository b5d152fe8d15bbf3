"""Rules and broadcasts on a desktop, in Indonesian: by keys, and at another time."""

import pytest
from playwright.async_api import expect

from db.tables import Role
from tests.console.scene import DESKTOP, Scene
from tests.console.visitor import Visitor

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]


async def enter(scene: Scene, name: str, *, dark: bool) -> Visitor:
    email = await scene.agent(name, role=Role.ADMIN)
    return await scene.enter(email, DESKTOP, locale="id-ID", dark=dark)


async def test_a_rule_is_written_and_saved_by_keys(scene: Scene) -> None:
    desk = await enter(scene, "Kunci", dark=False)
    page, keys = desk.page, desk.page.keyboard
    await desk.administer("rules")
    await page.get_by_role("link", name="Tambah").focus()
    await keys.press("Enter")
    name = page.get_by_label("Nama", exact=True)
    await name.focus()
    await keys.type("Harga")
    await page.get_by_label("Kata", exact=True).focus()
    await keys.type("harga")
    await keys.press("Enter")
    await keys.type("biaya")
    await page.get_by_label("Teks", exact=True).focus()
    await keys.type("Halo ")
    await page.get_by_role("button", name="{{first_name}}").focus()
    await keys.press("Enter")
    await keys.type(", ini daftar harga.")
    await keys.press("Control+s")
    await expect(page.get_by_role("heading", name="Harga")).to_be_visible()
    [rule] = (await scene.call("GET", "/auto-reply-rules"))["items"]
    assert rule["trigger_keywords"] == ["harga", "biaya"]
    assert rule["reply_message"] == "Halo {{first_name}}, ini daftar harga."
    await page.get_by_label("Prioritas").focus()
    await keys.press("ArrowUp")
    await page.get_by_role("link", name="Kembali").focus()
    await keys.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()  # the change is not saved
    await keys.press("Escape")
    async with page.expect_response(lambda each: each.request.method == "PATCH"):
        await keys.press("Control+s")
    changed = await scene.call("GET", f"/auto-reply-rules/{rule['id']}")
    assert changed["priority"] == 1
    await scene.call("DELETE", f"/auto-reply-rules/{rule['id']}")


async def test_a_broadcast_is_scheduled_and_canceled(scene: Scene) -> None:
    body = {"name": "Nanti", "text": "Sampai jumpa", "audience": {"languages": ["id"]}}
    made = await scene.call("POST", "/broadcasts", body)
    desk = await enter(scene, "Jadwal", dark=True)
    page = desk.page
    await desk.administer(f"broadcasts/{made['id']}")
    await page.get_by_label("Mulai pada").fill("2099-01-01T09:00")
    await desk.button("Jadwalkan")
    await page.get_by_role("dialog").get_by_role("button", name="Jadwalkan").click()
    await expect(page.get_by_text("Terjadwal")).to_be_visible()
    await desk.button("Batalkan selamanya")
    await page.get_by_role("dialog").get_by_role("button", name="Batalkan selamanya").click()
    await expect(page.get_by_text("Dibatalkan")).to_be_visible()
    await expect(page.get_by_role("button", name="Batalkan selamanya")).to_have_count(0)
    shown = await scene.call("GET", f"/broadcasts/{made['id']}")
    assert (shown["state"], shown["starts_at"][:10]) in [
        ("canceled", "2098-12-31"),
        ("canceled", "2099-01-01"),
    ]
