"""`osmodesk demo`: the whole desk on one machine, with the sandbox instead of Telegram.

Everything is stored in the folder `demo/`, so a restart continues where the demo stopped.
"""

import asyncio
import json
import secrets
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.pages.console.page import DemoLogIn
from db.database import Database
from db.dialect import get_table
from db.migrations import open_migrated
from db.sqlite_guard import hold_process_lock
from db.tables import Agent, AgentStatus, StaffMode, User
from db.url import DatabaseUrl, parse_database_url
from sandbox.app import serve
from sandbox.telegram import mini_app
from sandbox.telegram.client import TelegramSandbox
from scripts.configuration.settings import Settings
from scripts.demo import ai, desks, whatsapp
from scripts.monitoring.logging_setup import set_up_logging
from scripts.processes.run import run_until
from scripts.seeding.samples import SAMPLE_ACCOUNTS, SAMPLE_CLIENTS, SampleAccount
from scripts.seeding.seed import seed_all

FOLDER = Path("demo")
_TOKEN = "900000000:demo-only-token-that-opens-nothing-else"  # noqa: S105 the sandbox's own
_GROUP = -1009000000001
_FIRST_AGENT = 910000001
# Who may renew the code of the number to link.
_ADMIN = 910000009
_PAGE_PORT, _API_PORT = 8090, 8080

users = get_table(User)
agents = get_table(Agent)


@dataclass(frozen=True, slots=True)
class _Agent:
    """A seeded account and the Telegram account that plays it."""

    email: str
    name: str
    telegram_id: int
    # An admin who is offline gets no sessions.
    is_online: bool = True


def run_demo(*, personal: bool = False) -> None:
    """Run the demo until Ctrl-C; `personal`: agents answer in chats of their own."""
    set_up_logging("WARNING")
    FOLDER.mkdir(exist_ok=True)
    # A second demo would overwrite the first one's people before its desk is refused.
    with hold_process_lock(_build_database_url(), "and is a demo: open its page, or stop it first"):
        pass
    asyncio.run(_run_demo(personal=personal))


async def _run_demo(*, personal: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with serve(port=_choose_port(_PAGE_PORT), state_file=FOLDER / "telegram.json") as sandbox:
        await _add_people(sandbox.url)
        await whatsapp.populate_sandbox(sandbox.url)
        settings = _build_settings(sandbox.url, personal=personal)
        await _seed_database(settings, sandbox.url)
        if personal:
            await desks.add_staff_bot(sandbox.url)
        ready: asyncio.Future[str] = loop.create_future()
        async with asyncio.TaskGroup() as group:
            connecting = group.create_task(_connect(settings, sandbox.url, ready))
            await run_until(
                stop, settings, ready=ready.set_result, demo_log_ins=_list_demo_log_ins()
            )
            connecting.cancel()


async def _connect(settings: Settings, sandbox: str, ready: "asyncio.Future[str]") -> None:
    """Set the Cloud API webhook once the desk serves, then print the addresses."""
    address = await ready
    database = Database(settings.database_url)
    try:
        await whatsapp.connect_webhook(database, sandbox, address)
    finally:
        await database.close()
    is_personal = settings.staff_mode is StaffMode.PERSONAL
    if is_personal:
        await desks.start_staff_bot(sandbox, [each.telegram_id for each in _list_staff()])
    _print_greeting(sandbox, address, is_personal=is_personal)


def _build_settings(sandbox: str, *, personal: bool) -> Settings:
    kept = _load_secrets()
    staff = desks.list_settings() if personal else {}
    return Settings(
        _env_file=None,
        database_url=_build_database_url(),
        media_dir=FOLDER / "media",
        telegram_bot_token=SecretStr(_TOKEN),
        telegram_staff_group=(str(_GROUP),),
        telegram_api_url=sandbox,
        telegram_mini_app_key=mini_app.PUBLIC_KEY,
        whatsapp_api_url=f"{sandbox}/graph",
        secret_key=SecretStr(kept["secret_key"]),
        jwt_secret=SecretStr(kept["jwt_secret"]),
        host="127.0.0.1",
        port=_choose_port(_API_PORT),
        **staff,
    )


def _build_database_url() -> DatabaseUrl:
    return parse_database_url(f"sqlite+aiosqlite:///{FOLDER / 'osmodesk.db'}")


def _load_secrets() -> dict[str, str]:
    """Load the demo's secrets, which are created once.

    Another key could not decrypt what the first one encrypted.
    """
    file = FOLDER / "secrets.json"
    if not file.exists():
        made = {"secret_key": secrets.token_urlsafe(32), "jwt_secret": secrets.token_urlsafe(32)}
        file.write_text(json.dumps(made))
        file.chmod(0o600)
    kept: dict[str, str] = json.loads(file.read_text())
    return kept


async def _add_people(url: str) -> None:
    """Add the bot, the staff group and the sample customers to the sandbox, unless they exist."""
    async with TelegramSandbox(url) as telegram:
        bot = await telegram.add_bot(_TOKEN, username="osmodesk_demo_bot")
        staff = [await telegram.add_user(each.name, id=each.telegram_id) for each in _list_staff()]
        for client in SAMPLE_CLIENTS:
            customer = await telegram.add_user(
                client.name, id=int(client.telegram_id), username=client.username
            )
            # As the conversation says that is seeded: the first answer to it must arrive.
            await telegram.start_before(customer, bot)
        await telegram.add_group(
            "OsmoDesk staff", id=_GROUP, members=[*staff], admins=[staff[0]], bots=[bot]
        )


def _list_staff() -> list[_Agent]:
    accounts = (account for account in SAMPLE_ACCOUNTS if account.role == "CS")
    staff = [
        _Agent(account.email, account.name, _FIRST_AGENT + number)
        for number, account in enumerate(accounts)
    ]
    admin = _get_admin()
    return [*staff, _Agent(admin.email, admin.name, _ADMIN, is_online=False)]


def _list_demo_log_ins() -> list[DemoLogIn]:
    """Return two agents and the administrator: enough to see a session change hands."""
    staff = [each for each in SAMPLE_ACCOUNTS if each.role == "CS"][:2]
    return [DemoLogIn(each.name, each.email, each.password) for each in (*staff, _get_admin())]


def _get_admin() -> SampleAccount:
    return next(account for account in SAMPLE_ACCOUNTS if account.role == "ADMIN")


async def _seed_database(settings: Settings, sandbox: str) -> None:
    """Seed the database, and bind the agents to the Telegram accounts that play them."""
    async with open_migrated(settings.database_url) as database:
        # Before the samples: their conversation belongs to a channel that is served.
        await whatsapp.add_channels(settings, database, sandbox)
        await seed_all(database)
        await database.run(_bind_agents)
        await ai.add_agent(database)


async def _bind_agents(tx: AsyncSession) -> None:
    """Bind each seeded agent once and set those who answer online; later the player decides."""
    for each in _list_staff():
        user_id = await tx.scalar(
            select(users.c.id).where(users.c.email == each.email, users.c.telegram_id.is_(None))
        )
        if user_id is None:
            continue
        bound = {"telegram_id": str(each.telegram_id)}
        await tx.execute(update(users).where(users.c.id == user_id).values(bound))
        online = {"status": AgentStatus.ONLINE if each.is_online else AgentStatus.OFFLINE}
        await tx.execute(update(agents).where(agents.c.user_id == user_id).values(online))


def _choose_port(port: int) -> int:
    """Return a port, or 0 (any free one) if somebody else listens on it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port


def _print_greeting(page: str, api: str, *, is_personal: bool) -> None:
    admin = _get_admin()
    own_chats = [
        "  Each agent answers in their own chat with the staff bot: on the left, choose an agent",
        f"  and the bot @{desks.USERNAME}. The staff group has a board of those who wait.",
    ]
    lines = [
        "",
        f"  The demo runs here:  {page}/",
        "  On the left you are a customer on Telegram or WhatsApp; next to it is the staff group.",
        *(own_chats if is_personal else ()),
        f"  To link the second WhatsApp number, write /qr in the staff group as {admin.name}.",
        f"  {ai.NAME}, an AI agent without a model, answers on WhatsApp from docs/faq.md. As Dewi,",
        '  ask "How do I connect WhatsApp?", "pesan bisa hilang?", or for a person.',
        f"  The console for agents:  {api}/  (log in there with one click)",
        "  Inside Telegram: choose an agent on the left, press Start, then Console.",
        f"  Try the API at {api}/docs; log in as {admin.email}, {admin.password}.",
        f"  {api}/readyz shows whether the desk is ready. All data is stored in {FOLDER}/.",
        "  Ctrl-C stops the demo; the next start continues where it stopped.",
        "",
    ]
    print("\n".join(lines), flush=True)  # noqa: T201 a command speaks to a person
