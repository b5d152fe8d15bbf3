"""The demo, the first thing that a newcomer tries, used as they would use it."""

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.graph.client import GraphSandbox
from sandbox.telegram.client import TelegramSandbox
from sandbox.waha.client import WahaSandbox
from scripts.seeding.samples import SAMPLE_AGENT, SAMPLE_CUSTOMER
from tests.flows.eventually import eventually
from tests.patience import PATIENCE

GROUP = {"id": -1009000000001}
BOT = 900000000


@asynccontextmanager
async def demo(folder: Path, *options: str) -> AsyncIterator[str]:
    """Run `osmodesk demo` in a folder; yield the address of its page."""
    log = folder / "log"
    with log.open("wb") as out:
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "scripts.cli",
            "demo",
            *options,
            cwd=folder,
            stdout=out,
            stderr=asyncio.subprocess.STDOUT,
            env={"PATH": "", "PYTHONPATH": str(Path(__file__).parents[3])},
        )

    async def greets() -> str | None:
        assert program.returncode is None, log.read_text()
        found = re.search(r"runs here:\s+(http://\S+)/", log.read_text())
        return found.group(1) if found else None

    try:
        yield await eventually(greets, "the demo prints its address", PATIENCE)
    finally:
        program.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(program.wait(), PATIENCE) == 0, log.read_text()


async def wait_for_topic_text(telegram: TelegramSandbox, name: str, words: str) -> int:
    """Wait until a customer's topic shows this text; return the topic's number."""

    async def shown() -> int | None:
        for topic in await telegram.topics(GROUP):
            thread: int = topic["message_thread_id"]
            said = await telegram.messages(GROUP, thread) if topic["name"] == name else []
            if any(words in (each.get("text") or "") for each in said):
                return thread
        return None

    return await eventually(shown, f"the topic of {name} shows {words!r}", PATIENCE)


async def test_customers_of_every_kind_reach_staff_and_are_answered(tmp_path: Path) -> None:
    async with demo(tmp_path) as url:
        await _answer_sample(tmp_path, url)
        await _play(url, "first")
    async with demo(tmp_path) as url:  # it continues where it stopped
        await _play(url, "second")


async def test_an_admin_of_the_demo_renews_the_code_of_a_phone_that_came_too_late(
    tmp_path: Path,
) -> None:
    async with demo(tmp_path) as url, TelegramSandbox(url) as telegram, WahaSandbox(url) as waha:

        async def made() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = (await waha.state())["sessions"]
            return found

        session = (await eventually(made, "the desk makes its session"))[0]["name"]
        while (await waha.until(session, "SCAN_QR_CODE", "FAILED", seconds=PATIENCE))[
            "status"
        ] != "FAILED":
            await waha.next_code(session)
        people = (await telegram.state())["users"]
        admin = next(each for each in people if each["first_name"] == "Admin")
        await telegram.say(admin, "/qr", chat=GROUP)

        async def is_shown() -> bool:
            told = await telegram.messages(GROUP, 1)
            last = told[-1] if told else {}
            if "Write /qr to get a new one" in (last.get("text") or ""):
                # The desk did not know yet that the code had expired.
                await telegram.say(admin, "/qr", chat=GROUP)
            is_waiting = (await waha.session(session))["status"] == "SCAN_QR_CODE"
            return is_waiting and any(each.get("photo") for each in told)

        await eventually(is_shown, "a new code is shown in the group", PATIENCE)
        await waha.scan(session, phone="628999000111")
        await waha.until(session, "WORKING", seconds=PATIENCE)


@pytest.mark.long
async def test_agents_of_the_personal_demo_answer_in_their_own_chats(tmp_path: Path) -> None:
    async with demo(tmp_path, "--personal") as url, TelegramSandbox(url) as telegram:
        state = await telegram.state()
        ann = next(each for each in state["users"] if each["id"] < 910000001)
        desk = next(each for each in state["bots"] if each["has_topics_enabled"])
        await telegram.say(ann, "is this your desk?", bot=BOT)

        async def shown() -> tuple[int, int] | None:
            for each in (await telegram.state())["private"]:
                if each["bot_id"] == desk["id"]:
                    said = await telegram.messages(each["user_id"], bot=desk["id"])
                    found = [one for one in said if "is this your desk?" in one.get("text", "")]
                    if found:
                        return each["user_id"], found[0]["message_thread_id"]
            return None

        agent, thread = await eventually(shown, "an agent's own chat shows it", PATIENCE)
        await telegram.say(agent, "yes, it is", thread=thread, bot=desk["id"])
        await eventually(lambda: _heard(telegram, ann, "yes, it is", BOT), "it is answered")


@pytest.mark.long
async def test_a_second_demo_beside_the_first_is_refused(tmp_path: Path) -> None:
    async with demo(tmp_path):
        second = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "scripts.cli", "demo"),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={"PATH": "", "PYTHONPATH": str(Path(__file__).parents[3])},
        )
        printed, _ = await asyncio.wait_for(second.communicate(), PATIENCE)
        [line] = printed.decode().splitlines()
        assert second.returncode == 1
        assert "is a demo: open its page, or stop it first" in line


async def _play(url: str, time: str) -> None:
    async with (
        TelegramSandbox(url) as telegram,
        GraphSandbox(url) as graph,
        WahaSandbox(url) as waha,
    ):
        state = await telegram.state()
        people: dict[str, Any] = {each["first_name"]: each for each in state["users"]}
        agent = next(each for name, each in people.items() if name.startswith("CS"))

        ann = next(each for each in state["users"] if each["id"] < 910000001)
        await telegram.say(ann, f"{time} by Telegram")
        thread = await wait_for_topic_text(telegram, _name(ann), f"{time} by Telegram")
        await telegram.say(agent, f"{time} answer", chat=GROUP, thread=thread)
        await eventually(lambda: _heard(telegram, ann, f"{time} answer"), "Telegram's is answered")

        dewi = next(each for each in (await graph.state())["customers"] if each["name"] == "Dewi")
        await graph.says(dewi, f"{time} by WhatsApp")
        thread = await wait_for_topic_text(telegram, "Dewi", f"{time} by WhatsApp")
        await telegram.say(agent, f"{time} answer", chat=GROUP, thread=thread)
        await eventually(lambda: _read(graph, dewi, f"{time} answer"), "WhatsApp's is answered")

        session = (await waha.state())["sessions"][0]["name"]
        found = await waha.until(session, "SCAN_QR_CODE", "WORKING", seconds=PATIENCE)
        if found["status"] != "WORKING":
            await waha.scan(session, phone="628999000111")
        sari = await waha.add_customer("Sari", phone="6281234567803")
        await waha.until(session, "WORKING", seconds=PATIENCE)
        await waha.says(sari, f"{time} by a linked number", session=session)
        await wait_for_topic_text(telegram, "Sari", f"{time} by a linked number")


async def _answer_sample(folder: Path, url: str) -> None:
    """Answer the seeded conversation as a newcomer does in the console, before anybody wrote."""
    [console] = re.findall(r"for agents:\s+(http://\S+)/ ", (folder / "log").read_text())
    async with aiohttp.ClientSession(f"{console}/api/v1/") as api:
        account = {"email": SAMPLE_AGENT.email, "password": SAMPLE_AGENT.password}
        async with api.post("auth/login", json=account) as response:
            token = (await response.json())["access_token"]
        authorized = {"Authorization": f"Bearer {token}"}
        async with api.get("sessions", headers=authorized) as response:
            [session] = (await response.json())["items"]
        path, answer = f"sessions/{session['id']}/messages", {"text": "It arrives today."}
        async with api.post(path, json=answer, headers=authorized) as response:
            assert response.status in {200, 201, 202}, await response.text()
    async with TelegramSandbox(url) as telegram:
        john = {"id": int(SAMPLE_CUSTOMER.telegram_id)}
        await eventually(lambda: _heard(telegram, john, answer["text"]), "it arrives")


def _name(user: dict[str, Any]) -> str:
    return " ".join(filter(None, (user["first_name"], user.get("last_name"))))


async def _heard(
    telegram: TelegramSandbox, user: dict[str, Any], words: str, bot: int | None = None
) -> bool:
    heard = await telegram.messages(user, bot=bot)
    return any(words in (each.get("text") or "") for each in heard)


async def _read(graph: GraphSandbox, customer: dict[str, Any], words: str) -> bool:
    return any(words in (each["text"] or "") for each in await graph.messages(customer))
