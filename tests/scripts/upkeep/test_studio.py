"""The studio shows tables without secrets, changes nothing, and answers only on this machine."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web

from db.database import Database
from db.tables import Channel, ChannelKind, Role, User, metadata
from db.url import parse_database_url
from scripts.upkeep.studio import build_studio

SECRET = "hunter2"


@pytest.fixture
async def studio(migrated_url: str) -> AsyncIterator[str]:
    database = Database(parse_database_url(migrated_url))
    async with database.transaction() as tx:
        tx.add(
            Channel(
                kind=ChannelKind.TELEGRAM,
                external_id="1",
                name="<script>alert(1)</script> 😀",
                credentials=SECRET,
                settings={
                    "username": "osmo_bot",
                    "webhook_secret": SECRET,
                    "note": f"12345678:AA{SECRET}AA",
                },
            )
        )
        tx.add_all(
            User(
                name=f"User {number}",
                email=f"u{number}@x.test",
                password_hash=SECRET,
                link_code_hash=f"{SECRET}{number}",
                role=Role.CS,
            )
            for number in range(60)
        )
    runner = web.AppRunner(build_studio(database), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def read(url: str, **headers: str) -> tuple[int, str]:
    async with ClientSession() as http, http.get(url, headers=headers) as response:
        return response.status, await response.text()


async def test_every_table_is_listed_and_opens(studio: str) -> None:
    status, page = await read(studio)
    assert status == 200
    for name in metadata.tables:
        assert f'href="/{name}"' in page
        assert (await read(f"{studio}/{name}"))[0] == 200


async def test_rows_come_in_pages_newest_first(studio: str) -> None:
    _, first = await read(f"{studio}/users")
    _, second = await read(f"{studio}/users?page=2")
    assert "older" in first
    assert ("User 59" in first, "User 5<" in first) == (True, False)
    assert ("User 5<" in second, "older" in second) == (True, False)


async def test_no_secret_is_shown_and_no_text_is_markup(studio: str) -> None:
    for name in ("users", "channels"):
        assert SECRET not in (await read(f"{studio}/{name}"))[1]
    _, page = await read(f"{studio}/channels")
    assert "osmo_bot" in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("path", ["/nothing", "/alembic_version", "/users'--", "/users/1"])
async def test_what_is_not_there_is_not_found(studio: str, path: str) -> None:
    assert (await read(studio + path))[0] == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "²"])
async def test_a_strange_page_is_the_first(studio: str, page: str) -> None:
    assert "User 59" in (await read(f"{studio}/users?page={page}"))[1]


async def test_a_foreign_name_for_this_machine_is_refused(studio: str) -> None:
    status, page = await read(f"{studio}/users", Host="evil.example.com")
    assert status == 403
    assert "User" not in page


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_nothing_can_be_changed(studio: str, method: str) -> None:
    async with ClientSession() as http, http.request(method, f"{studio}/users") as response:
        assert response.status == 405
