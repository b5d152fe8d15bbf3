"""Tests of the doctor's checks of WhatsApp numbers, with the Graph and WAHA sandboxes."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from db.database import Database
from db.tables import Channel, ChannelKind, TemplateStatus, WhatsAppMessageTemplate
from desk.accounts.encryption import Encryptor
from sandbox.app import serve
from sandbox.graph.client import GraphSandbox
from sandbox.telegram.client import TelegramSandbox
from sandbox.waha.client import WahaSandbox
from scripts.doctor.health_check import run_checks
from scripts.private_servers.process import free_port
from tests.scripts.conftest import SECRETS

Environment = Callable[..., None]
TOKEN = "777:" + "hunter2" * 5
PUBLIC = "https://desk.example"


@dataclass(slots=True)
class DoctorStage:
    """A database with channels of each kind, and their sandboxes."""

    database: Database
    telegram: TelegramSandbox
    graph: GraphSandbox
    waha: WahaSandbox

    async def add(self, kind: ChannelKind, name: str, **fields: Any) -> Channel:
        credentials = Encryptor(SECRETS["SECRET_KEY"]).encrypt(fields.pop("credentials"))
        values = {"external_id": name, "credentials": credentials, **fields}
        channel = Channel(kind=kind, name=name, **values)
        async with self.database.transaction() as tx:
            tx.add(channel)
        return channel

    async def bot(self, **fields: Any) -> Channel:
        await self.telegram.add_bot(TOKEN, "shop_bot")
        group = await self.telegram.add_group("Staff", bots=[777])
        groups = [str(group["id"])]
        given = {"credentials": {"token": TOKEN}, "staff_groups": groups, **fields}
        return await self.add(ChannelKind.TELEGRAM, "Bot", **given)

    async def number(self, **fields: Any) -> Channel:
        number = await self.graph.add_number(app_secret="hunter2", token="EAAhunter2")
        given = {
            "access_token": "EAAhunter2",
            "phone_number_id": number["id"],
            "app_secret": "hunter2",
            "waba_id": number["account"],
            "verify_token": "hunter2",
        }
        return await self.add(ChannelKind.WHATSAPP_CLOUD, "Meta", credentials=given, **fields)

    async def linked(self, **fields: Any) -> Channel:
        given = {
            "url": self.waha.waha_url,
            "api_key": self.waha.API_KEY,
            "session": "shop",
            "hmac_key": "hunter2",
        }
        return await self.add(ChannelKind.WHATSAPP_WAHA, "Linked", credentials=given, **fields)

    async def report_lines(self, name: str) -> list[str]:
        """Return the doctor's lines about a channel, without the channel's name."""
        lines = [str(finding) async for finding in run_checks()]
        assert not any("hunter2" in line or self.waha.API_KEY in line for line in lines)
        of_it = f"channel {name}, "
        return [line.replace(of_it, "") for line in lines if of_it in line]


@pytest.fixture
async def doctor_stage(environment: Environment, database: Database) -> AsyncIterator[DoctorStage]:
    async with (
        serve() as sandbox,
        TelegramSandbox(sandbox.url) as telegram,
        GraphSandbox(sandbox.url) as graph,
        WahaSandbox(sandbox.url) as waha,
    ):
        environment(
            **SECRETS,
            DATABASE_URL=database.address.url.render_as_string(hide_password=False),
            TELEGRAM_API_URL=sandbox.url,
            WHATSAPP_API_URL=graph.api_url,
            PORT=str(free_port()),
        )
        yield DoctorStage(database, telegram, graph, waha)


async def test_a_number_of_meta_in_order(
    doctor_stage: DoctorStage, environment: Environment
) -> None:
    environment(PUBLIC_URL=PUBLIC)
    bot = await doctor_stage.bot()
    number = await doctor_stage.number(staff_channel_id=bot.id, staff_groups=bot.staff_groups)
    async with doctor_stage.database.transaction() as tx:
        for name, status in (("hello", "APPROVED"), ("later", "PENDING")):
            tx.add(
                WhatsAppMessageTemplate(
                    channel_id=number.id, name=name, language="en", status=TemplateStatus(status)
                )
            )
    lines = await doctor_stage.report_lines("Meta")
    assert not [line for line in lines if line[0] == "✗"], lines
    assert any(line.startswith("✓ templates: 1 of 2 approved, fetched 20") for line in lines)
    assert any(line.startswith(f"✓ staff group: {bot.staff_groups[0]}") for line in lines)
    assert any(line.startswith("✓ number: ") for line in lines)


async def test_what_a_number_of_meta_lacks(doctor_stage: DoctorStage) -> None:
    await doctor_stage.number()
    lines = await doctor_stage.report_lines("Meta")
    assert any(line.startswith("✗ webhook: PUBLIC_URL is not set") for line in lines), lines
    assert any(line.startswith("! templates: none fetched") for line in lines)
    assert any(line.startswith("! staff groups: none") for line in lines)
    assert all(" → " in line for line in lines if line[0] != "✓")
    await doctor_stage.graph.fail("*", times=9, kind="error", code=190, status=401)
    assert any(line.startswith("✗ number: ") for line in await doctor_stage.report_lines("Meta"))


async def test_a_bot_that_is_off_serves_no_staff(doctor_stage: DoctorStage) -> None:
    bot = await doctor_stage.bot(is_active=False)
    await doctor_stage.number(staff_channel_id=bot.id, staff_groups=bot.staff_groups)
    [line] = [each for each in await doctor_stage.report_lines("Meta") if "staff groups" in each]
    assert line.startswith(
        "✗ staff groups: the bot that serves them (Bot) is switched off → switch it on"
    )


async def test_how_a_linked_number_stands(
    doctor_stage: DoctorStage, environment: Environment
) -> None:
    environment(PUBLIC_URL=PUBLIC)
    await doctor_stage.linked()
    lines = await doctor_stage.report_lines("Linked")
    assert any(line.startswith("✓ WAHA: ") for line in lines), lines
    assert any(line.startswith("! session: there is no session shop yet") for line in lines)
    assert not any("templates" in line for line in lines)


async def test_a_waha_that_is_away(doctor_stage: DoctorStage) -> None:
    given = {"url": "http://127.0.0.1:1", "api_key": "hunter2", "session": "s", "hmac_key": "k"}
    await doctor_stage.add(ChannelKind.WHATSAPP_WAHA, "Away", credentials=given)
    assert any(line.startswith("✗ WAHA: ") for line in await doctor_stage.report_lines("Away"))
