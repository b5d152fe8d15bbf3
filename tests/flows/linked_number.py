"""A number linked through WAHA beside the stage's bot, its owner's phone, and its customers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sandbox.waha.client import WahaSandbox
from tests.api.stage import ApiStage
from tests.api.stage import Person as Admin
from tests.flows.api_agents import open_api
from tests.flows.eventually import PATIENCE, eventually
from tests.flows.staff import Topic
from tests.flows.stage import Stage, run_stage

Json = dict[str, Any]


@dataclass(slots=True)
class LinkedCustomer:
    """A customer who writes to the number."""

    waha: WahaSandbox
    session: str
    person: Json

    @property
    def name(self) -> str:
        return str(self.person["name"])

    async def says(self, text: str, **more: Any) -> Json:
        return await self.waha.says(self.person, text, session=self.session, **more)

    async def sees(self) -> list[Json]:
        return await self.waha.sees(self.session, self.person)

    async def wait_for(self, text: str) -> Json:
        async def found() -> Json | None:
            from_desk = [each for each in await self.sees() if each["author"] == "desk"]
            return next((each for each in from_desk if text in each["text"]), None)

        return await eventually(found, f"{self.name} hears {text!r}")


@dataclass(slots=True)
class LinkedNumber:
    """A stage with a linked number."""

    stage: Stage
    api: ApiStage
    admin: Admin
    waha: WahaSandbox
    channel: str = ""
    session: str = ""

    async def add(self, **credentials: Any) -> Json:
        """Add the number's channel."""
        given = {"url": self.waha.waha_url, "api_key": self.waha.API_KEY, **credentials}
        body = {"kind": "whatsapp_waha", "credentials": given, "name": "Shop"}
        answer = await self.admin.post("/channels", body)
        assert answer.status == 201, answer.body
        self.channel = answer.body["id"]
        self.session = answer.body["external_id"].partition("@")[0]
        made: Json = answer.body
        return made

    async def link(self) -> None:
        """Link the number to a phone."""
        await self.until("SCAN_QR_CODE")
        await self.waha.scan(self.session)
        await self.wait_for_status("WORKING")

    async def until(self, status: str) -> None:
        """Wait until the session at WAHA is in this status."""
        await self.waha.until(self.session, status, seconds=PATIENCE)

    async def wait_for_status(self, status: str) -> Json:
        """Wait until the desk reports this status of the link."""

        async def found() -> Json | None:
            shown = await self.get_link()
            return shown if shown["status"] == status else None

        return await eventually(found, f"the link is {status}")

    async def get_link(self) -> Json:
        answer = await self.admin.get(f"/channels/{self.channel}/link")
        assert answer.status == 200, answer.body
        shown: Json = answer.body
        return shown

    async def send_command(self, verb: str) -> Json:
        answer = await self.admin.post(f"/channels/{self.channel}/link/{verb}")
        assert answer.status == 200, answer.body
        shown: Json = answer.body
        return shown

    async def customer(self, name: str = "Ann", **more: Any) -> LinkedCustomer:
        person = await self.waha.add_customer(name, **more)
        return LinkedCustomer(self.waha, self.session, person)

    async def topic(self, customer: LinkedCustomer) -> Topic:
        async def found() -> Json | None:
            topics = await self.stage.telegram.topics(self.stage.group)
            return next((each for each in topics if each["name"] == customer.name), None)

        made = await eventually(found, f"a topic for {customer.name}")
        return Topic(self.stage.telegram, self.stage.group, made["message_thread_id"])


@asynccontextmanager
async def run_waha_stage(url: str, **settings: Any) -> AsyncIterator[LinkedNumber]:
    """Run a desk beside a WAHA server that does not know it yet."""
    async with (
        run_stage(url, whatsapp_limits="off", **settings) as stage,
        open_api(stage) as api,
        WahaSandbox(stage.url) as waha,
    ):
        yield LinkedNumber(stage, api, await api.admin(), waha)


@asynccontextmanager
async def run_linked_number(url: str, **settings: Any) -> AsyncIterator[LinkedNumber]:
    """Run a desk with a linked number."""
    async with run_waha_stage(url, **settings) as linked:
        await linked.add()
        await linked.link()
        yield linked
