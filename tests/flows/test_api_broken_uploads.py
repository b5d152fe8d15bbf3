"""Malformed uploads: rejected in time, and nothing of them is stored."""

import asyncio
import random
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from db.ids import SessionId
from tests.api.stage import ApiStage
from tests.api.stage import Person as Caller
from tests.flows.api_agents import wait_for_session
from tests.flows.eventually import eventually
from tests.flows.stage import Stage
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

EDGE = b"--edge\r\n"
END = b"\r\n--edge--\r\n"
FORM = "multipart/form-data; boundary=edge"
HEAD = b'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n'
WHOLE = EDGE + HEAD + b"\r\nsome words" + END


@pytest_asyncio.fixture(loop_scope="module")
async def mine(stage: Stage, api: ApiStage) -> tuple[Caller, SessionId]:
    mia, ann = await api.person("Mia"), await stage.customer()
    await ann.says("hello")
    session = await wait_for_session(stage, ann)
    answer = await mia.post(f"/sessions/{session}/messages", {"text": "mine"})
    if answer.status == 404:  # an agent of another test took it
        await api.change(
            "UPDATE sessions SET cs_id = :agent WHERE id = :id", agent=mia.agent_id, id=session
        )
    return mia, session


def media_of(stage: Stage) -> list[Path]:
    return sorted(path for path in stage.settings.media_dir.rglob("*") if path.is_file())


async def send_raw(
    stage: Stage,
    mine: tuple[Caller, SessionId],
    body: bytes,
    *,
    length: int | None = None,
    more: bytes = b"",
    kind: str = FORM,
    headers: str = "",
) -> tuple[int, bytes]:
    """Send a raw request; return the status and the rest of the response."""
    mia, session = mine
    there = urlsplit(stage.address)
    reader, writer = await asyncio.open_connection(there.hostname, there.port)
    announced = len(body) if length is None else length
    told = "" if length == -1 else f"Content-Length: {announced}\r\n"
    writer.write(
        f"POST /api/v1/sessions/{session}/files HTTP/1.1\r\nHost: desk\r\n"
        f"Authorization: Bearer {mia.token}\r\nContent-Type: {kind}\r\n{told}{headers}\r\n".encode()
    )
    writer.write(body + more)
    try:
        await writer.drain()
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        told = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
        rest = await asyncio.wait_for(reader.readexactly(int(told[b"Content-Length"])), PATIENCE)
    finally:
        writer.close()
    return int(head.split()[1]), rest


async def test_this_way_of_writing_works(stage: Stage, mine: tuple[Caller, SessionId]) -> None:
    status, body = await send_raw(stage, mine, WHOLE)
    assert status == 201, body


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"no form at all", 400),
        (EDGE, 422),
        (EDGE + HEAD, 400),
        (EDGE + HEAD + b"\r\nno end", 400),
        (b"--other\r\n" + HEAD + b"\r\nx\r\n--other--\r\n", 400),
        (EDGE + b"\r\nno name" + END, 422),
        (EDGE + HEAD.replace(b"file", b"files", 1) + b"\r\nx" + END, 422),
        (EDGE + HEAD.replace(b"file", b"fil\xff", 1) + b"\r\nx" + END, 422),
        (EDGE + HEAD + b"Content-Transfer-Encoding: base64\r\n\r\nYQ==" + END, 415),
        (EDGE + HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b--\r\n" + END, 400),
        (EDGE + b"X" * 9_000 + b": y\r\n" + HEAD + b"\r\nx" + END, 400),
        (EDGE + b"X: y\r\n" * 200 + HEAD + b"\r\nx" + END, 400),
        (EDGE + b'Content-Disposition: form-data; name="caption"\r\n\r\n\xff\xfe' + END, 422),
        (
            EDGE + b'Content-Disposition: form-data; name="caption"\r\n\r\n' + b"x" * 20_000 + END,
            413,
        ),
    ],
    ids=lambda each: repr(each[:40]) if isinstance(each, bytes) else "",
)
async def test_what_is_no_form(
    stage: Stage, mine: tuple[Caller, SessionId], body: bytes, status: int
) -> None:
    before = media_of(stage)
    answered, rest = await send_raw(stage, mine, body)
    assert (answered, b"request_id" in rest) == (status, True), rest
    assert media_of(stage) == before


@pytest.mark.parametrize(
    ("kind", "headers", "status"),
    [
        ("multipart/form-data", "", 400),
        ("multipart/form-data; boundary=" + "x" * 71, "", 400),
        ("multipart/mixed; boundary=edge", "", 415),
        ("application/json", "", 415),
        (FORM, "Content-Encoding: gzip\r\n", 415),
    ],
)
async def test_other_types(
    stage: Stage, mine: tuple[Caller, SessionId], kind: str, headers: str, status: int
) -> None:
    answered, rest = await send_raw(stage, mine, WHOLE, kind=kind, headers=headers)
    assert answered == status, rest


async def test_a_gigabyte_announced_is_refused_before_it_comes(
    stage: Stage, mine: tuple[Caller, SessionId]
) -> None:
    before = media_of(stage)
    status, rest = await send_raw(stage, mine, EDGE + HEAD + b"\r\n", length=1_000_000_000)
    assert (status, b"too-large" in rest) == (413, True)
    assert media_of(stage) == before


async def test_no_length_at_all(stage: Stage, mine: tuple[Caller, SessionId]) -> None:
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(WHOLE), WHOLE)
    status, rest = await send_raw(
        stage, mine, chunked, length=-1, headers="Transfer-Encoding: chunked\r\n"
    )
    assert (status, b"length-required" in rest) == (411, True)


async def test_more_than_announced_is_not_part_of_it(
    stage: Stage, mine: tuple[Caller, SessionId]
) -> None:
    status, _ = await send_raw(stage, mine, WHOLE, more=b"beyond" * 20_000)
    assert status in {201, 400}  # 400: it arrived at once, and is not another request
    assert not [path for path in media_of(stage) if b"beyond" in path.read_bytes()]
    cut, rest = await send_raw(stage, mine, WHOLE[:-20], more=WHOLE[-20:])
    assert cut == 400, rest


async def test_less_than_announced_and_then_gone(
    stage: Stage, api: ApiStage, mine: tuple[Caller, SessionId]
) -> None:
    before = media_of(stage)
    mia, session = mine
    there = urlsplit(stage.address)
    _, writer = await asyncio.open_connection(there.hostname, there.port)
    body = EDGE + HEAD + b"\r\n" + b"x" * 600_000
    writer.write(
        f"POST /api/v1/sessions/{session}/files HTTP/1.1\r\nHost: desk\r\n"
        f"Authorization: Bearer {mia.token}\r\nContent-Type: {FORM}\r\n"
        f"Content-Length: 2000000\r\n\r\n".encode()
        + body
    )
    await writer.drain()

    async def begun() -> bool:
        return media_of(stage) != before

    await eventually(begun, "the upload is being written")
    writer.close()
    await writer.wait_closed()

    async def cleared() -> bool:
        return media_of(stage) == before

    await eventually(cleared, "nothing is left of it")
    assert (await mia.get("/auth/me")).status == 200


@pytest.mark.parametrize("name", ["a%0D%0AX-Evil%3A%201.txt", "..%2F..%2Fetc%2Fpasswd", "a%00%01b"])
async def test_names_as_no_client_writes_them(
    stage: Stage, mine: tuple[Caller, SessionId], name: str
) -> None:
    head = f"Content-Disposition: form-data; name=\"file\"; filename*=UTF-8''{name}\r\n"
    status, rest = await send_raw(stage, mine, EDGE + head.encode() + b"\r\nx" + END)
    assert status == 201, rest
    for bad in (b"\\r", b"\\n", b"..", b"\\u0000", b"etc/"):
        assert bad not in rest


PIECES = [
    *(b"\r\n", b"\r", b"\n", b"--edge", b"--edge--", b"\x00", b"\xff", b'"', b";", b"\\", b"="),
    *(b"filename*=UTF-8''%0d%0a", b"filename*=utf-8'en'%ff", b"Content-Encoding: gzip\r\n"),
    b"Content-Type: multipart/mixed; boundary=c\r\n",
]


def corrupt(chance: random.Random) -> bytes:
    """Corrupt a form in one to four places."""
    body = bytearray(WHOLE)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(body) + 1)
        match chance.randrange(4):
            case 0:
                del body[place : place + chance.randint(1, 30)]
            case 1:
                body[place : place + 1] = chance.randbytes(1)
            case _:
                body[place:place] = chance.choice(PIECES)
    return bytes(body)


@pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionHeader")
@pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionParam")
async def test_no_form_is_a_fault_of_ours(stage: Stage, mine: tuple[Caller, SessionId]) -> None:
    chance = random.Random(20261122)  # noqa: S311 the same ones each time
    for _ in range(150):
        body = corrupt(chance)
        status, rest = await send_raw(stage, mine, body)
        assert status == 201 or 400 <= status < 500, (body, rest)
