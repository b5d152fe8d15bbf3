"""A paging company over real HTTP: it takes pages from us, and calls us with those of people."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web


@dataclass(slots=True)
class PagingCompany:
    """The company's server; `pages` are those that it took, as (pager, text)."""

    url: str = ""
    pages: list[tuple[str, str]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        """Take a page from us, and give it a number."""
        body = await request.json()
        self.pages.append((body["pager"], body["text"]))
        return web.json_response({"number": len(self.pages)})

    async def call(self, webhook: str, number: int, pager: str, text: str) -> int:
        """Call the desk with a person's page; return the status of its answer."""
        body = {"number": number, "pager": pager, "text": text}
        async with aiohttp.ClientSession() as http, http.post(webhook, json=body) as answer:
            return answer.status


@asynccontextmanager
async def run_company() -> AsyncIterator[PagingCompany]:
    """Run the company's server."""
    company, app = PagingCompany(), web.Application()
    app.router.add_post("/pages", company.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        company.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield company
    finally:
        await runner.cleanup()
