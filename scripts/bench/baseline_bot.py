"""The baseline: a bare aiogram bot that forwards every message to a group and stores nothing."""

import asyncio
import gc
import sys

from aiogram import Bot, Dispatcher
from aiogram.types import Message

from bot.bot_factory import make_session


async def _run(token: str, api_url: str, group: int) -> None:
    dispatcher = Dispatcher(disable_fsm=True)

    async def relay(message: Message, bot: Bot) -> None:
        if message.chat.type == "private":
            await bot.send_message(group, message.text or "")

    dispatcher.message.register(relay)
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    print("ready", flush=True)  # noqa: T201 the benchmark waits for it
    await dispatcher.start_polling(Bot(token, make_session(api_url)), handle_signals=True)


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1], sys.argv[2], int(sys.argv[3])))
