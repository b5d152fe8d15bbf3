"""The demo's staff bot: agents answer in their own chats with it, in topics."""

from collections.abc import Sequence
from typing import Any

from pydantic import SecretStr

from db.tables import StaffMode
from sandbox.telegram.client import TelegramSandbox

USERNAME = "osmodesk_demo_staff_bot"
_TOKEN = "900009000:demo-only-token-that-opens-nothing-else"  # noqa: S105 the sandbox's own
_ID = 900009000


def list_settings() -> dict[str, Any]:
    """List the settings that give each agent a desk of their own."""
    return {"staff_mode": StaffMode.PERSONAL, "telegram_staff_bot_token": SecretStr(_TOKEN)}


async def add_staff_bot(url: str) -> None:
    """Add the staff bot to the sandbox, with topics in its private chats."""
    async with TelegramSandbox(url) as telegram:
        await telegram.add_bot(_TOKEN, USERNAME, "OsmoDesk desk")
        await telegram.set_threaded_mode(_ID)


async def start_staff_bot(url: str, agents: Sequence[int]) -> None:
    """Let those agents start the staff bot who have not done so."""
    async with TelegramSandbox(url) as telegram:
        state = await telegram.state()
        started = {each["user_id"] for each in state["private"] if each["bot_id"] == _ID}
        for agent in agents:
            if agent not in started:
                await telegram.say(agent, "/start", bot=_ID)
