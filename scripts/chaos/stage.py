"""The environment of one run: a sandbox process, people, a database, the desk."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.graph.client import GraphSandbox
from sandbox.openai.client import OpenAISandbox
from sandbox.telegram.client import TelegramSandbox
from sandbox.waha.client import WahaSandbox
from scripts.bench.processes import start_python
from scripts.chaos import whatsapp_numbers
from scripts.chaos.answer_targets import set_answer_targets
from scripts.chaos.assistants.setup import set_up_assistants
from scripts.chaos.broadcast import plan_broadcast
from scripts.chaos.customers import Customer, TelegramCustomer
from scripts.chaos.desk_process import DeskProcess
from scripts.chaos.desks import prepare_desks, start_desks
from scripts.chaos.engines import Engine, Row
from scripts.chaos.message_log import Json, MessageLog
from scripts.chaos.plan import Plan, Provider, get_provider
from scripts.chaos.staff_side import StaffSide
from scripts.chaos.webhook_proxy import WebhookProxy, run_webhook_proxy
from scripts.chaos.whatsapp_customers import CloudCustomer, WahaCustomer
from scripts.private_servers.process import free_port

_TOKEN = "700000002:chaos-token-that-opens-the-sandbox-alone"  # noqa: S105 the sandbox's own
STAFF_BOT = 700000003
_STAFF_TOKEN = f"{STAFF_BOT}:chaos-token-of-the-staff-bot-of-the-sandbox"
GROUP = -1007000000002
_FIRST_AGENT, _FIRST_CUSTOMER = 730000000, 740000000
_SECRET = "chaos-secret-of-at-least-forty-characters"  # noqa: S105 guards nothing
# Providers' retry times are multiples of this many seconds, for runs of a few seconds.
_RETRY_UNIT = 0.1
# WAHA doubles its waits, up to hours: what it still has to tell would outlast the run.
_LONGEST_RETRY = 2.0
# Seconds: shorter and longer than the lease of a job.
_SHORT_DEADLINE, _LONG_DEADLINE = 12, 45
_PHONES = 628_110_000_000
# Their numbers follow those of any customer, and none of them hides the phone.
_FIRST_BYSTANDER = 900
# Every third WhatsApp customer hides the phone.
_HIDES = 3
_USER_ID = "US.7400000000{:03}"


@dataclass(slots=True)
class Stage:
    """Everything that takes part in one run."""

    plan: Plan
    telegram: TelegramSandbox
    graph: GraphSandbox
    waha: WahaSandbox
    model: OpenAISandbox
    engine: Engine
    url: str
    desk_process: DeskProcess
    webhook_proxy: WebhookProxy
    # The Cloud API number.
    number: Json
    customers: list[Customer] = field(default_factory=list)
    # People about whom events are reported, and who never write.
    bystanders: list[Customer] = field(default_factory=list)
    bot_id: int = 0
    agents: list[Json] = field(default_factory=list)
    # The agent who writes notes and nothing else.
    note_writer: Json = field(default_factory=dict)
    message_log: MessageLog = field(default_factory=MessageLog)
    # How often nobody wrote for long in each conversation.
    silences: Counter[str] = field(default_factory=Counter)
    # The injected faults in words, with Unix times.
    injections: list[tuple[float, str]] = field(default_factory=list)
    # One person writes at a time in a conversation, so that the log is in order.
    turns: defaultdict[tuple[int, bool], asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )

    @property
    def staff(self) -> StaffSide:
        """Return where staff reads and answers."""
        if not self.plan.scale.desks:
            return StaffSide(self.telegram, [GROUP])
        owners = self.agents
        return StaffSide(self.telegram, [each["id"] for each in owners], STAFF_BOT, owners)

    async def rows(self, statement: str) -> list[Row]:
        """Read rows of the desk's database."""
        return await self.engine.rows(self.url, statement)


@asynccontextmanager
async def run_stage(plan: Plan, engine: Engine, folder: Path) -> AsyncIterator[Stage]:
    """Start a sandbox and a desk, with its people added and its numbers connected."""
    chance = random.Random(f"relay {plan.seed}")  # noqa: S311 to be repeated, no secret
    async with AsyncExitStack() as stack:
        _, address = await stack.enter_async_context(
            start_python("-m", "sandbox", ready_text="http://")
        )
        telegram = await stack.enter_async_context(TelegramSandbox(address))
        graph = await stack.enter_async_context(GraphSandbox(address))
        waha = await stack.enter_async_context(WahaSandbox(address))
        model = await stack.enter_async_context(OpenAISandbox(address))
        url = await stack.enter_async_context(engine.create_database(folder))
        port = free_port()
        webhook_proxy = await stack.enter_async_context(run_webhook_proxy(port, chance))
        environment = _build_environment(plan, graph, url, port, webhook_proxy)
        if plan.scale.has_assistants:
            environment |= _build_model_environment(plan, model)
        desk_process = DeskProcess(environment, folder)
        number = await whatsapp_numbers.add_number(graph)
        stage = Stage(
            *(plan, telegram, graph, waha, model, engine, url),
            *(desk_process, webhook_proxy, number),
        )
        await _add_people(stage)
        desk = whatsapp_numbers.DeskSettings(url, _SECRET, _TOKEN, GROUP)
        cloud = await whatsapp_numbers.add_channels(desk, number, waha)
        if plan.scale.has_assistants:
            await set_up_assistants(url, model)
        if plan.scale.has_broadcast:
            await plan_broadcast(url, plan.scale.seconds)
        if plan.scale.desks:
            await prepare_desks(url, telegram, stage.agents, _STAFF_TOKEN)
        if plan.scale.has_targets:
            await set_answer_targets(url)
        await stack.enter_async_context(_run_desk(desk_process))
        if plan.scale.desks:
            await start_desks(telegram, stage.agents, STAFF_BOT)
        await asyncio.gather(
            whatsapp_numbers.connect_webhook(graph, number, webhook_proxy.url, cloud),
            whatsapp_numbers.link_number(waha),
        )
        await _configure_providers(stage)
        yield stage


@asynccontextmanager
async def _run_desk(desk_process: DeskProcess) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(desk_process.run())
        try:
            await desk_process.wait_until_ready()
            yield
        finally:
            await desk_process.stop()
            await asyncio.wait([keeping])


def _build_environment(
    plan: Plan, graph: GraphSandbox, url: str, port: int, webhook_proxy: WebhookProxy
) -> dict[str, str]:
    limits = plan.scale.limits
    environment = {
        "DATABASE_URL": url,
        "TELEGRAM_BOT_TOKEN": _TOKEN,
        "TELEGRAM_STAFF_GROUP": str(GROUP),
        "TELEGRAM_API_URL": graph.base_url,
        "TELEGRAM_LIMITS": "telegram" if limits else "off",
        "WHATSAPP_API_URL": graph.api_url,
        "WHATSAPP_LIMITS": "whatsapp" if limits else "off",
        # 0: customers write faster than people do, and every message is looked for in its topic.
        "CUSTOMER_LIMIT": str(plan.scale.customer_limit),
        "STAFF_ENROLMENT": "members",
        "JWT_SECRET": _SECRET,
        "SECRET_KEY": _SECRET,
        "PORT": str(port),
    }
    if plan.scale.desks:
        environment |= {"TELEGRAM_STAFF_BOT_TOKEN": _STAFF_TOKEN, "STAFF_MODE": "personal"}
    return {**environment, "PUBLIC_URL": webhook_proxy.url} if plan.webhook else environment


def _build_model_environment(plan: Plan, model: OpenAISandbox) -> dict[str, str]:
    """Return the settings of AI agents; after a crash some runs think again, others are late."""
    deadline = _LONG_DEADLINE if plan.seed % 2 else _SHORT_DEADLINE
    return {"OPENAI_BASE_URL": model.api_url, "AI_DEADLINE_SECONDS": str(deadline)}


async def _add_people(stage: Stage) -> None:
    telegram, scale = stage.telegram, stage.plan.scale
    bot = await telegram.add_bot(_TOKEN)
    stage.bot_id = bot["id"]
    for number in range(scale.agents):
        stage.agents.append(await telegram.add_user(f"Agent {number}", id=_FIRST_AGENT + number))
    for number in range(scale.customers):
        stage.customers.append(await _add_customer(stage, number, get_provider(number)))
    for number, provider in enumerate(Provider, _FIRST_BYSTANDER):
        stage.bystanders.append(await _add_customer(stage, number, provider))
    stage.note_writer = await telegram.add_user("Note writer", id=_FIRST_AGENT + scale.agents)
    members: list[int | Json] = [*stage.agents[1:], stage.note_writer]
    await telegram.add_group(
        "Staff", id=GROUP, admins=[*stage.agents[:1]], members=members, bots=[bot]
    )


async def _add_customer(stage: Stage, number: int, provider: Provider) -> Customer:
    """Add a customer of a provider; every third one at WhatsApp hides the phone."""
    name, phone = f"Customer {number:02}", str(_PHONES + number)
    hides = number % _HIDES == 0
    match provider:
        case Provider.TELEGRAM:
            user = await stage.telegram.add_user(name, id=_FIRST_CUSTOMER + number)
            return TelegramCustomer(name, Provider.TELEGRAM, stage.telegram, user, stage.bot_id)
        case Provider.CLOUD:
            known_by = {"user_id": _USER_ID.format(number)} if hides else {"phone": phone}
            person = await stage.graph.add_customer(name, **known_by)
            return CloudCustomer(name, Provider.CLOUD, stage.graph, stage.number, person)
        case Provider.WAHA:
            person = await stage.waha.add_customer(name, phone=phone, by_lid=hides)
            return WahaCustomer(name, Provider.WAHA, stage.waha, whatsapp_numbers.SESSION, person)


async def _configure_providers(stage: Stage) -> None:
    """Set how strict the providers are and how soon they retry."""
    limits, is_even = stage.plan.scale.limits, stage.plan.seed % 2 == 0
    await stage.telegram.webhook_retry_base(_RETRY_UNIT)
    await stage.telegram.limits(limits)
    await stage.graph.limits(limits)
    left_out = ["status_contacts", "conversation", "pricing"] if is_even else []
    await stage.graph.settings(retry_base=_RETRY_UNIT, leave_out=left_out)
    await stage.waha.tune(tempo=_RETRY_UNIT, duplicates=int(is_even), longest_retry=_LONGEST_RETRY)
