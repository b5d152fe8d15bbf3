"""A stage to merge clients on: two bots, a WhatsApp number, and an administrator."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from db.ids import (
    AgentId,
    ChannelId,
    ClientId,
    ConversationId,
    MergeId,
    UserId,
    new_id,
)
from db.tables import (
    Agent,
    AgentKind,
    Channel,
    ChannelKind,
    OutboxKind,
    Role,
    User,
)
from desk.actors import AgentActor, human_agent
from desk.channels import ServedChannel
from desk.clients.erasure import ErasureStep, erase_step
from desk.clients.merging import merge, unmerge
from desk.content import Person
from desk.conversations.sessions import ensure_session
from desk.conversations.threads import ensure_thread
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import Stage

Rows = list[dict[str, Any]]


@dataclass
class Scene:
    """A stage with a second bot, a WhatsApp number and Ada, who may do everything."""

    stage: Stage
    bot: ServedChannel
    other_bot: ServedChannel
    number: ServedChannel
    ada: AgentActor

    async def comes(
        self, channel: ServedChannel, external_id: str, name: str = "Ann", **more: Any
    ) -> ConversationId:
        """Receive a message of a customer on a channel; their topic is open."""
        if channel.kind is ChannelKind.TELEGRAM:
            more["telegram_id"] = external_id

        async def arrive(uow: UnitOfWork) -> ConversationId:
            thread = await ensure_thread(uow, channel, Person(external_id, name, **more))
            await ensure_session(uow, thread)
            return thread.conversation_id

        found = await self.stage.run_in_uow(arrive)
        await self.change(
            "UPDATE staff_places SET topic = id WHERE conversation_id = :id AND topic IS NULL",
            id=found,
        )
        return found

    async def join(self, kept: ClientId, other: ClientId) -> ClientId:
        return await self.stage.run_in_uow(lambda uow: merge(uow, kept, other, by=self.ada))

    async def apart(self, join_id: MergeId) -> None:
        await self.stage.run_in_uow(lambda uow: unmerge(uow, join_id, by=self.ada))

    async def erase(self, client_id: ClientId) -> ErasureStep:
        def nothing(*_: object) -> None:
            """Delete no file: there is none."""

        return await self.stage.run_in_uow(
            lambda uow: erase_step(uow, client_id, nothing, by=self.ada)
        )

    async def client_of(self, conversation_id: ConversationId) -> ClientId:
        return (await self.stage.thread(conversation_id)).client_id

    async def client(self, client_id: ClientId) -> dict[str, Any]:
        [row] = await self.rows("SELECT * FROM clients WHERE id = :id", id=client_id)
        return row

    async def clients(self) -> list[dict[str, Any]]:
        """Return all clients without when they were last changed."""
        rows = await self.rows("SELECT * FROM clients ORDER BY id")
        return [{name: row[name] for name in row if name != "updated_at"} for row in rows]

    async def only_join(self) -> MergeId:
        [row] = await self.rows("SELECT id FROM client_merges WHERE undone_at IS NULL")
        return MergeId(row["id"])

    async def whose(self) -> list[tuple[str, str, str | None]]:
        """List each address with its client and its own client; check that sessions agree."""
        rows = await self.rows(
            "SELECT c.external_id, c.client_id, c.own_client_id, s.client_id AS of_session"
            " FROM contacts c JOIN conversations v ON v.contact_id = c.id"
            " JOIN sessions s ON s.conversation_id = v.id ORDER BY c.external_id"
        )
        assert all(row["of_session"] == row["client_id"] for row in rows), rows
        return [(row["external_id"], row["client_id"], row["own_client_id"]) for row in rows]

    async def notices(self) -> list[tuple[ConversationId, str, list[str]]]:
        """List the notices in topics: conversation, text, and the buttons' data."""
        return [
            (
                ConversationId(row.conversation_id or ""),
                row.payload["content"]["text"],
                [each["data"] for line in row.payload.get("buttons", ()) for each in line],
            )
            for row in await self.stage.outbox()
            if row.kind is OutboxKind.STAFF_NOTICE
        ]

    async def rows(self, statement: str, **values: object) -> Rows:
        async with self.stage.database.transaction() as tx:
            return [dict(row) for row in (await tx.execute(text(statement), values)).mappings()]

    async def change(self, statement: str, **values: object) -> None:
        async with self.stage.database.transaction() as tx:
            await tx.execute(text(statement), values)

    async def on_client(self, work: Callable[[UnitOfWork], Awaitable[Any]]) -> None:
        await self.stage.run_in_uow(work)


async def scene(stage: Stage) -> Scene:
    bot = stage.channels[stage.channel_id]
    rows = [
        Channel(
            id=ChannelId(new_id()),
            kind=kind,
            external_id=name,
            name=name,
            staff_groups=["-1001"],
            staff_channel_id=bot.id,
        )
        for kind, name in (
            (ChannelKind.TELEGRAM, "Second bot"),
            (ChannelKind.WHATSAPP_WAHA, "WhatsApp"),
        )
    ]
    served = [ServedChannel.from_row(row, enrols_members=False) for row in rows]
    user = User(name="Ada", email="ada@desk.test", password_hash="!", role=Role.ADMIN)
    agent = Agent(kind=AgentKind.HUMAN, name="Ada", user_id=user.id)
    async with stage.database.transaction() as tx:
        tx.add_all([*rows, user])
        await tx.flush()
        tx.add(agent)
    stage.channels.replace_all([bot, *served])
    ada = human_agent("Ada", AgentId(agent.id), UserId(user.id), Role.ADMIN)
    return Scene(stage, bot, served[0], served[1], ada)
