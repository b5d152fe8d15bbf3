"""A second bot with its own staff group, which an administrator adds by the API."""

from dataclasses import dataclass, field
from typing import Any

from db.ids import ChannelId
from db.tables import Role
from tests.api.stage import ApiStage
from tests.api.stage import Person as Caller
from tests.flows.customers import TelegramCustomer
from tests.flows.eventually import eventually
from tests.flows.staff import Json, Person, Topic
from tests.flows.stage import Stage

TOKEN = "654321:" + "B" * 35
ID = 654321
# The promise to operators: after this time every process applies a change.


@dataclass(slots=True)
class SecondBot:
    """A stage with the second bot, and an administrator who knows its token."""

    stage: Stage
    api: ApiStage
    ada: Caller
    group: Json
    channel: ChannelId = field(default_factory=lambda: ChannelId(""))

    @property
    def path(self) -> str:
        return f"/channels/{self.channel}"

    async def add(self, **more: Any) -> Json:
        """Add the channel by the API."""
        body = {"credentials": {"token": TOKEN}, "staff_groups": [str(self.group["id"])], **more}
        answer = await self.ada.post("/channels", body)
        assert answer.status == 201, answer.body
        self.channel = answer.body["id"]
        made: Json = answer.body
        return made

    async def change(self, **changes: Any) -> Json:
        answer = await self.ada.patch(self.path, changes)
        assert answer.status == 200, answer.body
        changed: Json = answer.body
        return changed

    async def customer(self, name: str = "Bea", *, of: int = ID, **more: Any) -> TelegramCustomer:
        """Add a customer of the second bot, or of another one."""
        made = await self.stage.customer(name, **more)
        assert isinstance(made, TelegramCustomer)
        made.bot = of
        return made

    async def agent(self, name: str = "Mia", *groups: Json) -> Person:
        """Add an agent to these groups, by default to the second bot's."""
        mia = await self.stage.agent(name)
        for group in groups or (self.group,):
            await self.stage.telegram.member(group, mia.user, "member")
        return mia

    async def topic(self, customer: TelegramCustomer, group: Json | None = None) -> Topic:
        return await self.stage.topic(customer, group or self.group)

    async def wait_until_served(self, *, served: bool = True) -> None:
        """Wait until the desk polls the second bot, or has stopped polling it."""

        async def polled() -> bool:
            return (await self.readiness() is not None) == served

        await eventually(polled, f"the second bot is served: {served}")

    async def readiness(self) -> str | None:
        """Return what `/readyz` says about the bot; None: it is not served."""
        async with self.api.http.get(f"{self.stage.address}/readyz") as reply:
            told: str | None = (await reply.json()).get(f"telegram:{self.channel}")
            return told


async def add_second_bot(stage: Stage, api: ApiStage, **group: Any) -> SecondBot:
    """Add a bot that no channel serves yet, and its group."""
    await stage.telegram.add_bot(TOKEN, "second_bot", "Second")
    owner = await stage.telegram.add_user("Second owner")
    made = await stage.telegram.add_group("Second staff", admins=[owner], bots=[ID], **group)
    return SecondBot(stage, api, await api.person("Ada", role=Role.ADMIN, capacity=0), made)
