"""A day of a help desk whose figures are counted by hand, for the references' queries.

Shop (WhatsApp, linked) names Mia and Ada; Bot (Telegram) names nobody; Old is switched off.

| conversation | channel | sessions                                        | unread |
|--------------|---------|-------------------------------------------------|--------|
| Andi         | Shop    | ended by Mia, who answered after 60 s; rated 5  | 0      |
| Andi         | Shop    | then one that Ada gave to Mia, who holds it     | 2      |
| Budi         | Shop    | Ada holds it, answered after 4 s                | 1      |
| John         | Bot     | waits for an agent                              | 3      |
| Jane         | Bot     | ended by Bob, who answered after 30 s; rated 2  | 0      |
| Zoe          | Old     | ended by Bob, who answered after 90 s; rated 3  | 0      |
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import SQLModel

from db.database import Database, Transaction
from db.ids import ConversationId, MessageId, SessionId, new_id_at
from db.tables import (
    Agent,
    AgentKind,
    AgentStatus,
    AiAction,
    AiConversationLog,
    Channel,
    ChannelAgent,
    ChannelKind,
    Client,
    Contact,
    Conversation,
    ConversationHandover,
    ConversationMetrics,
    DeliveryState,
    Direction,
    LinkStatus,
    Message,
    MessageType,
    Role,
    SenderType,
    Session,
    SessionStatus,
    User,
    WhatsAppSession,
)

DAY = datetime(2026, 3, 2, tzinfo=UTC)
_FROM_CUSTOMER = {
    "sender_type": SenderType.CLIENT,
    "direction": Direction.INBOUND,
    "delivery_state": DeliveryState.RECEIVED,
}
_FROM_AGENT = {
    "sender_type": SenderType.CS,
    "direction": Direction.OUTBOUND,
    "delivery_state": DeliveryState.SENT,
    "is_read": True,
}
_NOTE = {**_FROM_AGENT, "direction": Direction.INTERNAL}


def at(minute: float) -> datetime:
    """Return a time of that day."""
    return DAY + timedelta(minutes=minute)


@dataclass
class ReferenceScene:
    """The rows, by name."""

    tx: Transaction
    channels: dict[str, Channel] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    open_sessions: dict[str, SessionId] = field(default_factory=dict)

    async def add(self, *rows: SQLModel) -> None:
        self.tx.add_all(rows)
        await self.tx.flush()

    async def add_people(self) -> None:
        for name, status in (("Mia", AgentStatus.ONLINE), ("Bob", AgentStatus.OFFLINE)):
            user = User(name=name, email=f"{name}@x.org", password_hash="-", role=Role.CS)
            await self.add(user)
            self.agents[name] = Agent(
                kind=AgentKind.HUMAN, name=name, user_id=user.id, status=status
            )
        self.agents["Ada"] = Agent(kind=AgentKind.AI, name="Ada", status=AgentStatus.ONLINE)
        self.agents["Eve"] = Agent(kind=AgentKind.AI, name="Eve", is_active=False)
        await self.add(*self.agents.values())

    async def add_channels(self) -> None:
        kinds = {
            "Shop": ChannelKind.WHATSAPP_WAHA,
            "Bot": ChannelKind.TELEGRAM,
            "Old": ChannelKind.WHATSAPP_CLOUD,
        }
        for name, kind in kinds.items():
            self.channels[name] = Channel(
                kind=kind, external_id=name, name=name, is_active=name != "Old"
            )
        await self.add(*self.channels.values())
        shop = self.channels["Shop"].id
        await self.add(
            WhatsAppSession(channel_id=shop, status=LinkStatus.WORKING, phone="+6281"),
            *(ChannelAgent(channel_id=shop, agent_id=self.agents[n].id) for n in ("Mia", "Ada")),
        )

    async def add_customer(
        self, name: str, channel: str, *, unread: int, holder: str | None = None, minute: float
    ) -> None:
        client = self.clients[name] = Client(name=name, phone=f"+62{len(self.clients)}")
        await self.add(client)
        contact = Contact(
            client_id=client.id, channel_id=self.channels[channel].id, external_id=name
        )
        await self.add(contact)
        conversation = self.conversations[name] = Conversation(
            contact_id=contact.id,
            channel_id=self.channels[channel].id,
            assigned_agent_id=self.agents[holder].id if holder else None,
            unread_count=unread,
            last_message_at=at(minute),
        )
        await self.add(conversation)

    async def add_session(
        self,
        customer: str,
        *,
        holder: str | None,
        minute: float,
        ended: float | None = None,
        **metrics: Any,
    ) -> Session:
        conversation = self.conversations[customer]
        agent_id = self.agents[holder].id if holder else None
        session = Session(
            conversation_id=conversation.id,
            client_id=self.clients[customer].id,
            cs_id=agent_id,
            status=SessionStatus.ACTIVE if ended is None else SessionStatus.ENDED,
            created_at=at(minute),
            changed_at=at(minute),
            ended_at=None if ended is None else at(ended),
        )
        await self.add(session)
        if ended is None:
            self.open_sessions[customer] = session.id
        counted = ConversationMetrics(
            session_id=session.id,
            conversation_id=conversation.id,
            channel_id=conversation.channel_id,
            agent_id=agent_id,
            opened_at=at(minute),
            ended_at=session.ended_at,
            resolution_seconds=None if ended is None else (ended - minute) * 60,
            **metrics,
        )
        await self.add(counted)
        return session

    async def add_message(
        self, session: Session, text: str, minute: float, said: dict[str, Any], *, read: bool = True
    ) -> MessageId:
        message = Message(
            **{"is_read": read, **said},
            id=MessageId(new_id_at(at(minute))),
            session_id=session.id,
            conversation_id=session.conversation_id,
            message_type=MessageType.TEXT,
            message=text,
            created_at=at(minute),
        )
        await self.add(message)
        return message.id

    async def add_log(
        self, session: Session, score: float | None, minute: float, **values: Any
    ) -> None:
        log = AiConversationLog(
            conversation_id=session.conversation_id,
            session_id=session.id,
            agent_id=self.agents["Ada"].id,
            channel_id=self.channels["Shop"].id,
            user_message=f"question at {minute}",
            confidence_score=score,
            created_at=at(minute),
            **{"action": AiAction.ANSWER, **values},
        )
        await self.add(log)


async def add_reference_scene(database: Database) -> ReferenceScene:
    """Write the rows of the table above."""
    async with database.transaction() as tx:
        scene = ReferenceScene(tx)
        await scene.add_people()
        await scene.add_channels()
        await scene.add_customer("Andi", "Shop", unread=2, holder="Mia", minute=50)
        await scene.add_customer("Budi", "Shop", unread=1, holder="Ada", minute=40)
        await scene.add_customer("John", "Bot", unread=3, minute=60)
        await scene.add_customer("Jane", "Bot", unread=0, minute=20)
        await scene.add_customer("Zoe", "Old", unread=0, minute=10)
        await _add_sessions(scene)
    return scene


async def _add_sessions(scene: ReferenceScene) -> None:
    mia, bob, ada = (scene.agents[name].id for name in ("Mia", "Bob", "Ada"))
    first = await scene.add_session(
        "Andi",
        holder="Mia",
        minute=0,
        ended=10,
        rating=5,
        first_human_by_id=mia,
        first_human_seconds=60.0,
    )
    await scene.add_message(first, "Hello", 0, _FROM_CUSTOMER)
    given = await scene.add_session(
        "Andi",
        holder="Mia",
        minute=45,
        first_ai_seconds=2.0,
        first_human_by_id=mia,
        first_human_seconds=120.0,
    )
    handover = ConversationHandover(
        conversation_id=given.conversation_id,
        session_id=given.id,
        from_agent_id=ada,
        to_agent_id=mia,
        by_name="Ada",
        reason="asks for a person",
    )
    await scene.add(handover)
    await scene.add_message(given, "A person, please", 49, _FROM_CUSTOMER, read=False)
    await scene.add_message(given, "Are you there?", 50, _FROM_CUSTOMER, read=False)
    await scene.add_message(given, "He is upset", 51, _NOTE)
    budi = await scene.add_session("Budi", holder="Ada", minute=38, first_ai_seconds=4.0)
    await scene.add_message(budi, "Price?", 40, _FROM_CUSTOMER, read=False)
    john = await scene.add_session("John", holder=None, minute=57)
    for minute in (58, 59, 60):
        await scene.add_message(john, f"John at {minute}", minute, _FROM_CUSTOMER, read=False)
    for name, ended, seconds, rating in (("Jane", 20, 30.0, 2), ("Zoe", 10, 90.0, 3)):
        await scene.add_session(
            name,
            holder="Bob",
            minute=0,
            ended=ended,
            rating=rating,
            first_human_by_id=bob,
            first_human_seconds=seconds,
        )
    await scene.add_log(
        given, 0.3, 45, action=AiAction.HANDOVER, handover_reason="asks for a person"
    )
    await scene.add_log(budi, 0.6, 39)
    await scene.add_log(budi, 0.8, 40)
    await scene.add_log(given, 0.59, 46)
    await scene.add_log(given, None, 47, action=AiAction.DROPPED)


def conversation_id(scene: ReferenceScene, name: str) -> ConversationId:
    """Return the id of a customer's conversation."""
    return scene.conversations[name].id
