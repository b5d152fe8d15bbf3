"""A running stand-in, its control client, and plain HTTP calls to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from sandbox.app import serve
from sandbox.common.json_shapes import Json
from sandbox.openai.client import OpenAISandbox

PASSAGES = (
    '<passage id="P1" title="Opening hours">\nWe are open from 9:00 to 17:00. '
    "On Sundays the shop is closed.\n</passage>\n"
    '<passage id="P2" title="Pengiriman">\nPengiriman ke Bandung memakan waktu 2 hari. '
    "Ongkos kirim Rp 15.000.\n</passage>"
)


@dataclass(frozen=True, slots=True)
class Stage:
    """The stand-in, and a session to call it."""

    sandbox: OpenAISandbox
    http: aiohttp.ClientSession

    async def post(self, path: str, body: object, key: str = "sk-any") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        url = f"{self.sandbox.api_url}/{path}"
        async with self.http.post(url, json=body, headers=headers) as response:
            return response.status, await response.json()

    async def chat(self, text: str, **more: Any) -> tuple[int, Any]:
        return await self.post("chat/completions", build_chat(text, **more))

    async def say(self, text: str, **more: Any) -> str:
        """Return what the model says."""
        status, content = await self.chat(text, **more)
        assert status == 200, content
        said: str = content["choices"][0]["message"]["content"]
        return said


def build_chat(text: str, **more: Any) -> Json:
    messages = [
        {"role": "system", "content": f"Answer as JSON.\n{PASSAGES}"},
        {"role": "user", "content": f"<customer_message>\n{text}\n</customer_message>"},
    ]
    return {"model": "gpt-4.1-mini", "messages": messages, **more}


@asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    async with (
        serve() as running,
        OpenAISandbox(running.url) as sandbox,
        aiohttp.ClientSession() as http,
    ):
        yield Stage(sandbox, http)
