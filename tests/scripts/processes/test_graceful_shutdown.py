"""A process that is stopped while it has requests: every client gets an answer soon."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from tests.api.stage import Answer, Person
from tests.flows.api_agents import open_api
from tests.flows.stage import Stage, prepare_stage
from tests.patience import SOON
from tests.scripts.processes.process_group import Process, run_process_group

# The least time that a supervisor waits before it kills.


async def address_of(process: Process) -> str:
    await process.wait_for_log('"ready"')
    lines = [json.loads(each) for each in process.log_text.splitlines() if each.startswith("{")]
    [address] = [each["address"] for each in lines if each["event"] == "ready"]
    return str(address)


async def stream(mia: Person) -> tuple[str, float]:
    """Read the event stream to its end; return the last text and its time."""
    url = f"{mia.stage.address}/api/v1/events"
    headers = {"Authorization": f"Bearer {mia.token}"}
    async with mia.stage.http.get(url, headers=headers) as reply:
        assert reply.status == 200
        said = (await reply.read()).decode()
    return said.strip().rpartition("\n")[2], asyncio.get_running_loop().time()


async def endless() -> AsyncIterator[bytes]:
    yield b'{"name":'
    await asyncio.sleep(60)


async def slow_body(ada: Person) -> Answer:
    headers = {"Content-Type": "application/json"}
    return await ada.post("/users", data=endless(), headers=headers)


async def guess(mia: Person, number: int) -> int:
    body = {"email": f"{number}@desk.test", "password": "wrong"}
    return (await mia.stage.ask("POST", "/auth/login", body)).status


async def send_requests(mia: Person) -> list[int]:
    """Send requests until the server does not answer; return their statuses."""
    found: list[int] = []
    while True:
        try:
            found.append((await mia.get("/auth/me")).status)
        except aiohttp.ClientConnectionError:
            return found
        await asyncio.sleep(0.02)


async def half_a_head(stage: Stage) -> bytes:
    at = urlsplit(stage.address)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    writer.write(b"GET / HTTP/1.1\r\nHo")
    try:
        return await reader.read()
    finally:
        writer.close()


async def test_who_is_under_way_gets_an_answer(migrated_url: str, tmp_path: Path) -> None:
    async with (
        prepare_stage(migrated_url) as stage,
        run_process_group(stage, migrated_url, tmp_path) as desk,
    ):
        process = await desk.start("run")
        stage.address = await address_of(process)
        async with open_api(stage) as api:
            ada, mia = await api.admin(), await api.person()
            loop = asyncio.get_running_loop()
            streams = [asyncio.ensure_future(stream(mia)) for _ in range(3)]
            slow = asyncio.ensure_future(slow_body(ada))
            halves = [asyncio.ensure_future(half_a_head(stage)) for _ in range(20)]
            asking = asyncio.ensure_future(send_requests(mia))
            # More than can be hashed in the time that is left.
            login_throttle = [asyncio.ensure_future(guess(mia, number)) for number in range(12)]
            await asyncio.wait(login_throttle, return_when=asyncio.FIRST_COMPLETED)

            told_at = loop.time()
            took = await process.stop()
            assert took < SOON
            for said, at in await asyncio.gather(*streams):
                assert '"type":"end"' in said
                assert '"reason":"shutdown"' in said
                assert at - told_at < SOON
            answer = await slow
            assert (answer.status, answer.problem) == (503, "unavailable")
            assert int(answer.headers["Retry-After"]) >= 1
            statuses = await asyncio.gather(*login_throttle)
            assert set(statuses) <= {401, 503}
            assert 401 in statuses
            assert set(await asking) <= {200, 503}
            assert set(await asyncio.gather(*halves)) == {b""}
    assert "http.failed" not in process.log_text
    assert "Traceback" not in process.log_text
