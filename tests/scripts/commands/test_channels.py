"""`osmodesk channels` and `accounts capacity`, with the stand-ins of the three providers."""

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from db.database import Database
from db.ids import ChannelId
from db.queries.channels import whatsapp_sessions
from db.tables import Channel, ChannelKind, LinkStatus
from db.tables.base import now_utc
from db.url import parse_database_url
from sandbox.graph.client import GraphSandbox
from sandbox.telegram.client import TelegramSandbox
from sandbox.waha.client import WahaSandbox
from scripts.administration import channels
from scripts.administration.credentials import list_fields, read_assignments
from scripts.administration.desk_access import open_desk
from scripts.configuration.settings import load_settings
from scripts.upkeep.errors import UpkeepError
from tests.flows.eventually import eventually
from tests.scripts.background_sandbox import BackgroundSandbox, run_sandbox
from tests.scripts.conftest import SECRETS, Command

TOKEN = "123456789:AA-hunter2-hunter2-hunter2-hunter2"
Environment = Callable[..., None]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[BackgroundSandbox]:
    with run_sandbox() as running:
        yield running


@pytest.fixture
def osmo(
    osmodesk: Command, environment: Environment, sandbox: BackgroundSandbox, migrated_url: str
) -> Command:
    """Return the command with an empty desk, once on each engine."""
    environment(
        **SECRETS,
        DATABASE_URL=migrated_url,
        TELEGRAM_API_URL=sandbox.url,
        WHATSAPP_API_URL=f"{sandbox.url}/graph",
        PUBLIC_URL="https://desk.example",
    )
    return osmodesk


async def add_number(url: str) -> dict[str, Any]:
    async with GraphSandbox(url) as graph:
        return await graph.add_number()


async def add_bot(url: str) -> str:
    async with TelegramSandbox(url) as telegram:
        bot = int((await telegram.add_bot(TOKEN))["id"])
        return str((await telegram.add_group("Staff", bots=[bot]))["id"])


async def find_waha(url: str) -> str:
    async with WahaSandbox(url) as waha:
        return waha.waha_url


def test_channels_of_every_kind_are_added_listed_and_checked(
    osmo: Command, sandbox: BackgroundSandbox
) -> None:
    assert "No channels yet" in osmo("channels", "list").out
    group = sandbox.call(add_bot(sandbox.url))
    added = osmo("channels", "add", "telegram", "--staff-group", group, stdin=f"token={TOKEN}\n")
    assert (added.code, added.err) == (0, "")
    assert "is added, with the id" in added.out
    number = sandbox.call(add_number(sandbox.url))
    lines = [
        f"access_token={number['token']}",
        f"phone_number_id = {number['id']}",
        "",
        f"app_secret={number['app_secret']}",
        f"waba_id={number['account']}",
    ]
    added = osmo("channels", "add", "whatsapp_cloud", "--name", "Shop", stdin="\n".join(lines))
    assert (added.code, added.err) == (0, "")
    assert "webhook address: https://desk.example/whatsapp/" in added.out
    assert re.search(r"verify token \(shown only now\): \S{32,}", added.out)
    waha = sandbox.call(find_waha(sandbox.url))
    added = osmo(
        *("channels", "add", "whatsapp_waha", "--name", "Phone", "--set", f"url={waha}"),
        stdin=f"api_key={WahaSandbox.API_KEY}\n",
    )
    assert (added.code, added.err) == (0, "")
    listed = osmo("channels", "list").out
    [new_id] = re.findall(r"with the id (\w+)\.", added.out)
    for shown in (new_id, "telegram", "whatsapp_cloud", "whatsapp_waha", "Shop", "Phone", group):
        assert shown in listed
    checked = osmo("channels", "test", "Shop")
    assert f"✓ staff group: {group}" in checked.out
    secrets = [TOKEN, str(number["token"]), str(number["app_secret"])]
    assert not any(each in listed + checked.out + added.out for each in secrets)
    refused = osmo("channels", "qr", "Shop", "--seconds", "1")
    assert refused.code == 1
    assert "are not linked to a phone" in refused.err
    waits = osmo("channels", "qr", "Phone", "--seconds", "1")
    assert waits.code == 1
    assert "there was no code to scan in 1 seconds; is the desk running?" in waits.err
    assert "\nosmodesk: " not in waits.err.strip()


REFUSALS = [
    (["add", "pigeon"], "", "pigeon is not a kind of channel: use telegram, whatsapp_cloud"),
    (["add", "telegram"], "token=12", "credentials.token"),
    (["add", "telegram"], f"token={TOKEN}9", "credentials.token: Telegram refuses it"),
    (["add", "telegram", "--staff-group", "7"], f"token={TOKEN}", "staff_groups.0"),
    (["add", "telegram"], f"tokken={TOKEN}", "tokken is not one of: token"),
    (["add", "telegram"], TOKEN, "value 1 of the credentials is not NAME=VALUE"),
    (["add", "whatsapp_waha", "--set", "url"], "", "value 1"),
    (["test", "Nobody"], "", "there is no channel Nobody"),
    (["qr", "Nobody"], "", "there is no channel Nobody"),
]


def test_what_cannot_be_done_is_told_in_one_line_without_secrets(osmo: Command) -> None:
    for arguments, stdin, says in REFUSALS:
        refused = osmo("channels", *arguments, stdin=stdin)
        assert refused.code == 1
        (line,) = refused.err.splitlines()
        assert says in line
        assert "hunter2" not in line


def test_deleted_channels_are_not_listed(osmo: Command, migrated_url: str) -> None:
    async def add() -> None:
        database = Database(parse_database_url(migrated_url))
        async with database.transaction() as tx:
            for name, at in (("Old", now_utc()), ("New", None)):
                kind = ChannelKind.TELEGRAM
                tx.add(Channel(kind=kind, external_id=name, name=name, deleted_at=at))
        await database.close()

    asyncio.run(add())
    listed = osmo("channels", "list").out
    assert "New" in listed
    assert "Old" not in listed
    assert "there is no channel Old" in osmo("channels", "test", "Old").err


def test_a_secret_key_is_needed(osmo: Command, environment: Environment) -> None:
    environment(SECRET_KEY="")
    refused = osmo("channels", "list")
    assert (refused.code, refused.err.split()[1:4]) == (2, ["SECRET_KEY", "is", "missing;"])


async def test_the_code_is_shown_until_the_phone_is_linked(
    environment: Environment, migrated_url: str
) -> None:
    environment(**SECRETS, DATABASE_URL=migrated_url)
    database = Database(parse_database_url(migrated_url))
    said: list[str] = []
    try:
        async with database.transaction() as tx:
            number = Channel(kind=ChannelKind.WHATSAPP_WAHA, external_id="s@waha", name="Phone")
            tx.add(number)
            await tx.flush()
            channel_id = ChannelId(number.id)
        desk = await open_desk(load_settings(), database)
        showing = asyncio.create_task(
            channels.show_codes(desk, "Phone", renew=False, seconds=60, say=said.append)
        )
        for code in ("2@first", "2@second"):
            await report(database, channel_id, LinkStatus.SCAN_QR_CODE, code)
            shown = len(said)

            async def is_shown(before: int = shown) -> bool:
                return len(said) > before

            await eventually(is_shown, code)
        await report(database, channel_id, LinkStatus.WORKING, None)
        await showing
    finally:
        await database.close()
    assert said[-1] == "Phone is linked."
    codes, asked = said[:-1:2], said[1:-1:2]
    assert codes[0] != codes[1]
    assert all("█" in each for each in codes)
    assert asked == ["Scan it: WhatsApp, Linked devices."] * 2


async def report(
    database: Database, channel_id: ChannelId, status: LinkStatus, code: str | None
) -> None:
    async with database.transaction() as tx:
        row = await whatsapp_sessions.lock_link(tx, channel_id)
        row.status, row.qr, row.qr_at = status, code, now_utc() if code else None


def test_the_fields_are_those_of_the_api() -> None:
    fields = {
        each.name: (each.is_secret, each.is_required) for each in list_fields("whatsapp_waha")
    }
    assert fields == {"url": (False, True), "api_key": (True, True), "session": (False, False)}
    assert [each.is_secret for each in list_fields("telegram")] == [True]
    assert read_assignments(["a = b=c", "", "d="]) == {"a": "b=c", "d": ""}
    with pytest.raises(UpkeepError, match="value 2"):
        read_assignments(["a=b", "hunter2"])


def test_an_agent_gets_another_capacity(osmo: Command, migrated_url: str) -> None:
    osmo("accounts", "add", "ani@desk.test", stdin="correct horse battery\n")
    done = osmo("accounts", "capacity", "ani@desk.test", "3")
    assert (done.code, done.err) == (0, "")
    assert "0 / 3" in osmo("accounts", "list").out
    assert osmo("accounts", "capacity", "ani@desk.test", "1001").code == 2
    assert osmo("accounts", "capacity", "eve@desk.test", "3").code == 1

    async def read() -> list[str]:
        database = Database(parse_database_url(migrated_url))
        async with database.transaction() as tx:
            actions = list(await tx.scalars(sa.text("SELECT action FROM audit_log")))
        await database.close()
        return actions

    assert "capacity.changed" in asyncio.run(read())
