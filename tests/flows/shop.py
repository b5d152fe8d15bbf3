"""A number at the Cloud API beside the stage's bot, with its customers and its clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from db.ids import SessionId
from sandbox.graph.client import GraphRefusalError, GraphSandbox
from tests.api.stage import ApiStage
from tests.api.stage import Person as Caller
from tests.flows.console import called
from tests.flows.eventually import eventually
from tests.flows.staff import Person, Topic
from tests.flows.stage import Stage, prepared

Json = dict[str, Any]
_NUMBERS = count(1)
# As Meta keeps them; the sandbox checks what is sent against these.
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
class CloudCustomer:
    """Somebody who writes to the number."""

    graph: GraphSandbox
    person: Json

    @property
    def name(self) -> str:
        return str(self.person["name"])

    @property
    def address(self) -> str:
        return str(self.person["phone"])

    async def says(self, text: str) -> Json:
        return await self.graph.says(self.person, text)

    async def heard(self) -> list[Json]:
        """What came from the desk and was not refused, in order."""
        chat = await self.graph.messages(self.person)
        mine = {self.person["id"], self.person["phone"], self.person.get("user_id")}
        return [each for each in chat if each["from"] not in mine and each["status"] != "failed"]

    async def hears(self, words: str) -> Json:
        """Wait for a text, or for a template in which these words are filled in."""

        async def found() -> Json | None:
            return next((each for each in await self.heard() if words in str(each)), None)

        return await eventually(found, f"{self.name} hears {words!r}")


@dataclass(slots=True)
class Shop:
    """The stage with a number at the Cloud API."""

    stage: Stage
    api: ApiStage
    ada: Caller
    graph: GraphSandbox
    number: Json
    channel: str
    templates: dict[str, Json]

    async def customer(self, name: str = "Ann") -> CloudCustomer:
        number = next(_NUMBERS)
        person = await self.graph.add_customer(f"{name} {number}", phone=f"49170{number:07}")
        return CloudCustomer(self.graph, person)

    async def talking(self) -> tuple[Person, CloudCustomer, Topic]:
        """Bring an agent and a customer whose session they hold."""
        await self.api.change("UPDATE agents SET status = 'offline'")
        mia, ann = await self.stage.agent("Mia"), await self.customer()
        await ann.says("hello")
        topic = await self.topic(ann)
        await topic.shows("hello")
        await mia.writes(topic, "I am Mia.")
        await ann.hears("I am Mia.")
        return mia, ann, topic

    async def topic(self, customer: CloudCustomer) -> Topic:
        return await self.stage.topic(customer)  # type: ignore[arg-type] # by its name alone

    async def close(self, customer: CloudCustomer) -> None:
        """Have the customer's window be over, as far as we know."""
        await self.stage.change(
            "UPDATE conversations SET reply_until = '2026-01-01 00:00:00.000000' WHERE contact_id ="
            " (SELECT id FROM contacts WHERE external_id = :address)",
            address=customer.address,
        )

    async def session(self, customer: CloudCustomer) -> SessionId:
        [row] = await self.stage.rows(
            "SELECT s.id FROM sessions s JOIN conversations v ON v.id = s.conversation_id"
            " JOIN contacts c ON c.id = v.contact_id WHERE c.external_id = :address",
            address=customer.address,
        )
        return SessionId(row["id"])


@asynccontextmanager
async def open_shop(database_url: str) -> AsyncIterator[Shop]:
    """Set up a running desk with a number, whose templates are fetched already."""
    async with (
        prepared(database_url, whatsapp_limits="off") as stage,
        stage.desk(whatsapp_api_url=f"{stage.url}/graph") as stage.address,
        GraphSandbox(stage.url) as graph,
        called(stage) as api,
    ):
        number, ada = await graph.add_number(), await api.admin()
        templates = {
            each["name"]: await graph.add_template(**each, language="en", account=number["account"])
            for each in TEMPLATES
        }
        body = {"kind": "whatsapp_cloud", "credentials": _of(number)}
        made = await ada.post("/channels", body)
        assert made.status == 201, made.body
        webhook = made.body["webhook"]
        url = f"{stage.address}{webhook['path']}"
        await _taken(graph, number, url, webhook["verify_token"])
        yield Shop(stage, api, ada, graph, number, made.body["id"], templates)


def _of(number: Json) -> Json:
    return {
        "access_token": number["token"],
        "phone_number_id": number["id"],
        "app_secret": number["app_secret"],
        "waba_id": number["account"],
    }


async def _taken(graph: GraphSandbox, number: Json, url: str, token: str) -> None:
    """Shake hands as soon as the channel is served."""

    async def shaken() -> bool:
        try:
            await graph.set_webhook(number, url, token)
        except GraphRefusalError:
            return False
        return True

    await eventually(shaken, "the webhook is taken")
