"""`/docs` and `/reset` work in a real browser and load nothing from other hosts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from api.routes import ROUTES
from tests.api.stage import ApiStage
from tests.api.test_login import HASH, PASSWORD
from tests.patience import PATIENCE
from tests.services.chromium import Chromium

pytestmark = pytest.mark.asyncio(loop_scope="module")


expect.set_options(timeout=PATIENCE * 1000)


@dataclass
class Window:
    """A page with the requests that it sent and the errors that it logged."""

    page: Page
    asked: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: Chromium) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.executable_path, args=list(chromium.args)
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser) -> AsyncIterator[Window]:
    page = await browser.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    window = Window(page)
    page.on("request", lambda request: window.asked.append(request.url))
    page.on(
        "console",
        lambda said: window.troubles.append(said.text) if said.type == "error" else None,
    )
    page.on("pageerror", lambda error: window.troubles.append(str(error)))
    yield window
    await page.close()


@pytest.mark.long
async def test_the_docs_show_every_route_and_ask_nobody_else(api: ApiStage, window: Window) -> None:
    await window.page.goto(f"{api.address}/docs")
    sections, shown = window.page.locator(".opblock-tag-section"), 0
    tags = {route.tag for route in ROUTES}
    await expect(sections).to_have_count(len(tags), timeout=PATIENCE * 1000)
    for number in range(len(tags)):
        section = sections.nth(number)
        await section.locator(".opblock-tag").click()
        await expect(section.locator(".opblock").first).to_be_visible()
        shown += await section.locator(".opblock").count()
        await section.locator(".opblock-tag").click()
    assert shown == len(ROUTES)
    await sections.first.locator(".opblock-tag").click()
    await window.page.get_by_text("/auth/login", exact=True).click()
    await expect(window.page.get_by_text("Log in with e-mail address")).to_be_visible()
    abroad = [url for url in window.asked if not url.startswith((api.address, "data:"))]
    assert abroad == []
    assert window.troubles == []


async def test_a_one_time_link_leads_to_a_password(api: ApiStage, window: Window) -> None:
    admin, mia = await api.admin(), await api.person()
    link = (await admin.post(f"/users/{mia.user_id}/reset-link")).body
    password = "chosen in a browser"
    page = window.page
    await page.goto(api.address + link["path"])
    assert link["token"] not in page.url
    await page.get_by_label("New password (").fill(password)
    await page.get_by_label("Repeat the new password").fill("something else!")
    await page.get_by_role("button").click()
    await expect(page.get_by_role("status")).to_have_text("The passwords do not match.")
    await page.get_by_label("Repeat the new password").fill(password)
    await page.get_by_role("button").click()
    await expect(page.get_by_role("status")).to_contain_text("The password is set")
    await expect(page.get_by_role("link", name="Log in")).to_be_visible()
    answer = await api.ask("POST", "/auth/login", {"email": mia.email, "password": password})
    assert answer.status == 200
    assert [url for url in window.asked if link["token"] in url.partition("#")[0]] == []
    assert [url for url in window.asked if not url.startswith((api.address, "data:"))] == []
    assert window.troubles == []


async def test_a_used_link_and_a_common_password_say_so_in_both_languages(
    api: ApiStage, window: Window
) -> None:
    page = window.page
    for labels, button, used, common in (
        (("New password (", "Repeat the new password"), "Set password", "new link", "too common"),
        (("Kata sandi baru (", "Ulangi"), "Simpan kata sandi", "tautan baru", "terlalu umum"),
    ):
        for password, said in (("chosen in a browser", used), ("aaaaaaaaaaaa", common)):
            await page.goto("about:blank")
            await page.goto(f"{api.address}/reset#odp_used")
            for label in labels:
                await page.get_by_label(label).fill(password)
            await page.get_by_role("button", name=button).click()
            await expect(page.get_by_role("status")).to_contain_text(said)
        await page.add_init_script("Object.defineProperty(navigator, 'language', {value: 'id-ID'})")


@pytest.mark.parametrize("path", ["/docs", "/reset", "/docs/swagger-ui-bundle.js"])
async def test_pages_run_nothing_that_is_not_ours(api: ApiStage, path: str) -> None:
    async with api.http.get(api.address + path) as reply:
        assert reply.status == 200
        policy = reply.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "http" not in policy
        assert reply.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["..%2fpage.py", "%2e%2e/page.py", "page.py", "..%5cpage.py", "%00"]
)
async def test_pages_give_out_their_own_pieces_alone(api: ApiStage, name: str) -> None:
    async with api.http.get(f"{api.address}/docs/{name}") as reply:
        assert reply.status == 404


_ASK = """async ([what, body]) => {
    const headers = {"Content-Type": "application/json", "X-OsmoDesk-Console": "1"};
    const reply = await fetch(`/api/v1/auth/browser/${what}`,
        {method: "POST", headers, body: JSON.stringify(body)});
    return [reply.status, document.cookie];
}"""


async def test_the_cookie_of_a_log_in_works_over_http_on_this_machine(
    api: ApiStage, window: Window
) -> None:
    """Chromium keeps `Secure` cookies of http://127.0.0.1, so the demo needs no exception."""
    mia, page = await api.person(password_hash=HASH), window.page
    await page.goto(f"{api.address}/docs")
    body = {"email": mia.email, "password": PASSWORD}
    assert await page.evaluate(_ASK, ["login", body]) == [200, ""]
    await page.reload()
    for _ in range(2):
        assert await page.evaluate(_ASK, ["refresh", {}]) == [200, ""]
    assert await page.evaluate(_ASK, ["logout", {}]) == [204, ""]
    assert await page.evaluate(_ASK, ["refresh", {}]) == [401, ""]
