"""The environment of flow tests: a sandbox, a database, a running desk, customers and staff."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import aiohttp
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import AgentId, UserId, new_id
from db.tables import Agent, AgentKind, AgentStatus, Role, User
from db.url import parse_database_url
from sandbox.app import serve
from sandbox.telegram.client import TelegramSandbox
from scripts.configuration.settings import Settings
from scripts.processes.run import run_until
from scripts.wiring import Plugins
from tests.flows.customers import Customer, TelegramCustomer
from tests.flows.eventually import PATIENCE, eventually
from tests.flows.providers import Capabilities, FlowProvider, TelegramProvider
from tests.flows.staff import Person, Topic

Json = dict[str, Any]
T = TypeVar("T")
S = TypeVar("S", bound="Stage")
TOKEN = "123456:" + "A" * 35
BOT_ID = 123456
SECRET_KEY = "s" * 40


@dataclass(slots=True)
class Stage:
    """Everything that takes part in a flow test; `address` is where the desk serves HTTP."""

    telegram: TelegramSandbox
    url: str
    group: Json
    database: Database
    settings: Settings
    address: str = ""
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def capabilities(self) -> Capabilities:
        """Return what the customers' channel can do."""
        return Capabilities(
            begin=True,
            tell_more=True,
            send_more={
                "animation": "ANIMATION",
                "video_note": "VIDEO_NOTE",
                "venue": "LOCATION",
                "dice": "OTHER",
                "poll": "OTHER",
            },
            keeps_albums=True,
        )

    @property
    def provider(self) -> FlowProvider:
        """Return the customers' provider."""
        return TelegramProvider(self.telegram)

    async def connect(self) -> None:
        """Connect the customers' channel to the running desk; the bot is served from the start."""

    async def customer(self, name: str = "Ann", *, language: str = "en", **more: Any) -> Customer:
        """Add a new customer who has not written yet; names are made unique."""
        name = f"{name} {next(self._numbers)}"
        user = await self.telegram.add_user(name, language_code=language, **more)
        return TelegramCustomer(self.telegram, user)

    async def member(self, name: str = "Max", *, admin: bool = False) -> Person:
        """Add a member of the staff group who is not an agent."""
        user = await self.telegram.add_user(f"{name} {next(self._numbers)}")
        await self.telegram.member(self.group, user, "administrator" if admin else "member")
        return Person(self.telegram, self.group, user, "")

    async def agent(
        self,
        name: str = "Mia",
        *,
        online: bool = True,
        capacity: int = 1000,
        admin: bool = False,
        role: Role = Role.CS,
    ) -> Person:
        """Add an agent whose Telegram account is linked; `admin`: of the staff group."""
        person = await self.member(name, admin=admin)
        person.agent_id = await self.make_agent(
            person.name,
            online=online,
            capacity=capacity,
            telegram_id=str(person.user["id"]),
            role=role,
        )
        return person

    async def make_agent(
        self,
        name: str,
        *,
        online: bool,
        capacity: int = 1000,
        telegram_id: str | None = None,
        role: Role = Role.CS,
    ) -> AgentId:
        """Add a user and their agent to the database."""
        user_id, agent_id = UserId(new_id()), AgentId(new_id())
        user = User(
            id=user_id,
            name=name,
            email=f"{user_id}@example.com",
            password_hash="none",
            role=role,
            telegram_id=telegram_id,
        )
        agent = Agent(
            id=agent_id,
            kind=AgentKind.HUMAN,
            name=name,
            user_id=user_id,
            status=AgentStatus.ONLINE if online else AgentStatus.OFFLINE,
            capacity=capacity,
        )
        async with self.database.transaction() as tx:
            tx.add(user)
            await tx.flush()
            tx.add(agent)
        return agent_id

    async def topic(self, customer: Customer, group: Json | None = None) -> Topic:
        """Wait for the customer's topic."""
        group = group or self.group

        async def found() -> Json | None:
            topics = [each for each in await self.telegram.topics(group) if not each["deleted"]]
            named = [each for each in topics if each["name"] == customer.name]
            assert len(named) < 2, f"two topics of {customer.name}"
            return named[0] if named else None

        made = await eventually(found, f"a topic for {customer.name}")
        return Topic(self.telegram, group, made["message_thread_id"])

    @property
    def general(self) -> Topic:
        return Topic(self.telegram, self.group, 1)

    @property
    def everything(self) -> Topic:
        """Return the whole staff group, where it has no topics."""
        return Topic(self.telegram, self.group, None)

    async def rows(self, statement: str, **values: object) -> list[Json]:
        """Read rows of the database."""
        async with self.database.transaction() as tx:
            return [dict(row) for row in (await tx.execute(text(statement), values)).mappings()]

    async def change(self, statement: str, **values: object) -> None:
        """Change rows of the database without the desk."""

        async def work(tx: AsyncSession) -> None:
            await tx.execute(text(statement), values)

        await self.database.run(work)  # this retries when the desk's own writes are in the way

    async def fast_forward(self, awaited: Coroutine[Any, Any, T]) -> T:
        """Await something while delayed work becomes due at once."""
        task = asyncio.ensure_future(awaited)
        while not task.done():
            await self.skip_delays()
            await asyncio.wait({task}, timeout=0.1)
        return task.result()

    async def skip_delays(self) -> None:
        """Make every delivery that waits due now."""
        await self.change(
            "UPDATE outbox SET due_at = created_at WHERE state = 'pending'"
            # These wait for a delivery status.
            " OR (state = 'sending' AND payload LIKE '%waited_for%')"
        )
        await self.change(
            "UPDATE lanes SET due_at = :past WHERE due_at IS NOT NULL AND lease IS NULL",
            past="2000-01-01 00:00:00.000000",
        )

    async def load_messages(self, customer: Customer) -> list[Json]:
        """Read the stored messages of a customer with their sessions, in order."""
        return await self.rows(
            "SELECT m.*, s.number, s.status FROM messages m"
            " JOIN sessions s ON s.id = m.session_id"
            " JOIN conversations v ON v.id = m.conversation_id"
            " JOIN contacts c ON c.id = v.contact_id"
            " WHERE c.external_id = :address ORDER BY m.id",
            address=customer.address,
        )

    async def wait_for_state(self, customer: Customer, words: str, *states: str) -> Json:
        """Wait until a message of the customer's conversation is in one of these states."""

        async def found() -> Json | None:
            return next(
                (
                    row
                    for row in await self.load_messages(customer)
                    if words in (row["message"] or "") and row["delivery_state"] in states
                ),
                None,
            )

        return await eventually(found, f"{words!r} is kept as {' or '.join(states)}")

    async def wait_for_console(self) -> None:
        """Wait until the desk has saved where its bot opens the console."""

        async def is_saved() -> bool:
            return bool(
                await self.rows("SELECT id FROM channels WHERE settings LIKE '%/telegram%'")
            )

        await eventually(is_saved, "the bot opens the console")

    async def wait_until_unbound(self, person: Person) -> None:
        """Wait until no user has this Telegram account."""

        async def is_unbound() -> bool:
            telegram_id = str(person.user["id"])
            bound = "SELECT id FROM users WHERE telegram_id = :id"
            return not await self.rows(bound, id=telegram_id)

        await eventually(is_unbound, "the account is unbound")

    async def wait_for_delivery(self, customer: Customer, words: str) -> Json:
        """Wait until the stored state of an answer says that the customer has it."""
        return await self.wait_for_state(customer, words, "sent", "delivered", "read")

    async def calls(self, *methods: str, ok: bool | None = None) -> list[Json]:
        """List the bot's calls of these methods."""
        return [
            call
            for call in await self.telegram.calls()
            if call["method"] in methods and ok in {None, call["ok"]}
        ]

    async def get(self, url: str) -> int:
        """Send a GET request and return the status."""
        async with aiohttp.ClientSession() as http, http.get(url) as reply:
            return reply.status

    @asynccontextmanager
    async def desk(self, *, plugins: Plugins | None = None, **changes: Any) -> AsyncIterator[str]:
        """Run the desk, with other plug-ins or settings if given, and stop it at the end."""
        settings = self.settings.model_copy(update=changes)
        stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
        seen = len(await self.telegram.calls())
        running = asyncio.create_task(
            run_until(stop, settings, ready=ready.set_result, plugins=plugins)
        )
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
        try:
            if not running.done():
                await self._wait_for_registration(seen, settings)
                yield ready.result()
        finally:
            stop.set()
            await asyncio.wait_for(running, PATIENCE)

    async def _wait_for_registration(self, seen: int, settings: Settings) -> None:
        """Wait until the bot accepts updates: before that the sandbox does not know which kinds."""
        method = "setWebhook" if settings.public_url else "getUpdates"

        async def taken() -> bool:
            # A long poll is recorded only when it ends; it follows an answered getMe.
            calls = (await self.telegram.calls())[seen:]
            names = {call["method"] for call in calls}
            return method in names or "setMyCommands" in names

        await eventually(taken, f"the bot calls {method}")


@asynccontextmanager
async def prepare_stage(
    database_url: str, *, kind: type[S] = Stage, **settings: Any
) -> AsyncIterator[S]:
    """Set up a stage without starting the desk."""
    async with (
        serve() as sandbox,
        TelegramSandbox(sandbox.url) as telegram,
        AsyncExitStack() as stack,
    ):
        media = stack.enter_context(TemporaryDirectory(prefix="osmodesk-media-"))
        bot = await telegram.add_bot(TOKEN)
        owner = await telegram.add_user("Owner")
        group = await telegram.add_group("Staff", admins=[owner], bots=[bot])
        chosen: Json = {
            "database_url": database_url,
            "telegram_bot_token": TOKEN,
            "telegram_staff_group": str(group["id"]),
            "telegram_api_url": sandbox.url,
            "whatsapp_api_url": f"{sandbox.url}/graph",
            "telegram_limits": "off",
            "secret_key": SECRET_KEY,
            "jwt_secret": "j" * 40,
            "port": 0,
            # What a test does not cause itself must not appear in General.
            "alarms": False,
            "media_dir": Path(media),
            **settings,
        }
        database = Database(parse_database_url(database_url))
        try:
            made = Settings(_env_file=None, **chosen)
            yield kind(telegram, sandbox.url, group, database, made)
        finally:
            await database.close()


@asynccontextmanager
async def run_stage(
    database_url: str, *, kind: type[S] = Stage, **settings: Any
) -> AsyncIterator[S]:
    """Run a stage with a desk."""
    async with prepare_stage(database_url, kind=kind, **settings) as stage, stage.desk() as address:
        stage.address = address
        yield stage
