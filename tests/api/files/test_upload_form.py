"""Slow uploads, and more uploads than the limit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer

from api.access.permissions import AccessRule
from api.app import build_api
from api.files.models import FileForm
from api.files.upload_form import UploadReceiver
from api.files.upload_validation import FORM_TYPE
from api.routing.context import ApiContext
from api.routing.route import Route
from api.routing.transactions import Transactions
from api.schemas.base import ResponseModel
from db.database import Database
from db.url import parse_database_url
from desk.accounts.file_links import FileLinks
from desk.accounts.log_ins import LogIns
from desk.channels import Channels
from desk.cluster.wake import Signal
from desk.media.upload_store import UploadStore
from desk.unit_of_work_factory import UnitOfWorkFactory

Client = TestClient[web.Request, web.Application]
BEGINNING = (
    b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + b"x" * 300_000
)
END = b"\r\n--edge--\r\n"
HEADERS = {"Content-Type": f"{FORM_TYPE}; boundary=edge"}


class Size(ResponseModel):
    size: int


async def take(request: web.Request, forms: UploadReceiver) -> Size:
    async with forms.receive(request, request.query.get("user", "")) as received:
        return Size(size=received.incoming.size)


@asynccontextmanager
async def serving(
    folder: Path, *, stall_seconds: float = 20, total_seconds: float = 60, max_concurrent: int = 16
) -> AsyncIterator[Client]:
    forms = UploadReceiver(
        UploadStore(folder),
        stall_seconds=stall_seconds,
        total_seconds=total_seconds,
        max_concurrent=max_concurrent,
    )
    route = Route(
        "POST", "/file", take, "Take", access=AccessRule.ANYONE, consumes=FORM_TYPE, form=FileForm
    )
    unused = Database(parse_database_url("sqlite+aiosqlite:///never.db"))
    transactions = Transactions(unused, UnitOfWorkFactory(Channels(), []), Signal())
    secret = "j" * 40
    log_ins, links = LogIns(secret), FileLinks.from_secrets(secret)
    services = {LogIns: log_ins, FileLinks: links, UploadReceiver: forms}
    context = ApiContext(transactions, services=services)
    async with TestClient(TestServer(build_api(context, [route]))) as client:
        yield client
    await unused.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "media"


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def posted(client: Client, *pieces: bytes, pause: float = 0.0, missing: int = 0) -> int:
    """Post these chunks with a pause after each; announce `missing` more bytes than are sent."""

    async def slowly() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece
            await asyncio.sleep(pause)
        if missing:
            await asyncio.sleep(60)

    length = {"Content-Length": str(sum(map(len, pieces)) + missing)}
    async with client.post("/file", data=slowly(), headers={**HEADERS, **length}) as reply:
        return reply.status


async def test_what_comes_in_pieces_is_taken(folder: Path) -> None:
    async with serving(folder) as client:
        assert await posted(client, BEGINNING, b"more", END, pause=0.01) == 200
    assert files(folder) == []


async def test_what_stops_coming_is_given_up(folder: Path) -> None:
    async with serving(folder, stall_seconds=0.2) as client:
        assert await posted(client, BEGINNING, missing=1000) == 408
    assert files(folder) == []


async def test_what_trickles_for_too_long_is_given_up(folder: Path) -> None:
    async with serving(folder, total_seconds=0.5) as client:
        assert await posted(client, BEGINNING, *([b"x" * 70_000] * 100), pause=0.02) == 408
    assert files(folder) == []


async def test_only_so_many_at_once(folder: Path) -> None:
    async with serving(folder, max_concurrent=1, stall_seconds=1.0) as client:
        slow = asyncio.create_task(posted(client, BEGINNING, missing=1000))
        while not files(folder):  # noqa: ASYNC110 nobody tells us when the file is there
            await asyncio.sleep(0.005)
        form = FormData()
        form.add_field("file", b"x", filename="a")
        async with client.post("/file", data=form) as reply:
            assert reply.status == 503
            assert reply.headers["Retry-After"]
        assert await slow == 408
        again = FormData()
        again.add_field("file", b"x", filename="a")
        async with client.post("/file", data=again) as reply:
            assert (reply.status, await reply.json()) == (200, {"size": 1})


async def test_who_stalls_has_only_a_part_of_the_places(folder: Path) -> None:
    async with serving(folder, stall_seconds=1.0) as client:
        slow = [asyncio.create_task(posted(client, BEGINNING, missing=1000)) for _ in range(4)]
        while len(files(folder)) < len(slow):  # noqa: ASYNC110 nobody tells us when they are there
            await asyncio.sleep(0.005)
        for user, status in (("", 429), ("mia", 200)):
            form = FormData()
            form.add_field("file", b"x", filename="a")
            async with client.post("/file", params={"user": user}, data=form) as reply:
                assert reply.status == status
        assert await asyncio.gather(*slow) == [408] * 4


@pytest.fixture
def no_folder(folder: Path) -> Path:
    folder.write_text("a file where the folder should be")
    return folder


async def test_a_disk_that_takes_nothing(no_folder: Path) -> None:
    async with serving(no_folder) as client:
        assert await posted(client, BEGINNING, END) == 503
