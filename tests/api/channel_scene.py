"""An API for tests that set up channels; its Telegram is the sandbox."""

from dataclasses import dataclass
from typing import Any

from sandbox.telegram.client import TelegramSandbox
from tests.api.stage import Answer, ApiStage, Person

TOKEN = "654321:" + "B" * 35
OTHER = "777777:" + "C" * 35


@dataclass(slots=True)
class Scene:
    """An API with the sandbox as Telegram, an administrator, and two bots."""

    api: ApiStage
    telegram: TelegramSandbox
    ada: Person

    async def add(self, token: str = TOKEN, **more: Any) -> Answer:
        return await self.ada.post("/channels", {"credentials": {"token": token}, **more})

    async def added(self, token: str = TOKEN, **more: Any) -> str:
        answer = await self.add(token, **more)
        assert answer.status == 201, answer.body
        return f"/channels/{answer.body['id']}"

    async def group(self, *bots: int, **more: Any) -> str:
        return str((await self.telegram.add_group("Staff", bots=list(bots), **more))["id"])

    async def channels(self) -> int:
        [row] = await self.api.rows("SELECT count(*) AS n FROM channels")
        return int(row["n"])
