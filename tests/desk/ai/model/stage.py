"""The model adapter in front of the stand-in of a model server, over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from desk.ai.model.openai_model import OpenAIModel
from desk.ai.model.ports import (
    ModelReply,
    ModelRequest,
    PromptImage,
    PromptMessage,
    Speaker,
    WrittenText,
)
from desk.ai.model.server_calls import ServerCalls
from sandbox.app import serve
from sandbox.openai.client import OpenAISandbox
from tests.patience import PATIENCE

PASSAGES = (
    '<passage id="P1" title="Opening hours">\nWe are open from 9:00 to 17:00.\n</passage>\n'
    '<passage id="P2" title="Pengiriman">\nOngkos kirim ke Bandung Rp 15.000.\n</passage>'
)
GOOD = {
    "action": "answer",
    "text": "From 9:00 to 17:00.",
    "citations": [{"passage_id": "P1", "quote": "open from 9:00 to 17:00"}],
    "confidence": 0.9,
    "reason": "P1 says so",
    "language": "en",
}


@dataclass
class SteeredClock:
    """The time of the breaker and of what was learned, moved by hand."""

    at: datetime = field(default_factory=lambda: datetime(2026, 1, 1, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **step: float) -> None:
        self.at += timedelta(**step)


@dataclass(frozen=True, slots=True)
class Stage:
    sandbox: OpenAISandbox
    model: OpenAIModel
    calls: ServerCalls
    clock: SteeredClock

    async def ask(self, text: str = "When are you open?", **more: Any) -> ModelReply:
        return await self.model.answer(build_request(text, **more))

    async def write(self, text: str = "Sum this up", **more: Any) -> WrittenText:
        return await self.model.write(build_request(text, **more))

    async def forms(self) -> list[str]:
        """Return the forms that the server was asked for, in order."""
        return [each["form"] for each in await self.sandbox.calls("chat")]

    async def statuses(self) -> list[int]:
        return [each["status"] for each in await self.sandbox.calls("chat")]


def build_request(
    text: str = "When are you open?",
    *,
    deadline: float = PATIENCE,
    model: str = "gpt-4.1-mini",
    images: int = 0,
    temperature: float | None = 0.2,
) -> ModelRequest:
    pictures = tuple(PromptImage(b"\x89PNG", "image/png") for _ in range(images))
    return ModelRequest(
        system=f"You help the customers of a shop.\n{PASSAGES}",
        messages=(PromptMessage(Speaker.USER, text, pictures),),
        model=model,
        max_tokens=500,
        deadline=deadline,
        temperature=temperature,
    )


@asynccontextmanager
async def staged(
    *, calls_at_once: int = 50, api_key: str | None = "sk-test"
) -> AsyncIterator[Stage]:
    async with serve() as running, OpenAISandbox(running.url) as sandbox:
        clock = SteeredClock()
        calls = ServerCalls(sandbox.api_url, api_key, calls_at_once=calls_at_once, now=clock)
        model = OpenAIModel(calls, embedding_model="text-embedding-3-small")
        try:
            yield Stage(sandbox, model, calls, clock)
        finally:
            await model.close()
