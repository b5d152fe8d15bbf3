"""A Cloud API number with templates, its customers, and agents with the API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from db.ids import SessionId
from db.tables import ChannelKind
from sandbox.graph.client import GraphSandbox
from tests.api.stage import ApiStage
from tests.api.stage import Person as Caller
from tests.flows.api_agents import open_api, wait_for_session
from tests.flows.channel_stages import run_channel_stage
from tests.flows.cloud import CloudStage
from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.staff import Person, Topic

Json = dict[str, Any]
# The templates as Meta stores them; the sandbox checks messages against these.
TEMPLATES: list[Json] = [
    {
        "name": "hello",
        "parameter_format": "NAMED",
        "components": [{"type": "BODY", "text": "Hello {{name}}, {{agent}} here."}],
    },
    {
        "name": "order",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}"},
            {"type": "BODY", "text": "Dear {{1}}, it comes on {{2}}."},
            {
                "type": "BUTTONS",
                "buttons": [{"type": "URL", "text": "Track", "url": "https://shop.example/{{1}}"}],
            },
        ],
    },
    {
        "name": "bill",
        "components": [
            {"type": "HEADER", "format": "DOCUMENT"},
            {"type": "BODY", "text": "Here is your bill."},
        ],
    },
]


@dataclass(slots=True)
class TemplateStage:
    """A stage with a Cloud API number."""

    stage: CloudStage
    api: ApiStage
    ada: Caller
    graph: GraphSandbox
    channel: str
    # The templates at Meta, by name.
    templates: dict[str, Json]

    async def start_conversation(self) -> tuple[Person, Customer, Topic]:
        """Add an agent and a customer whose session they hold."""
        await self.api.change("UPDATE agents SET status = 'offline'")
        mia, ann = await self.stage.agent("Mia"), await self.stage.customer()
        await ann.says("hello")
        topic = await self.stage.topic(ann)
        await topic.wait_for("hello")
        await mia.writes(topic, "I am Mia.")
        await ann.wait_for("I am Mia.")
        return mia, ann, topic

    async def close_window(self, customer: Customer) -> None:
        """Let the customer's reply window be closed in our database."""
        await self.stage.change(
            "UPDATE conversations SET reply_until = '2026-01-01 00:00:00.000000' WHERE contact_id ="
            " (SELECT id FROM contacts WHERE external_id = :address)",
            address=customer.address,
        )

    async def session(self, customer: Customer) -> SessionId:
        return await wait_for_session(self.stage, customer)


@asynccontextmanager
async def run_template_stage(database_url: str) -> AsyncIterator[TemplateStage]:
    """Run a desk with a number and its templates, which were just fetched."""
    async with (
        run_channel_stage(ChannelKind.WHATSAPP_CLOUD, database_url) as stage,
        open_api(stage) as api,
    ):
        assert isinstance(stage, CloudStage)
        graph, number, ada = stage.graph, stage.number, await api.admin()
        assert graph is not None
        assert number is not None

        async def asked() -> bool:
            return bool(await graph.calls("templates"))

        await eventually(asked, "templates are fetched by themselves")
        account = number["account"]
        templates = {
            each["name"]: await graph.add_template(**each, language="en", account=account)
            for each in TEMPLATES
        }
        [row] = await stage.rows("SELECT id FROM channels WHERE kind = 'whatsapp_cloud'")
        synced = await ada.post(f"/channels/{row['id']}/templates/sync")
        assert synced.body == {"found": len(TEMPLATES), "gone": 0}
        yield TemplateStage(stage, api, ada, graph, row["id"], templates)
