"""Tests of the doctor with real servers: Bot API sandbox, Redis, an OpenAI-compatible server."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import delete

from db.database import Database
from db.tables import Channel, ChannelKind, Job, JobKind, JobState
from db.tables.base import now_utc
from desk.accounts.encryption import Encryptor
from desk.setup.findings import Severity
from sandbox.app import serve
from sandbox.telegram.client import TelegramSandbox
from scripts.doctor.health_check import run_checks
from scripts.private_servers.process import free_port
from scripts.seeding.seed import seed_all
from tests.scripts.conftest import SECRETS, Command

Environment = Callable[..., None]
TOKEN = "123456789:AA-hunter2-hunter2-hunter2-hunter2"
RIGHTS = {"can_manage_topics": True, "can_pin_messages": True, "can_delete_messages": True}


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramSandbox]:
    async with serve() as running, TelegramSandbox(running.url) as client:
        yield client


@pytest.fixture
async def bot(telegram: TelegramSandbox, environment: Environment) -> int:
    environment(
        **SECRETS,
        TELEGRAM_BOT_TOKEN=TOKEN,
        TELEGRAM_API_URL=telegram.base_url,
        PORT=str(free_port()),
    )
    return int((await telegram.add_bot(TOKEN))["id"])


def files_in(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def report() -> str:
    """Return the lines of the report, and check that no token is in them."""
    lines = "\n".join([str(finding) async for finding in run_checks()])
    assert "hunter2" not in lines
    return lines


async def only(sign: str) -> str:
    return "\n".join(line for line in (await report()).splitlines() if line[0] == sign)


async def test_a_good_setup_is_all_good(
    telegram: TelegramSandbox, bot: int, environment: Environment, *, redis_url: str, tmp_path: Path
) -> None:
    group = await telegram.add_group("Staff", bots=[bot])
    environment(TELEGRAM_STAFF_GROUP=str(group["id"]), REDIS_URL=redis_url)
    said = await report()
    assert "✗" not in said
    assert "✓ bot: @osmo_bot at " in said
    assert "an administrator reads every message" in said
    assert f"✓ staff group: {group['id']} (Staff)" in said
    assert "✓ redis: answers" in said
    # A check creates no database.
    assert "! database: there is no file" in said
    assert files_in(tmp_path) == []


async def test_whether_films_are_made_to_fit(
    bot: int, environment: Environment, *, tmp_path: Path
) -> None:
    nothing = tmp_path / "programs"
    nothing.mkdir()
    environment(PATH=str(nothing))
    assert "! media: ffmpeg is not installed" in await only("!")
    program = nothing / "ffmpeg"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert f"✓ media: video and audio are converted by {program}" in await report()


async def test_a_wrong_token_leads_to_botfather(bot: int, environment: Environment) -> None:
    environment(TELEGRAM_BOT_TOKEN=TOKEN.replace("1", "2"))
    wrong = await only("✗")
    assert "refuses TELEGRAM_BOT_TOKEN" in wrong
    assert "@BotFather" in wrong


async def test_a_server_that_is_away_does_not_tell_the_token(environment: Environment) -> None:
    environment(
        **SECRETS,
        TELEGRAM_BOT_TOKEN=TOKEN,
        TELEGRAM_API_URL=f"http://127.0.0.1:{free_port()}",
        PORT="0",
    )
    assert "TELEGRAM_API_URL" in await only("✗")


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop_before"},
        {"code": 502, "body": "<html>Bad Gateway</html>"},
        {"code": 429, "retry_after": 3},
        {"code": 500, "description": f"broken at /bot{TOKEN}/getMe"},
    ],
    ids=["drops", "no JSON", "flood", "its own token"],
)
async def test_a_server_in_trouble_is_told(
    telegram: TelegramSandbox, bot: int, fault: dict[str, object]
) -> None:
    await telegram.fail("getMe", times=5, **fault)
    assert "✗ bot: " in await only("✗")


async def test_a_customers_bot_in_threaded_mode(telegram: TelegramSandbox, bot: int) -> None:
    assert "✓ bot: threaded mode is off" in await report()
    await telegram.set_threaded_mode(bot)
    warning = await only("!")
    assert "! bot: threaded mode is on: customers' chats are split into topics" in warning
    assert "@BotFather, the bot, Bot Settings, Threaded Mode" in warning


async def test_the_staffs_own_bot_needs_threaded_mode(
    telegram: TelegramSandbox, bot: int, environment: Environment
) -> None:
    token = "987654321:AAstaff"
    environment(TELEGRAM_STAFF_BOT_TOKEN=token)
    assert "✗ staff bot: " in await only("✗")
    staff_bot = await telegram.add_bot(token, "staff_bot")
    assert "staff bot: threaded mode is off" in await only("!")
    await telegram.set_threaded_mode(staff_bot)
    assert "✓ staff bot: threaded mode is on" in await report()


async def test_the_disks_are_checked(bot: int, tmp_path: Path) -> None:
    said = [line for line in (await report()).splitlines() if " disk: " in line]
    assert [line.partition(" free for ")[2].split()[0] for line in said] == ["media", "SQLite"]
    assert all(f" in {tmp_path}" in line for line in said)


async def test_a_group_that_nobody_knows(bot: int, environment: Environment) -> None:
    environment(TELEGRAM_STAFF_GROUP="-1009999999999")
    wrong = await only("✗")
    assert "-1009999999999 cannot be reached" in wrong
    assert "add the bot to the group" in wrong


async def test_a_group_without_topics(
    telegram: TelegramSandbox, bot: int, environment: Environment
) -> None:
    group = await telegram.add_group("Staff", bots=[bot], is_forum=False)
    environment(TELEGRAM_STAFF_GROUP=str(group["id"]))
    assert "has no topics" in await only("!")


async def test_a_group_that_moved_tells_its_new_id(
    telegram: TelegramSandbox, bot: int, environment: Environment
) -> None:
    group = await telegram.add_group("Staff", bots=[bot], is_supergroup=False, is_forum=False)
    new = await telegram.upgrade(group)
    environment(TELEGRAM_STAFF_GROUP=str(group["id"]))
    wrong = await only("✗")
    assert f"set TELEGRAM_STAFF_GROUP to {new}" in wrong


@pytest.mark.parametrize(
    ("status", "rights", "told"),
    [
        ("member", {}, "the bot is not an administrator"),
        ("administrator", RIGHTS | {"can_pin_messages": False}, "lacks rights: Pin messages"),
        ("administrator", RIGHTS | {"can_manage_topics": False}, "lacks rights: Manage topics"),
        ("administrator", RIGHTS | {"can_delete_messages": False}, "lacks rights: Delete messages"),
    ],
)
async def test_rights_that_the_bot_lacks(
    telegram: TelegramSandbox,
    bot: int,
    environment: Environment,
    *,
    status: str,
    rights: dict[str, bool],
    told: str,
) -> None:
    group = await telegram.add_group("Staff", bots=[bot])
    await telegram.member(group, bot, status, rights)
    environment(TELEGRAM_STAFF_GROUP=str(group["id"]))
    wrong = await only("✗")
    assert told in wrong
    assert "group settings > Administrators" in wrong


async def call(telegram: TelegramSandbox, method: str, **params: str) -> None:
    http = telegram._http
    assert http is not None
    async with http.post(f"{telegram.base_url}/bot{TOKEN}/{method}", json=params) as response:
        assert response.ok, await response.text()


async def test_a_webhook_of_somebody_else(
    telegram: TelegramSandbox, bot: int, environment: Environment
) -> None:
    await call(telegram, "setWebhook", url=f"https://other.example.com/{TOKEN}")
    assert "webhook: set to other.example.com, and PUBLIC_URL is not set" in await only("!")
    environment(PUBLIC_URL=f"http://127.0.0.1:{free_port()}")
    assert "webhook: set to other.example.com, not below PUBLIC_URL" in await only("!")


async def test_channels_that_the_api_added_are_examined_too(
    telegram: TelegramSandbox, bot: int, environment: Environment, database: Database
) -> None:
    environment(DATABASE_URL=database.address.url.render_as_string(hide_password=False))
    await telegram.add_bot("777:" + "hunter2" * 5, "shop_bot")
    group = await telegram.add_group("Shop staff", bots=[777], is_forum=False)
    encryptor = Encryptor(SECRETS["SECRET_KEY"])
    async with database.transaction() as tx:
        for number, name, credentials in (
            ("777", "Shop", encryptor.encrypt({"token": "777:" + "hunter2" * 5})),
            (
                "778",
                "Old",
                Encryptor("another key, of which nobody knows").encrypt({"token": "778:A"}),
            ),
            ("779", "New", None),
            (str(bot), "Own", None),
        ):
            tx.add(
                Channel(
                    kind=ChannelKind.TELEGRAM,
                    external_id=number,
                    name=name,
                    credentials=credentials,
                    staff_groups=[str(group["id"])],
                )
            )
    said = await report()
    assert "✓ channel Shop, bot: @shop_bot at " in said
    assert "! channel Shop, staff group: " in said
    assert "has no topics" in said
    [old] = [line for line in said.splitlines() if "channel Old" in line]
    assert old.startswith("✗ channel Old, token: ")
    assert "cannot be decrypted with this SECRET_KEY → set the SECRET_KEY" in old
    assert "! channel New, token: missing" in said
    assert "channel Own" not in said


async def test_secrets_that_the_old_key_encrypted(
    bot: int, environment: Environment, database: Database
) -> None:
    environment(DATABASE_URL=database.address.url.render_as_string(hide_password=False))
    assert "✓ secrets: all 0 can be decrypted with SECRET_KEY" in await report()
    old = Encryptor("o" * 32).encrypt({"token": "778:A"})
    async with database.transaction() as tx:
        number = {"kind": ChannelKind.TELEGRAM, "external_id": "778", "name": "Old"}
        tx.add(Channel(**number, credentials=old, is_active=False))
    assert "✗ secrets: 1 cannot be decrypted with this SECRET_KEY" in await only("✗")
    environment(SECRET_KEY_OLD="o" * 32)
    told = "! secrets: 1 are still encrypted with SECRET_KEY_OLD → osmodesk db reseal"
    assert told in await only("!")
    async with database.transaction() as tx:
        await tx.execute(delete(Channel))
    assert "✓ secrets: all 0 are encrypted with SECRET_KEY: SECRET_KEY_OLD" in await report()


async def test_settings_that_are_wrong_end_the_examination(environment: Environment) -> None:
    environment(PORT="x", TELEGRAM_BOT_TOKEN="hunter2")
    lines = (await report()).splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["✗", "settings:", "TELEGRAM_BOT_TOKEN"],
        ["✗", "settings:", "PORT"],
    ]
    assert "→ a port from 0" in lines[1]


async def test_published_passwords_are_a_fault_when_the_network_is_near(
    environment: Environment, database: object, migrated_url: str
) -> None:
    await seed_all(database)  # type: ignore[arg-type]
    environment(**SECRETS, DATABASE_URL=migrated_url, PORT="0")
    assert "! accounts: published passwords are in use: admin@helpdesk.com" in await report()
    environment(HOST="0.0.0.0")  # noqa: S104 a value; the port is asked for and given back
    assert "✗ accounts: published passwords" in await report()


async def test_jobs_that_nobody_runs_and_that_were_given_up(
    bot: int, environment: Environment, database: Database
) -> None:
    environment(DATABASE_URL=database.address.url.render_as_string(hide_password=False))
    assert "✓ jobs: waiting or running: 0" in await report()
    long_ago = now_utc() - timedelta(hours=1)
    async with database.transaction() as tx:
        tx.add(Job(kind=JobKind.ERASE_CLIENT, run_at=long_ago))
        failed = {"state": JobState.FAILED, "error": "OSError: disk", "settled_at": long_ago}
        tx.add(Job(kind=JobKind.ERASE_CLIENT, run_at=long_ago, **failed))
    said = await only("!")
    assert f"! jobs: nobody has run them since {long_ago:%F %R} UTC" in said
    assert "! jobs: 1 given up: erase_client " in said
    assert "OSError: disk" in said


async def test_a_database_that_is_behind(
    environment: Environment, database_url: str, tmp_path: Path
) -> None:
    environment(**SECRETS, DATABASE_URL=database_url, PORT="0")
    # The path of the SQLite file of `database_url`.
    (tmp_path / "osmodesk.db").touch()
    assert "database: its tables are missing or older" in await only("✗")


async def test_a_database_that_refuses(environment: Environment, mariadb_url: str) -> None:
    broken = mariadb_url.replace("loopback-only", "hunter2")
    environment(**SECRETS, DATABASE_URL=broken, PORT="0")
    assert "rejects the user or the password" in await only("✗")


async def test_a_redis_that_is_away(environment: Environment) -> None:
    environment(**SECRETS, REDIS_URL=f"redis://:hunter2@127.0.0.1:{free_port()}", PORT="0")
    assert "✗ redis: does not answer" in await report()


@asynccontextmanager
async def model_server() -> AsyncIterator[str]:
    async def models(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bearer sk-hunter2":
            return web.json_response({"error": {"message": "no"}}, status=401)
        return web.json_response({"object": "list", "data": [{"id": "small"}]})

    app = web.Application()
    app.router.add_get("/v1/models", models)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "✓ openai: "),
        ({"OPENAI_API_KEY": "sk-hunter2-old"}, "✗ openai: {} rejects OPENAI_API_KEY"),
        ({"OPENAI_MODEL": "large"}, "! openai: {} has no model large → set OPENAI_MODEL"),
        ({"OPENAI_BASE_URL": "{}/v2"}, "✗ openai: "),
    ],
    ids=["good", "refused", "another model", "not there"],
)
async def test_the_language_model(
    environment: Environment, changes: dict[str, str], told: str
) -> None:
    async with model_server() as url:
        given = {"OPENAI_API_KEY": "sk-hunter2", "OPENAI_BASE_URL": url, "OPENAI_MODEL": "small"}
        given |= {name: value.format(url) for name, value in changes.items()}
        environment(**SECRETS, **given, PORT="0")
        assert told.format(url) in await report()


@pytest.fixture
def taken_port() -> Iterator[int]:
    import socket  # noqa: PLC0415 for this fixture alone

    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def test_the_exit_code_is_1_if_anything_is_wrong(
    osmodesk: Command, environment: Environment, taken_port: int
) -> None:
    environment(
        **SECRETS, PORT=str(taken_port), OPENAI_API_KEY="x", OPENAI_BASE_URL="http://[::1]:1"
    )
    ended = osmodesk("doctor")
    assert (ended.code, ended.err) == (1, "")
    assert "✗ port: " in ended.out
    environment(PORT="0", OPENAI_API_KEY="", OPENAI_BASE_URL="")
    assert osmodesk("doctor").code == 0


def test_the_marks_are_in_order() -> None:
    assert "".join(mark.symbol for mark in sorted(Severity)) == "✓!✗"
