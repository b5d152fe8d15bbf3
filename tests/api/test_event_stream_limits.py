"""Event streams that need their own database or their own process."""

import asyncio
import contextlib
import socket
from urllib.parse import urlsplit

from tests.api.desk_actions import say
from tests.api.event_stream import open_event_stream
from tests.api.stage import ApiStage, run_api


async def test_who_was_away_for_too_long_is_told_to_read_anew(own_api: ApiStage) -> None:
    mia = await own_api.person()
    session = await own_api.session(mia)
    for text in ("one", "two", "three", "four"):
        await say(own_api, session, text)
    # A database that is lent on goes on with its numbers.
    [row] = await own_api.rows("SELECT MIN(id) AS first FROM events")
    first = int(row["first"])
    await own_api.change(f"DELETE FROM events WHERE id < {first + 2}")  # noqa: S608 a number of ours
    for last in (first, first + 98, first + 50_000):
        async with open_event_stream(own_api, mia.token, last_id=str(last)) as ears:
            assert [each.kind for each in ears.heard] == ["resync", "ready"]
            assert ears.heard[0].id == ears.heard[1].id
    async with open_event_stream(own_api, mia.token, last_id=str(first + 1)) as ears:
        assert ears.texts() == ["three", "four"]
    async with open_event_stream(own_api, mia.token, last_id="0") as ears:
        assert ears.texts() == ["three", "four"]


async def test_who_reads_too_slowly_is_cut_off_and_comes_back(own_api: ApiStage) -> None:
    mia = await own_api.person()
    session = await own_api.session(mia)
    async with open_event_stream(own_api, mia.token) as ears:
        last = ears.last_id
    deaf = _connect_deaf(own_api, mia.token)
    async with open_event_stream(own_api, mia.token) as good:
        texts = [f"{number} " + "x" * 15_000 for number in range(800)]
        for start in range(0, 800, 20):
            await say(own_api, session, *texts[start : start + 20])
        await good.wait_for_event("message.new", text=texts[-1])
        assert good.texts() == texts, "all of them, in order"
    try:
        read = await asyncio.to_thread(_read_all, deaf)
    finally:
        deaf.close()
    assert 0 < read.count(b"event: message.new") < len(texts)
    async with open_event_stream(own_api, mia.token, last_id=last) as again:
        assert again.texts() == texts


def _connect_deaf(api: ApiStage, token: str) -> socket.socket:
    """Request the stream and read nothing of it."""
    place = urlsplit(api.address)
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.settimeout(60)
    deaf.connect((place.hostname, place.port))
    deaf.sendall(
        f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    return deaf


def _read_all(deaf: socket.socket) -> bytes:
    """Read the rest of the data until the connection breaks."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := deaf.recv(65536):
            parts.append(part)
    return b"".join(parts)


async def test_streams_end_in_time_when_the_program_does(migrated_sqlite_url: str) -> None:
    async with run_api(migrated_sqlite_url) as own:
        mia = await own.person()
        ears = open_event_stream(own, mia.token)
        heard = await ears.__aenter__()
        began = asyncio.get_running_loop().time()
    took = asyncio.get_running_loop().time() - began
    assert await heard.wait_for_end() == "shutdown"
    await ears.__aexit__(None, None, None)
    assert took < 3
