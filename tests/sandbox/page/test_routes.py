"""Tests that the sandbox serves all of the page by itself."""

import re
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application

import sandbox.page
from sandbox.page.routes import add_page

STATIC = Path(str(sandbox.page.__file__)).parent / "static"
SOURCES = sorted(
    path for path in STATIC.rglob("*") if path.suffix in {".html", ".css", ".js", ".svg"}
)


async def test_the_page_runs_its_own_scripts_only() -> None:
    app = Application()
    add_page(app)
    async with TestClient(TestServer(app)) as client:
        answer = await client.get("/")
        assert answer.content_type == "text/html"
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        for address in re.findall(r'(?:href|src)="(/[^"]+)"', await answer.text()):
            found = await client.get(address)
            assert found.status == 200, address
            assert found.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_source_asks_another_host_or_parses_html(path: Path) -> None:
    text = path.read_text()
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+", text)) - {"http://www.w3.org"}
    assert addresses == set()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
