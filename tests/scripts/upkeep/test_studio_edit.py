"""The studio finds rows, and with --write changes one at a time, carefully."""

import re
from collections.abc import AsyncIterator
from html import unescape
from urllib.parse import quote

import pytest
from aiohttp import ClientSession, web
from sqlalchemy import select, text

from db.database import Database
from db.tables import AuditEntry, Client, Role, User
from scripts.upkeep.studio import build_studio

SECRET = "hunter2"


@pytest.fixture
async def studio(database: Database) -> AsyncIterator[str]:
    async with database.transaction() as tx:
        for name, role in (("Ani", Role.CS), ("Budi 100%", Role.ADMIN)):
            email = f"{name.split()[0].lower()}@x.test"
            tx.add(User(name=name, email=email, password_hash=SECRET, role=role))
        tx.add(Client(name="Cid", phone="+62"))
    runner = web.AppRunner(build_studio(database, is_writable=True), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def read(url: str) -> tuple[int, str]:
    async with ClientSession() as http, http.get(url) as response:
        return response.status, await response.text()


async def post(url: str, form: dict[str, str]) -> tuple[int, str]:
    async with ClientSession() as http, http.post(url, data=form) as response:
        return response.status, await response.text()


async def open_form(studio: str, table: str, who: str) -> tuple[str, dict[str, str]]:
    """Follow the link of the row with these words; return the form's address and its fields."""
    _, page = await read(f"{studio}/{table}?q={quote(who)}")
    [address] = re.findall(rf'href="(/{table}/edit\?[^"]+)"', page)
    address = studio + unescape(address)
    status, form = await read(address)
    assert status == 200
    assert SECRET not in form
    hidden = dict(re.findall(r'type=hidden name="([^"]+)" value="([^"]+)"', form))
    texts = dict(re.findall(r"<textarea name=(\w+)[^>]*>\n(.*?)</textarea>", form, re.DOTALL))
    nulls = dict.fromkeys(re.findall(r"name=(studio-null-\w+) checked", form), "on")
    return address, {**hidden, **{name: unescape(each) for name, each in texts.items()}, **nulls}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ani", "Budi"]),
        ("?q=ani", ["Ani"]),
        ("?q=100%25", ["Budi"]),
        ("?q=%25", ["Budi"]),
        ("?q=ADMIN", ["Budi"]),
        ("?q=nobody", []),
        ("?column=role&value=CS", ["Ani"]),
        ("?column=role&value=no+role", []),
        ("?column=is_active&value=true", ["Ani", "Budi"]),
        ("?column=telegram_id&value=null", ["Ani", "Budi"]),
        ("?column=email&value=ani@x.test&q=budi", []),
        # Nobody finds out a secret by asking for it.
        (f"?q={SECRET}", []),
        ("?column=password_hash&value=x", ["Ani", "Budi"]),
    ],
)
async def test_rows_are_found(studio: str, query: str, found: list[str]) -> None:
    status, page = await read(f"{studio}/users{query}")
    assert status == 200
    assert [name for name in ("Ani", "Budi") if f"<td>{name}" in page] == found


async def test_a_row_is_changed_and_the_audit_log_says_so(studio: str, database: Database) -> None:
    address, form = await open_form(studio, "clients", "Cid")
    assert {"id", "created_at"} & set(form) == {"created_at"}, "a key cannot be changed"
    changed = {**form, "name": "Cid <b> 😀", "studio-null-phone": "on", "is_blocked": "true"}
    assert (await post(address, changed))[0] == 200
    async with database.transaction() as tx:
        row = (await tx.execute(select(Client.name, Client.phone, Client.is_blocked))).one()
        entry = (await tx.execute(select(AuditEntry))).scalar_one()
    assert tuple(row) == ("Cid <b> 😀", None, True)
    assert (entry.actor, entry.action) == ("console", "studio.changed")
    assert entry.details == {"columns": ["is_blocked", "name", "phone"]}
    assert "&lt;b&gt;" in (await read(f"{studio}/clients"))[1]


async def test_what_cannot_be_written_changes_nothing(studio: str, database: Database) -> None:
    address, form = await open_form(studio, "users", "Ani")
    refusals = {
        "role must look like ": {"role": "KING"},
        "created_at must look like 2026-": {"created_at": "yesterday"},
        "is_active must look like true or false": {"is_active": "perhaps"},
        "token_version must look like a whole number": {"token_version": ""},
        "The database refuses it: ": {"email": "budi@x.test"},
    }
    for words, values in refusals.items():
        status, page = await post(address, {**form, **values, "name": "Changed"})
        assert (status, "Nothing was changed." in page) == (422, True)
        assert words in unescape(page)
    assert (await post(address, {**form, "studio-token": "guessed"}))[0] == 403
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE users SET name = 'Ani B' WHERE name = 'Ani'"))
    status, page = await post(address, {**form, "name": "Changed"})
    assert (status, "Somebody changed this row meanwhile" in page) == (422, True)
    async with database.transaction() as tx:
        names = await tx.scalars(select(User.name).order_by(User.name))
        assert list(names) == ["Ani B", "Budi 100%"]


@pytest.mark.parametrize("key", ["", "x", "[]", '["none"]', "[1,2]", "{}", '[{"a":1}]'])
async def test_a_row_that_is_not_there(studio: str, key: str) -> None:
    assert (await read(f"{studio}/users/edit?key={quote(key)}"))[0] == 404
