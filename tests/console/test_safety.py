"""What strangers write is shown as text, and the page runs nothing but its own script."""

import pytest
from playwright.async_api import expect

from api.pages.console.page import build_packer
from tests.console.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = '<img src=x onerror="document.title=1">{{constructor}}\u202e${1}'


async def test_hostile_names_texts_and_files_are_text(scene: Scene) -> None:
    customer = await scene.waiting_customer("Hi", name="<script>alert(1)</script>")
    await customer.says(HOSTILE)
    await customer.says("see https://example.com/a?b=1 or javascript:alert(1)")
    file = {"kind": "document", "name": "<b>x</b>.html"}
    more = {"media": file, "caption": HOSTILE, "bot": customer.bot}
    await scene.stage.telegram.say(customer.user, **more)
    desk = await scene.enter(await scene.agent("Sam"))
    await desk.show("waiting")
    await desk.open_thread("<script>")
    await expect(desk.bubble(HOSTILE).first).to_be_visible()
    await expect(desk.page.get_by_text("<b>x</b>.html")).to_be_visible()
    links = desk.page.locator(".text a")
    await expect(links).to_have_count(1)
    await expect(links).to_have_attribute("href", "https://example.com/a?b=1")
    assert await desk.page.locator(".thread-inside img, .thread-inside script").count() == 0
    assert "OsmoDesk" in await desk.page.title()


async def test_the_page_is_cached_for_ever_by_its_hash_and_asks_no_other_host(scene: Scene) -> None:
    asked: list[str] = []
    desk = await scene.open()
    await desk.page.goto("about:blank")
    known = await desk.page.evaluate(
        "names => names.filter((each) => each in window)", sorted(build_packer().constants)
    )
    assert known == []  # the page's constants hide nothing of the browser
    await desk.page.goto(desk.address)
    desk.page.on("request", lambda request: asked.append(request.url))
    response = await desk.page.reload()
    assert response is not None
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy
    assert not [url for url in asked if not url.startswith(scene.stage.address)]
    scripts = await desk.page.locator("script").evaluate_all("all => all.map((each) => each.src)")
    assert len(scripts) == 2  # what begins early, and the rest
    for script in scripts:
        piece = await desk.page.request.get(script)
        assert "immutable" in piece.headers["cache-control"]
        assert len(await piece.body()) > int(piece.headers["content-length"])  # it came compressed
    missing = await desk.page.request.get(scene.stage.address + "/console/static/../page.py")
    assert missing.status == 404
