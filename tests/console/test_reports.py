"""Reports: last week's numbers on a phone, down to the sessions behind them, and as files."""

import re
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from db.database import Database
from db.tables import Role
from db.tables.base import now_utc
from db.url import parse_database_url
from tests.console.inspection import inspect
from tests.console.scene import DESKTOP, PHONE, Scene, run_scene
from tests.desk.reports.raw_rows import RawSession, write_raw_rows

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = "<img src=x onerror=alert(1)>"
WEEK = timedelta(days=7)


class BusyDesk(NamedTuple):
    """A desk with sessions of the two weeks before this one; `last_week` has those of the later."""

    scene: Scene
    last_week: list[RawSession]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def busy(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> AsyncIterator[BusyDesk]:
    file = tmp_path_factory.mktemp("reports") / "osmodesk.db"
    shutil.copy(migrated_sqlite, file)
    url = f"sqlite+aiosqlite:///{file}"
    today = now_utc().replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    database = Database(parse_database_url(url))
    raw = await write_raw_rows(database, 40, monday - 2 * WEEK)
    await database.close()
    last_week = [each for each in raw.sessions if monday - WEEK <= each.opened < monday]
    async with run_scene(browser, url) as scene:
        await scene.stage.change("UPDATE clients SET name = :name", name=HOSTILE)
        await scene.stage.change("UPDATE agents SET name = :name", name=f"Mia {HOSTILE}")
        yield BusyDesk(scene, last_week)


@pytest_asyncio.fixture(loop_scope="session")
async def busy_desk(busy: BusyDesk) -> AsyncIterator[BusyDesk]:
    yield busy
    assert await busy.scene.close_pages() == []


async def test_last_weeks_numbers_lead_to_their_sessions(busy_desk: BusyDesk) -> None:
    scene, last_week = busy_desk
    unanswered = [each for each in last_week if each.asked and not each.first("human", "ai")]
    assert unanswered
    phone = await scene.enter(await scene.agent("Rita", role=Role.ADMIN), PHONE, touch=True)
    page = phone.page
    await phone.press(page.get_by_role("link", name="More"))
    await phone.press(page.get_by_role("link", name="Reports"))
    await phone.press(page.get_by_role("link", name="Last week"))
    figures = page.get_by_role("list", name="Main figures")
    sessions = figures.get_by_role("link", name=re.compile("^Sessions"))
    await expect(sessions.locator(".tile-value")).to_have_text(str(len(last_week)))
    await expect(page.get_by_text("times in UTC")).to_be_visible()
    compared = page.get_by_role("region", name="Agents, channels, tags", exact=True)
    await expect(compared).to_contain_text(HOSTILE)
    await expect(page.locator(".skeleton, .is-old")).to_have_count(0)
    await inspect(phone, "reports")

    volume = page.get_by_role("region", name="Sessions over time", exact=True)
    await expect(volume.get_by_role("img")).to_be_visible()
    await phone.press(volume.get_by_text("As a table"))
    counts = volume.get_by_role("row").locator("td:nth-child(2)")
    assert sum(map(int, await counts.all_inner_texts())) == len(last_week)
    async with page.expect_download() as downloading:
        await phone.button("Download Sessions over time")
        await phone.press(page.get_by_role("menuitem", name="Download as CSV"))
    download = await downloading.value
    assert download.suggested_filename.startswith("workload-")
    assert (await download.path()).read_text().startswith("day,sessions,inbound")

    await phone.press(figures.get_by_role("link", name=re.compile("^Not answered")))
    hits = page.get_by_role("listitem").filter(has_text="not answered")
    await expect(hits).to_have_count(len(unanswered))
    await inspect(phone, "sessions")
    await phone.press(hits.first.get_by_role("button"))
    await expect(page.locator(".who-name")).to_have_text(HOSTILE)
    await page.go_back()
    await phone.press(page.get_by_role("link", name="Back to the reports"))

    await phone.press(page.get_by_role("link", name="Own days…"))
    await page.get_by_label("Last day").fill("2026-01-01")
    await phone.button("Show")
    await expect(page.get_by_role("alert")).to_have_text("The first day is after the last one.")
    await expect(page.get_by_label("Last day")).to_have_value("2026-01-01")
    await page.get_by_label("First day").fill("2025-12-31")
    await phone.button("Show")
    await expect(page.get_by_text("No sessions in these days")).to_be_visible()
    await expect(page.get_by_text("31 Dec 2025")).to_be_visible()


async def test_agents_have_no_reports(busy_desk: BusyDesk) -> None:
    scene, _ = busy_desk
    phone = await scene.enter(await scene.agent("Una"), PHONE, touch=True)
    await phone.press(phone.page.get_by_role("link", name="More"))
    await expect(phone.page.get_by_role("link", name="Reports")).to_have_count(0)
    await phone.page.goto(f"{phone.address}/#/reports")
    await expect(phone.page.get_by_role("heading", name="Inbox")).to_be_visible()


@pytest.mark.long
async def test_a_year_by_weeks_narrowed_and_as_a_picture_by_keys(busy_desk: BusyDesk) -> None:
    scene, last_week = busy_desk
    email = await scene.agent("Rob", role=Role.ADMIN)
    desk = await scene.enter(email, DESKTOP, locale="id-ID", dark=True)
    page, keys = desk.page, desk.page.keyboard
    await page.get_by_role("link", name="Laporan").focus()
    await keys.press("Enter")
    today = datetime.now(UTC).date()
    days = f"first_day={today - timedelta(days=364)}&last_day={today}"
    await page.goto(f"{desk.address}/#/reports?{days}")
    volume = page.get_by_role("region", name="Sesi dari waktu ke waktu", exact=True)
    await volume.get_by_text("Sebagai tabel").focus()
    await keys.press("Enter")
    await expect(volume.get_by_role("row").nth(50)).to_be_visible()
    await expect(volume.get_by_role("columnheader", name="Minggu dari")).to_be_visible()
    await inspect(desk, "reports")
    async with page.expect_download() as downloading:
        await volume.get_by_role("button", name="Unduh").focus()
        await keys.press("Enter")
        await expect(page.get_by_role("menuitem").first).to_be_focused()
        await keys.press("ArrowDown")
        await keys.press("Enter")
    download = await downloading.value
    assert (await download.path()).read_bytes().startswith(b"\x89PNG")
    tag = page.get_by_role("combobox", name="Tag")
    await tag.select_option("late")
    figures = page.get_by_role("list", name="Angka utama")
    await expect(figures.locator(".tile-value").first).not_to_have_text(str(len(last_week)))
    await expect(page).to_have_url(re.compile("tag_id="))
    await page.go_back()
    await expect(tag).to_have_value("")
