"""A stage for the API: a desk that serves real HTTP, people in its database, and their clients."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import (
    AgentId,
    AutoReplyRuleId,
    CannedReplyId,
    ChannelId,
    ClientId,
    JobId,
    LogInId,
    MergeId,
    MessageId,
    SessionId,
    TemplateId,
    UserId,
    new_id,
)
from db.tables import (
    Agent,
    AgentKind,
    AgentStatus,
    AutoReplyRule,
    CannedReply,
    Channel,
    ChannelKind,
    Client,
    ClientMerge,
    Contact,
    Conversation,
    DeliveryState,
    Direction,
    Inbox,
    InboxState,
    Job,
    JobKind,
    LogIn,
    Message,
    MessageType,
    Role,
    RuleMatch,
    SenderType,
    Session,
    SessionStatus,
    TemplateStatus,
    User,
    WhatsAppMessageTemplate,
)
from db.tables.base import now_utc
from db.url import parse_database_url
from desk.accounts.access_tokens import AccessTokens, Claims
from scripts.configuration.settings import Settings
from scripts.processes.run import run_until
from tests.flows.eventually import eventually
from tests.patience import PATIENCE

Json = dict[str, Any]
JWT_SECRET = "j" * 40
SECRET_KEY = "s" * 40


@dataclass(slots=True)
class Answer:
    """A response."""

    status: int
    headers: Any
    body: Any
    raw: bytes

    @property
    def problem(self) -> str:
        """Return the last part of the problem's type."""
        assert self.headers["Content-Type"].startswith("application/problem+json"), self.body
        assert self.body["status"] == self.status
        assert self.body["request_id"] == self.headers["X-Request-Id"]
        kind: str = self.body["type"].rpartition(":")[2]
        return kind

    @property
    def faults(self) -> dict[str, str]:
        """Return the error code of each invalid field."""
        return {each["field"]: each["code"] for each in self.body["errors"]}


@dataclass(slots=True)
class Person:
    """A user; `token` is a valid access token of theirs."""

    stage: "ApiStage"
    user_id: UserId
    agent_id: AgentId
    name: str
    email: str
    log_in: LogInId
    token: str

    async def get(self, path: str, **more: Any) -> Answer:
        return await self.stage.ask("GET", path, token=self.token, **more)

    async def post(self, path: str, body: Any = None, **more: Any) -> Answer:
        return await self.stage.ask("POST", path, body, token=self.token, **more)

    async def patch(self, path: str, body: Any, **more: Any) -> Answer:
        return await self.stage.ask("PATCH", path, body, token=self.token, **more)

    async def put(self, path: str, body: Any, **more: Any) -> Answer:
        return await self.stage.ask("PUT", path, body, token=self.token, **more)

    async def delete(self, path: str, **more: Any) -> Answer:
        return await self.stage.ask("DELETE", path, token=self.token, **more)


@dataclass(slots=True)
class ApiStage:
    """A running desk without a channel, its database, and a client of its API."""

    address: str
    database: Database
    settings: Settings
    http: aiohttp.ClientSession
    tokens: AccessTokens = field(default_factory=lambda: AccessTokens(JWT_SECRET))
    _numbers = itertools.count(1)  # of all stages: a database may be opened again

    async def ask(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **more: Any
    ) -> Answer:
        """Send a request; `body` is sent as JSON, `more` goes to aiohttp."""
        headers = dict(more.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            more["json"] = body
        url = f"{self.address}/api/v1{path}"
        async with self.http.request(method, url, headers=headers, **more) as reply:
            raw = b"" if reply.content_type == "text/event-stream" else await reply.read()
            is_json = "json" in reply.content_type
            return Answer(
                reply.status,
                reply.headers,
                await reply.json(content_type=None) if is_json and raw else None,
                raw,
            )

    async def person(
        self,
        name: str = "Mia",
        *,
        role: Role = Role.CS,
        status: AgentStatus = AgentStatus.ONLINE,
        capacity: int = 10,
        password_hash: str = "!",  # noqa: S107 no password fits it
        now: datetime | None = None,
    ) -> Person:
        """Create a person who is logged in; without a password hash they cannot log in again."""
        user_id, agent_id, log_in = UserId(new_id()), AgentId(new_id()), LogInId(new_id())
        name = f"{name} {next(self._numbers)}"
        email = f"{name.lower().replace(' ', '.')}.{user_id.lower()}@desk.test"
        now = now or now_utc()
        user = User(id=user_id, name=name, email=email, password_hash=password_hash, role=role)
        agent = Agent(id=agent_id, kind=AgentKind.HUMAN, name=name, user_id=user_id)
        agent.status, agent.capacity = status, capacity
        kept = LogIn(id=log_in, user_id=user_id, address="127.0.0.1", user_agent="test")
        kept.created_at = kept.last_used_at = now
        kept.expires_at = now + timedelta(days=30)

        async def work(tx: AsyncSession) -> None:
            tx.add(user)
            await tx.flush()
            tx.add_all([agent, kept])

        await self.database.run(work)
        token = self.tokens.issue(Claims(user_id, log_in, 0), now)
        return Person(self, user_id, agent_id, name, email, log_in, token)

    async def admin(self, name: str = "Ada", **more: Any) -> Person:
        return await self.person(name, role=Role.ADMIN, **more)

    async def channel(self, **fields: Any) -> ChannelId:
        """Add a channel with its own bot; it has no credentials unless they are given."""
        channel = Channel(
            kind=ChannelKind.TELEGRAM, external_id=f"{next(self._numbers)}", name="Bot", **fields
        )
        async with self.database.transaction() as tx:
            tx.add(channel)
        return channel.id

    async def canned_reply(self, text: str = "Hello {{name}}!", **fields: Any) -> CannedReplyId:
        """Add a canned reply."""
        shortcut = fields.pop("shortcut", f"reply{next(self._numbers)}")
        slot = f"{fields.get('channel_id', '')}:{fields.get('language', '')}:{shortcut}"
        reply = CannedReply(shortcut=shortcut, title="Title", text=text, unique_key=slot, **fields)
        async with self.database.transaction() as tx:
            tx.add(reply)
        return reply.id

    async def auto_reply_rule(self, channel_id: ChannelId, **fields: Any) -> AutoReplyRuleId:
        """Add an auto-reply rule to a channel."""
        values = {
            "match_kind": RuleMatch.WORD,
            "trigger_keywords": ["hello"],
            "reply_message": "Hello {{name}}!",
            **fields,
        }
        rule = AutoReplyRule(name=f"Rule {next(self._numbers)}", channel_id=channel_id, **values)
        async with self.database.transaction() as tx:
            tx.add(rule)
        return rule.id

    async def template(self, channel_id: ChannelId, **fields: Any) -> TemplateId:
        """Add a template to a channel, approved unless another status is given."""
        text = fields.pop("text", "Hello {{name}}, here is {{agent}}.")
        values = {
            "name": f"template_{next(self._numbers)}",
            "language": "en",
            "status": TemplateStatus.APPROVED,
            "components": [{"type": "BODY", "text": text}],
            "is_named": True,
        }
        template = WhatsAppMessageTemplate(channel_id=channel_id, **{**values, **fields})
        async with self.database.transaction() as tx:
            tx.add(template)
        return template.id

    async def parked_update(self, payload: str = "{}", **fields: Any) -> int:
        """Add a parked update, with a channel of its own unless one is given."""
        channel_id = fields.pop("channel_id", None) or await self.channel()
        number = next(self._numbers)
        now = now_utc()
        values = {"received_at": now - timedelta(minutes=1), "settled_at": now}
        values |= {"lane": f"lane {number}", "error": "Broken: so"}
        row = Inbox(
            channel_id=channel_id,
            provider_id=str(number),
            payload=payload,
            state=InboxState.PARKED,
            attempts=5,
            **{**values, **fields},
        )
        async with self.database.transaction() as tx:
            tx.add(row)
        assert row.id is not None
        return row.id

    async def job(self) -> JobId:
        """Add a job that runs in a thousand years."""
        job = Job(kind=JobKind.ERASE_CLIENT, run_at=now_utc() + timedelta(days=365_000))
        async with self.database.transaction() as tx:
            tx.add(job)
        return job.id

    async def session(self, holder: Person | None = None) -> SessionId:
        """Open a customer's session, held by an agent or waiting."""
        number = next(self._numbers)
        async with self.database.transaction() as tx:
            channel = await tx.scalar(select(Channel).limit(1))
            if channel is None:
                channel = Channel(kind=ChannelKind.TELEGRAM, external_id="1", name="Bot")
                tx.add(channel)
            client = Client(name=f"Ann {number}")
            tx.add(client)
            await tx.flush()
            contact = Contact(
                client_id=client.id, channel_id=channel.id, external_id=str(1000 + number)
            )
            tx.add(contact)
            await tx.flush()
            conversation = Conversation(contact_id=contact.id, channel_id=channel.id)
            conversation.session_count = 1
            tx.add(conversation)
            await tx.flush()
            session = Session(
                conversation_id=conversation.id,
                client_id=client.id,
                status=SessionStatus.ACTIVE,
                cs_id=holder.agent_id if holder else None,
                number=1,
            )
            tx.add(session)
        return session.id

    async def join(self, kept: ClientId, session_id: SessionId) -> MergeId:
        """Merge the client of a session into this one."""
        async with self.database.transaction() as tx:
            session = await tx.get_one(Session, session_id)
            joined = session.client_id
            row = ClientMerge(kept_id=kept, merged_id=joined, changes={"is_blocked": [0, 0]})
            tx.add(row)
            (await tx.get_one(Client, joined)).merged_into_id = kept
            conversation = await tx.get_one(Conversation, session.conversation_id)
            contact = await tx.get_one(Contact, conversation.contact_id)
            contact.client_id, contact.own_client_id, session.client_id = kept, joined, kept
        return row.id

    async def message(self, session_id: SessionId, text: str = "hello") -> MessageId:
        """Let the customer of a session write a message."""
        async with self.database.transaction() as tx:
            session = await tx.get(Session, session_id)
            assert session is not None
            message = Message(
                session_id=session_id,
                conversation_id=session.conversation_id,
                sender_type=SenderType.CLIENT,
                direction=Direction.INBOUND,
                message_type=MessageType.TEXT,
                message=text,
                delivery_state=DeliveryState.RECEIVED,
            )
            tx.add(message)
        return message.id

    async def rows(self, statement: str, **values: object) -> list[Json]:
        """Read rows of the database."""
        async with self.database.transaction() as tx:
            return [dict(row) for row in (await tx.execute(text(statement), values)).mappings()]

    async def change(self, statement: str, **values: object) -> None:
        """Change rows directly in the database."""

        async def work(tx: AsyncSession) -> None:
            await tx.execute(text(statement), values)

        await self.database.run(work)

    async def erase(self, by: Person, client: str) -> Answer:
        """Delete a client, and wait for the job if it takes longer than the response."""
        answer = await by.delete(f"/clients/{client}")
        if answer.status != 202:
            return answer
        place = answer.headers["Location"].removeprefix("/api/v1")
        assert place == f"/jobs/{answer.body['id']}"

        async def is_done() -> bool:
            job = await by.get(place)
            assert job.body["state"] != "failed", job.body
            return bool(job.body["state"] == "done")

        await eventually(is_done, "the client is deleted")
        return Answer(204, answer.headers, None, b"")

    async def audit(self, action: str) -> list[Json]:
        """Read the audit entries of one action, the oldest first."""
        return await self.rows(
            "SELECT * FROM audit_log WHERE action = :action ORDER BY id", action=action
        )


@asynccontextmanager
async def run_api(
    database_url: str, *, is_worker: bool = False, **settings: Any
) -> AsyncIterator[ApiStage]:
    """Run a desk's web half on a migrated database until the block ends; with a worker if asked."""
    with TemporaryDirectory(prefix="osmodesk-media-") as media:
        settings = {"media_dir": Path(media), **settings}
        async with _running(database_url, settings, is_worker=is_worker) as stage:
            yield stage


@asynccontextmanager
async def _running(
    database_url: str, settings: Json, *, is_worker: bool
) -> AsyncIterator[ApiStage]:
    chosen: Json = {
        "database_url": database_url,
        "secret_key": SECRET_KEY,
        "jwt_secret": JWT_SECRET,
        # Nothing listens on this port: tests must not call a real provider.
        "telegram_api_url": "http://127.0.0.1:1",
        "port": 0,
        **settings,
    }
    made = Settings(_env_file=None, **chosen)
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    running = asyncio.create_task(
        run_until(stop, made, is_worker=is_worker, ready=ready.set_result)
    )
    await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
    database = Database(parse_database_url(database_url))
    try:
        if not running.done():
            async with aiohttp.ClientSession() as http:
                yield ApiStage(ready.result(), database, made, http)
    finally:
        await database.close()
        stop.set()
        await asyncio.wait_for(running, PATIENCE)
